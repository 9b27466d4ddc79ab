"""Tell people that an action needs them, or is done."""

from datetime import datetime

from cloudops.actor import SYSTEM, Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.automation.models import Action
from cloudops.notifications.models import NewNotification, Topic
from cloudops.notifications.use_cases import notify
from cloudops.platform.database import Connection

APPROVAL_NEEDED = "approval is needed"


def page(connection: Connection, action: Action, reason: str, *, now: datetime) -> None:
    """In the trail and in the outbox, in the transaction of what it speaks of."""
    record(
        connection,
        NewEvent(
            entity_type="action",
            entity_id=str(action.id),
            event_type="needs_attention",
            message=reason,
            actor=Actor(name=SYSTEM),
            metadata={"type": action.type, "account": action.account_id, "resource": action.resource_id},
        ),
    )
    topic = Topic.APPROVAL_NEEDED if reason == APPROVAL_NEEDED else Topic.ACTION_ATTENTION
    notify(connection, [notice_of(topic, action, reason)], now=now)


def tell_completed(connection: Connection, action: Action, message: str, *, now: datetime) -> None:
    notify(connection, [notice_of(Topic.ACTION_COMPLETED, action, message)], now=now)


def notice_of(topic: Topic, action: Action, reason: str) -> NewNotification:
    """The same word about the same plan is told once, however often a worker comes by."""
    change = f"{action.type} on {action.resource_id}"
    savings = f", {action.monthly_savings} {action.currency} a month" if action.monthly_savings else ""
    return NewNotification(
        topic=topic,
        severity="low" if topic is Topic.ACTION_COMPLETED else "high",
        title=reason if change in reason else f"{change}: {reason}",
        body=f"Account {action.account_id}, {action.region}{savings}. Asked for by {action.requested_by_name}.",
        entity_type="action",
        entity_id=str(action.id),
        what=f"{action.digest}/{reason}",
    )
