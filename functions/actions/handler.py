"""/api/v1/actions, /api/v1/approvals, /api/v1/automation: changes, who allowed them, and what may be changed at all."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID, uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from actions import autonomy  # noqa: F401 - its routes.
from actions.application import app
from actions.schemas import (
    ActionDetailOut,
    ActionEventOut,
    ActionOut,
    ActionPage,
    ActionSavingsOut,
    ActionTypeList,
    ActionTypeOut,
    ApprovalDetailOut,
    ApprovalListedOut,
    ApprovalOut,
    ApprovalPage,
    ApprovalStatus,
    ArtifactOut,
    Configuration,
    ConfiguredOut,
    DecisionOut,
    NewAction,
    NewValue,
    PlanOut,
    SavingsPage,
    SavingsStatus,
    Status,
    StepOut,
    Word,
)
from cloudops.accounts.acting import action_role
from cloudops.accounts.models import ActionRole
from cloudops.automation import approving, configuring, requesting
from cloudops.automation import models as automation
from cloudops.automation.access import AssumedAccess
from cloudops.automation.approvals import ApprovalRequest
from cloudops.automation.evidence import read_artifact
from cloudops.automation.executors import EXECUTORS
from cloudops.errors import InvalidError
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform import database
from cloudops.platform.evidence import LockedBucket
from cloudops.platform.http import Unit, handle, unit
from cloudops.platform.identifiers import IdPrefix
from cloudops.platform.messaging import envelope, send
from cloudops.platform.principal import Principal, Role
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from cloudops.savings import use_cases as savings

Id = Annotated[UUID, Path()]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]
Key = Annotated[str | None, Header(alias="Idempotency-Key")]
NOTHING_SAID = Word()


@app.get("/api/v1/actions/types")
def list_types() -> ActionTypeList:
    """The kinds of change there are, with what each risks, loses, and how it is undone."""
    natures = [executor.nature for executor in EXECUTORS.values()]
    items = [
        ActionTypeOut(
            type=one.type,
            title=one.title,
            risk=one.risk.value,
            restarts=one.restarts,
            loses=one.loses,
            undone_by=one.undone_by,
        )
        for one in natures
    ]
    return ActionTypeList(items=items)


@app.get("/api/v1/actions")
def list_actions(
    status: Annotated[Status | None, Query()] = None,
    type: Annotated[str | None, Query()] = None,  # noqa: A002 - the contract's name of the parameter
    account: Annotated[str | None, Query()] = None,
    resource: Annotated[str | None, Query()] = None,
    recommendation: Annotated[UUID | None, Query()] = None,
    id_prefix: IdPrefix = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ActionPage:
    """Changes that were asked for, the newest first."""
    chosen = requesting.ActionFilter(
        status=status,
        type=type,
        account=account,
        resource=resource,
        recommendation=recommendation,
        id_prefix=id_prefix,
    )
    with unit(app) as one:
        page = requesting.list_actions(one.connection, chosen, limit=limit, cursor=cursor)
    return ActionPage(
        items=[ActionOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.post("/api/v1/actions", status_code=202)
def request_action(wanted: NewAction, key: Key = None) -> Response[ActionOut]:
    """Ask for a change. It is planned, and begins once somebody else has approved its plan.

    The same Idempotency-Key gives the same action, however often it is sent.
    """
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        asked = requesting.ask(
            one.connection, change_of(one, wanted, key or str(uuid4())), actor=one.actor, now=one.now
        )
    queue(one, asked.id)
    return answer(ActionOut.model_validate(asked), status=202)


@app.post("/api/v1/actions/plans")
def plan_action(wanted: NewAction) -> PlanOut:
    """A dry run: the plan that a run would follow from the state that is found now."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        new = change_of(one, wanted, str(uuid4()))
    # No transaction waits for AWS: it would be cut off, and hold its locks until then.
    plan = requesting.dry_run(EXECUTORS, access_of(one.principal), new)
    return PlanOut(plan=plan.to_json(), digest=plan.digest)


