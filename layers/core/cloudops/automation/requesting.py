"""Ask for a change, look at it, call it off."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from cloudops.accounts.acting import action_role
from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.automation import repository
from cloudops.automation.executor import Executor
from cloudops.automation.models import Action, ActionEvent, ActionStatus, ActionStep, NewAction, Target
from cloudops.automation.offers import offer_of
from cloudops.automation.plans import Plan
from cloudops.automation.proposals import Executors, executor_named, proposed
from cloudops.automation.repository import ActionFilter
from cloudops.automation.surroundings import AccountReadOnlyError, AwsAccess
from cloudops.compliance.tagging import proposals as tag_proposals
from cloudops.errors import ConflictError
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.recommendations import use_cases as recommendations
from cloudops.recommendations.life import Status
from cloudops.tenancy.use_cases import reporting_currency

__all__ = [
    "ActionFilter",
    "ask",
    "cancel",
    "change_for",
    "change_for_tags",
    "change_of",
    "dry_run",
    "list_actions",
    "list_due",
    "show_action",
]


class NotExecutableError(ConflictError):
    """There is no way to carry this recommendation out automatically."""


class ActionUnderWayError(ConflictError):
    """The action has begun and can no longer be called off."""


def change_of(
    connection: Connection,
    executors: Executors,
    *,
    type_name: str,
    target: Target,
    params: Mapping[str, Any],
    key: str,
    actor: Actor,
) -> NewAction:
    """Without a recommendation: no saving is known, so a finance approver has to agree.

    The same `key` asked for again gives the same action.
    """
    executor = executor_named(executors, type_name)
    executor.nature.check_name(target.resource_id)
    return NewAction(
        id=uuid5(UUID(int=0), f"action/{target}/{key}"),
        type=type_name,
        target=target,
        requested_by=actor.user_id,
        requested_by_name=actor.name,
        risk=executor.nature.risk.value,
        params=executor.parameters(with_role(connection, executor, target, params)),
    )


def change_for(
    connection: Connection,
    executors: Executors,
    recommendation_id: UUID,
    *,
    key: str,
    actor: Actor,
    autonomous: bool = False,
    params: Mapping[str, Any] | None = None,
) -> NewAction:
    """The change that a recommendation proposes; `params` go before what it proposes itself."""
    found = recommendations.show_recommendation(connection, recommendation_id)
    offered = offer_of(found)
    if offered is None:
        raise NotExecutableError(f"{found.check_id} has to be carried out by hand")
    if found.status != Status.OPEN:
        raise NotExecutableError(f"the recommendation is {found.status}")
    given = {**offered.params, **(params or {})}
    executor = executor_named(executors, offered.type)
    wanted = replace(offered, params=with_role(connection, executor, offered.target, given))
    return proposed(executors, found, wanted, key=key, actor=actor, autonomous=autonomous)


def change_for_tags(
    connection: Connection, executors: Executors, proposal_id: UUID, *, key: str, actor: Actor
) -> NewAction:
    """The tags that somebody accepted for the resource of this proposal. It saves nothing and costs nothing."""
    wanted = tag_proposals.accepted_tags(connection, proposal_id)
    if wanted.arn is None or wanted.region is None:
        raise NotExecutableError(f"no scan has told the ARN and the region of {wanted.resource_id}")
    executor = executor_named(executors, "tags.add")
    executor.nature.check_name(wanted.arn)
    return NewAction(
        id=uuid5(proposal_id, f"action/{key}"),
        type=executor.nature.type,
        target=Target(account_id=wanted.account_id, region=wanted.region, resource_id=wanted.arn),
        requested_by=actor.user_id,
        requested_by_name=actor.name,
        risk=executor.nature.risk.value,
        params=executor.parameters({"tags": wanted.tags}),
        monthly_savings=Decimal(0),
        currency=reporting_currency(connection),
    )


def with_role(
    connection: Connection, executor: Executor, target: Target, params: Mapping[str, Any]
) -> Mapping[str, Any]:
    if not executor.nature.by_schedules or "role" in params:
        return params
    role = action_role(connection, target.account_id)
    if role is None:
        raise AccountReadOnlyError(f"connect account {target.account_id} with a role to act by")
    return {**params, "role": role.schedules_arn}


def ask(connection: Connection, new: NewAction, *, actor: Actor, now: datetime) -> Action:
    """Queue it; the caller sends the message once this transaction has committed."""
    known = repository.find_action(connection, new.id)
    if known is not None:
        return known
    repository.insert_action(connection, new, now=now)
    repository.insert_event(connection, new.id, f"asked for by {new.requested_by_name}", {}, now=now)
    message = f"{actor.name} asks for {new.type} on {new.target.resource_id}"
    record(connection, event_of(new.id, "requested", message, actor, {"params": dict(new.params)}))
    return repository.read_action(connection, new.id)


def cancel(connection: Connection, action_id: UUID, *, actor: Actor, now: datetime) -> Action:
    """Before it has begun. A worker that is looking at it finds that it has ended."""
    action = repository.lock_action(connection, action_id)
    if action.status not in (ActionStatus.QUEUED, ActionStatus.PREFLIGHT):
        raise ActionUnderWayError(f"it is {action.status}")
    error = f"{actor.name} called it off"
    repository.end_action(connection, action, ActionStatus.FAILED, error=error, result={}, now=now)
    repository.insert_event(connection, action_id, error, {}, now=now)
    record(connection, event_of(action_id, "cancelled", error, actor, {}))
    if action.recommendation_id is not None:
        recommendations.follow_action(connection, action.recommendation_id, Status.OPEN, now=now)
    return repository.read_action(connection, action_id)


def list_actions(
    connection: Connection, chosen: ActionFilter, *, limit: int, cursor: str | None
) -> Page[Action]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_actions(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def show_action(
    connection: Connection, action_id: UUID
) -> tuple[Action, list[ActionStep], list[ActionEvent]]:
    action = repository.read_action(connection, action_id)
    steps = repository.list_steps(connection, action_id)
    return action, steps, repository.list_events(connection, action_id)


def list_due(connection: Connection, *, now: datetime, limit: int = 1000) -> list[UUID]:
    """Actions that should go on and that nobody holds."""
    return repository.list_stuck(connection, now=now, limit=limit)


def dry_run(executors: Executors, aws: AwsAccess, new: NewAction) -> Plan:
    """The plan that a run would follow from the state that is found now. It calls nothing that changes anything.

    Raises TargetUnfitError where the change cannot begin from that state.
    """
    executor = executors[new.type]
    probe = executor.probe(aws.reads_anew(new, executor), new.target, new.params, str(new.id))
    return executor.plan(probe, new.target, new.params)


def event_of(
    action_id: UUID, event_type: str, message: str, actor: Actor, metadata: Mapping[str, Any]
) -> NewEvent:
    return NewEvent(
        entity_type="action",
        entity_id=str(action_id),
        event_type=event_type,
        message=message,
        actor=actor,
        metadata=metadata,
    )
