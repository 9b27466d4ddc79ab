"""Channels, the outbox and its deliveries, in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from cloudops.notifications.models import (
    Channel,
    ChannelFields,
    ChannelNotFoundError,
    Delivery,
    Letter,
    NewNotification,
    Outcome,
    Workspace,
)
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


@dataclass(frozen=True, kw_only=True)
class DeliveryFilter:
    channel: UUID | None = None
    notification: UUID | None = None
    status: str | None = None


def insert_notifications(
    connection: Connection, told: Sequence[tuple[UUID, NewNotification]], *, due_at: datetime, now: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            SQL["insert_notification"],
            [{**vars(one), "id": new_id, "due_at": due_at, "now": now} for new_id, one in told],
        )


def delete_reminders(
    connection: Connection, entity_type: str, entity_ids: Sequence[str], *, now: datetime
) -> None:
    connection.execute(
        SQL["delete_reminders"], {"entity_type": entity_type, "entity_ids": list(entity_ids), "now": now}
    )


def insert_test(
    connection: Connection, new_id: UUID, told: NewNotification, channel_id: UUID, *, now: datetime
) -> None:
    connection.execute(SQL["insert_test"], {**vars(told), "id": new_id, "channel_id": channel_id, "now": now})


def any_due(connection: Connection, *, now: datetime) -> bool:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute(SQL["any_due"], {"now": now}).fetchone())


def take_due(connection: Connection, *, now: datetime, due_again: datetime, limit: int) -> list[Letter]:
    with connection.cursor(row_factory=class_row(Letter)) as cursor:
        return cursor.execute(
            SQL["take_due"], {"now": now, "due_again": due_again, "limit": limit}
        ).fetchall()


def settle(
    connection: Connection, delivery_id: UUID, attempts: int, outcome: Outcome, *, now: datetime
) -> None:
    connection.execute(SQL["settle"], {**vars(outcome), "id": delivery_id, "attempts": attempts, "now": now})


def delete_notifications(connection: Connection, *, before: datetime) -> None:
    connection.execute(SQL["delete_notifications"], {"before": before})


def list_deliveries(
    connection: Connection, chosen: DeliveryFilter, *, limit: int, after: Cursor | None
) -> list[Delivery]:
    with connection.cursor(row_factory=class_row(Delivery)) as cursor:
        return cursor.execute(
            SQL["list_deliveries"], {**vars(chosen), "limit": limit, **position(after)}
        ).fetchall()


def list_channels(connection: Connection, *, limit: int, after: Cursor | None) -> list[Channel]:
    with connection.cursor(row_factory=class_row(Channel)) as cursor:
        return cursor.execute(SQL["list_channels"], {"limit": limit, **position(after)}).fetchall()


def read_channel(connection: Connection, channel_id: UUID) -> Channel:
    return one_channel(connection, "read_channel", channel_id)


def lock_channel(connection: Connection, channel_id: UUID) -> Channel:
    return one_channel(connection, "lock_channel", channel_id)


def one_channel(connection: Connection, query: str, channel_id: UUID) -> Channel:
    with connection.cursor(row_factory=class_row(Channel)) as cursor:
        found = cursor.execute(SQL[query], {"id": channel_id}).fetchone()
    if found is None:
        raise ChannelNotFoundError
    return found


def insert_channel(
    connection: Connection,
    channel_id: UUID,
    wanted: ChannelFields,
    *,
    secret_arn: str | None,
    workspace: Workspace | None,
    created_by: str,
    now: datetime,
) -> None:
    row = {**row_of(wanted), "id": channel_id, "secret_arn": secret_arn, "created_by": created_by}
    place = {
        "slack_team_id": workspace and workspace.team_id,
        "slack_app_id": workspace and workspace.app_id,
    }
    connection.execute(SQL["insert_channel"], {**row, **place, "now": now})


def change_channel(connection: Connection, channel_id: UUID, wanted: ChannelFields, *, now: datetime) -> None:
    connection.execute(SQL["change_channel"], {**row_of(wanted), "id": channel_id, "now": now})


def delete_channel(connection: Connection, channel_id: UUID) -> None:
    connection.execute(SQL["delete_channel"], {"id": channel_id})


def row_of(wanted: ChannelFields) -> dict[str, Any]:
    return {**vars(wanted), "topics": list(wanted.topics), "recipients": list(wanted.recipients)}


def position(after: Cursor | None) -> dict[str, Any]:
    return {"after_at": after.at if after else None, "after_id": after.id if after else None}
