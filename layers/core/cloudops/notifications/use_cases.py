"""Tell people of things: into the outbox first, in the transaction of what happened."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from cloudops.notifications import repository
from cloudops.notifications.models import (
    TAKEN_FOR,
    Channel,
    ChannelDisabledError,
    Delivery,
    Letter,
    NewNotification,
    Outcome,
    Topic,
)
from cloudops.notifications.repository import DeliveryFilter
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection

__all__ = [
    "DeliveryFilter",
    "any_due",
    "list_deliveries",
    "notify",
    "send_test",
    "settle",
    "take_due",
    "withdraw_reminders",
]

NAMESPACE = UUID("6b0f2f0e-5d3c-5b1e-9f5f-0c6a3f6f7d11")
# Enough for one run of the sender; the next tick takes the rest.
TAKEN_AT_ONCE = 10
KEPT_FOR = timedelta(days=90)


def notify(
    connection: Connection,
    told: Iterable[NewNotification],
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """What was told before is not told again. Channels that are added later hear of none of it.

    With `due_at` it is a reminder, which is sent then unless it is withdrawn.
    """
    rows = [(notification_id(one), one) for one in told]
    if rows:
        repository.insert_notifications(connection, rows, due_at=due_at or now, now=now)


def withdraw_reminders(
    connection: Connection, entity_type: str, entity_ids: Collection[str], *, now: datetime
) -> None:
    if entity_ids:
        repository.delete_reminders(connection, entity_type, list(entity_ids), now=now)


def notification_id(told: NewNotification) -> UUID:
    return uuid5(NAMESPACE, f"{told.topic}|{told.entity_type}|{told.entity_id}|{told.what}")


def send_test(connection: Connection, channel: Channel, *, by: str, now: datetime) -> None:
    """To this channel alone, whatever it listens to."""
    if not channel.enabled:
        raise ChannelDisabledError
    told = NewNotification(
        topic=Topic.CHANNEL_TEST,
        severity="low",
        title=f"A test of {channel.name}",
        body=f"{by} tries whether notifications arrive here.",
        entity_type="notification_channel",
        entity_id=str(channel.id),
        what=str(uuid4()),
    )
    repository.insert_test(connection, notification_id(told), told, channel.id, now=now)


def any_due(connection: Connection, *, now: datetime) -> bool:
    return repository.any_due(connection, now=now)


def take_due(connection: Connection, *, now: datetime) -> list[Letter]:
    """What is to be sent now. It is due again later by itself, should whoever sends it not live to tell."""
    repository.delete_notifications(connection, before=now - KEPT_FOR)
    return repository.take_due(connection, now=now, due_again=now + TAKEN_FOR, limit=TAKEN_AT_ONCE)


def settle(connection: Connection, letter: Letter, outcome: Outcome, *, now: datetime) -> None:
    repository.settle(connection, letter.id, letter.attempts, outcome, now=now)


def list_deliveries(
    connection: Connection, chosen: DeliveryFilter, *, limit: int, cursor: str | None
) -> Page[Delivery]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_deliveries(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))