@app.get("/api/v1/actions/savings")
def list_savings(
    status: Annotated[SavingsStatus | None, Query()] = None, limit: Limit = 100, cursor: Cursor = None
) -> SavingsPage:
    """What changes were to save beside what the bill shows, those that ended last first."""
    with unit(app) as one:
        page = savings.list_savings(
            one.connection, savings.SavingsFilter(status=status), limit=limit, cursor=cursor
        )
    return SavingsPage(
        items=[ActionSavingsOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/actions/<action_id>")
def show_action(action_id: Id) -> ActionDetailOut:
    """One change with its plan, its steps, what happened to it, and what the bill shows that it saves."""
    with unit(app) as one:
        found, steps, events = requesting.show_action(one.connection, action_id)
        measured = savings.savings_of(one.connection, action_id)
    return ActionDetailOut(
        **ActionOut.model_validate(found).model_dump(),
        plan=found.plan,
        result=found.result,
        steps=[StepOut.model_validate(step) for step in steps],
        events=[ActionEventOut.model_validate(event) for event in events],
        savings=measured and ActionSavingsOut.model_validate(measured),
    )


@app.post("/api/v1/actions/<action_id>/cancel")
def cancel_action(action_id: Id) -> ActionOut:
    """Call it off, before it has begun."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        called_off = requesting.cancel(one.connection, action_id, actor=one.actor, now=one.now)
        return ActionOut.model_validate(called_off)


@app.get("/api/v1/actions/<action_id>/evidence/<artifact>")
def show_evidence(action_id: Id, artifact: Annotated[str, Path(pattern=r"^[a-z]+\.json$")]) -> ArtifactOut:
    """An artifact as it was kept, held against its checksum."""
    with unit(app) as one:
        found, _, _ = requesting.show_action(one.connection, action_id)
    bucket = LockedBucket(name=settings().require("evidence_bucket"))
    return ArtifactOut(**read_artifact(bucket, found, artifact))


@app.get("/api/v1/approvals")
def list_approvals(
    status: Annotated[ApprovalStatus | None, Query()] = None,
    action: Annotated[UUID | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ApprovalPage:
    """What waits for somebody's word, and what was said, the newest first."""
    chosen = approving.ApprovalFilter(status=status, action=action)
    with unit(app) as one:
        page = approving.list_requests(one.connection, chosen, limit=limit, cursor=cursor)
        actions = approving.actions_of(one.connection, page.items)
    return ApprovalPage(
        items=[listed(row, actions[row.action_id]) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/approvals/<request_id>")
def show_approval(request_id: Id) -> ApprovalDetailOut:
    """The plan that is to be approved, and who has said what."""
    with unit(app) as one:
        request, action, decisions = approving.show_request(one.connection, request_id)
    return ApprovalDetailOut(
        **ApprovalOut.model_validate(request).model_dump(),
        action=ActionOut.model_validate(action),
        plan=action.plan,
        decisions=[DecisionOut.model_validate(word) for word in decisions],
    )


@app.post("/api/v1/approvals/<request_id>/approve")
def approve(request_id: Id, word: Annotated[Word, Body()] = NOTHING_SAID) -> ApprovalOut:
    """Allow this very plan. Nobody approves what he asked for himself."""
    with unit(app) as one:
        settled = approving.approve(
            one.connection,
            request_id,
            comment=word.comment,
            by=approving.approver_of(one.principal),
            now=one.now,
        )
    if settled.status == "approved":
        queue(one, settled.action_id)
    return ApprovalOut.model_validate(settled)


@app.post("/api/v1/approvals/<request_id>/reject")
def reject(request_id: Id, word: Annotated[Word, Body()] = NOTHING_SAID) -> ApprovalOut:
    """The action ends here."""
    with unit(app) as one:
        settled = approving.reject(
            one.connection,
            request_id,
            comment=word.comment,
            by=approving.approver_of(one.principal),
            now=one.now,
        )
        return ApprovalOut.model_validate(settled)


@app.get("/api/v1/automation/configuration")
def show_configuration() -> Configuration:
    """Every key with its value. What is not set permits nothing."""
    with unit(app) as one:
        found = configuring.show(one.connection)
    return Configuration(items=[ConfiguredOut(**vars(key)) for key in found])


@app.put("/api/v1/automation/configuration/<key>")
def configure(key: Annotated[str, Path(max_length=100)], wanted: NewValue) -> ConfiguredOut:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return ConfiguredOut(
            **vars(configuring.configure(one.connection, key, wanted.value, actor=one.actor, now=one.now))
        )


@app.delete("/api/v1/automation/configuration/<key>", status_code=204)
def take_away(key: Annotated[str, Path(max_length=100)]) -> Response[None]:
    """From now on the key permits nothing."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        configuring.take_away(one.connection, key, actor=one.actor)
    return Response(status_code=204)


def change_of(one: Unit, wanted: NewAction, key: str) -> automation.NewAction:
    if wanted.recommendation_id is not None:
        return requesting.change_for(
            one.connection,
            EXECUTORS,
            wanted.recommendation_id,
            key=key,
            actor=one.actor,
            params=wanted.params,
        )
    if wanted.tag_proposal_id is not None:
        return requesting.change_for_tags(
            one.connection, EXECUTORS, wanted.tag_proposal_id, key=key, actor=one.actor
        )
    return requesting.change_of(
        one.connection,
        EXECUTORS,
        type_name=required(wanted.type, "type"),
        target=automation.Target(
            account_id=required(wanted.account_id, "account_id"),
            region=required(wanted.region, "region"),
            resource_id=required(wanted.resource_id, "resource_id"),
        ),
        params=wanted.params,
        key=key,
        actor=one.actor,
    )


def required(value: str | None, field: str) -> str:
    if value is None:
        raise InvalidError("without a recommendation this is asked for", field=field)
    return value


def listed(request: ApprovalRequest, action: automation.Action) -> ApprovalListedOut:
    return ApprovalListedOut(
        **ApprovalOut.model_validate(request).model_dump(), action=ActionOut.model_validate(action)
    )


def access_of(principal: Principal) -> AssumedAccess:
    transactions = partial(database.transaction, principal.tenant_id)

    def role_of(account_id: str) -> ActionRole | None:
        with transactions() as connection:
            return action_role(connection, account_id)

    return AssumedAccess(role_of=role_of)


def queue(one: Unit, action_id: UUID) -> None:
    """Once its row is committed. A message that gets lost is made up for by the schedule."""
    message = envelope(
        tenant_id=one.principal.tenant_id,
        kind="actions.execute",
        params={"action_id": str(action_id)},
        idempotency_key=f"actions.execute/{action_id}/{one.now.isoformat()}",
        now=one.now,
    )
    send(settings().require("actions_queue_url"), message)


def answer[T](body: T, *, status: int = 200) -> Response[T]:
    return Response(status_code=status, content_type="application/json", body=body)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
