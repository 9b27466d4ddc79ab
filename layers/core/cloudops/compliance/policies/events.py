"""What the trail says of policies, violations and exceptions."""

from collections.abc import Mapping
from typing import Any

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.compliance.policies.models import ExceptionStatus, Policy, PolicyException
from cloudops.compliance.policies.repository import LapsedException, Transition


def policy_event(
    before: Policy | None, after: Policy | None, event_type: str, message: str, *, actor: Actor
) -> NewEvent:
    known = after or before
    old, new = (one.editable() if one else {} for one in (before, after))
    differing = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return NewEvent(
        entity_type="policy",
        entity_id=known.id if known else None,
        event_type=event_type,
        message=message,
        actor=actor,
        metadata={"old": chosen(old, differing), "new": chosen(new, differing)},
    )


def chosen(fields: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def transition_event(one: Transition) -> NewEvent:
    words = {"open": "is violated by", "suppressed": "is excepted for", "fixed": "holds again for"}
    return NewEvent(
        entity_type="violation",
        entity_id=str(one.id),
        event_type="status_changed" if one.before else "created",
        message=f"Policy {one.policy_id} {words[one.status]} {one.resource_id}",
        metadata={
            "policy_id": one.policy_id,
            "account_id": one.account_id,
            "resource_id": one.resource_id,
            "old": {"status": one.before},
            "new": {"status": one.status},
        },
    )


def exception_event(one: PolicyException, event_type: str, message: str, *, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="exception",
        entity_id=str(one.id),
        event_type=event_type,
        message=message,
        actor=actor,
        metadata={
            "policy_id": one.policy_id,
            "account_id": one.account_id,
            "resource_id": one.resource_id,
            "expires_at": one.expires_at.isoformat(),
            "new": {"status": one.status, "reason": one.decision or one.reason},
        },
    )


def lapsed_event(one: LapsedException) -> NewEvent:
    return NewEvent(
        entity_type="exception",
        entity_id=str(one.id),
        event_type="status_changed",
        message="The exception lapsed",
        metadata={
            "policy_id": one.policy_id,
            "account_id": one.account_id,
            "resource_id": one.resource_id,
            "new": {"status": ExceptionStatus.EXPIRED},
        },
    )
