"""Messages that were posted to Slack, in the database."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import class_row, scalar_row

from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.slack.models import (
    Card,
    CardNotFoundError,
    NewMessage,
    Origin,
    Place,
    StaleCard,
    Subject,
)

SQL = queries.load(__package__)


def find_message(connection: Connection, place: Place) -> Origin | None:
    with connection.cursor(row_factory=class_row(Origin)) as cursor:
        return cursor.execute(SQL["find_message"], vars(place)).fetchone()


def is_posted(connection: Connection, channel_id: UUID, notification_id: UUID) -> bool:
    return bool(
        scalar(connection, "is_posted", {"channel_id": channel_id, "notification_id": notification_id})
    )


def find_thread(
    connection: Connection, channel_id: UUID, slack_channel: str, entity_type: str, entity_id: str
) -> str | None:
    found: str | None = scalar(
        connection,
        "find_thread",
        {
            "channel_id": channel_id,
            "slack_channel": slack_channel,
            "entity_type": entity_type,
            "entity_id": entity_id,
        },
    )
    return found


def has_card(connection: Connection, channel_id: UUID, slack_channel: str, subject: Subject) -> bool:
    wanted = {"channel_id": channel_id, "slack_channel": slack_channel}
    return bool(
        scalar(connection, "has_card", {**wanted, "subject_type": subject.type, "subject_id": subject.id})
    )


def read_subject(
    connection: Connection, subject_type: str, subject_id: UUID, *, now: datetime
) -> Subject | None:
    wanted = {"subject_type": subject_type, "subject_id": subject_id, "now": now}
    with connection.cursor(row_factory=class_row(Subject)) as cursor:
        return cursor.execute(SQL["read_subject"], wanted).fetchone()


def insert_message(connection: Connection, new: NewMessage, *, now: datetime) -> None:
    subject = new.subject
    connection.execute(
        SQL["insert_message"],
        {
            **vars(new),
            **vars(new.place),
            "id": uuid4(),
            "subject_type": subject and subject.type,
            "subject_id": subject and subject.id,
            "state": subject and subject.state,
            "changing": subject is not None and subject.changing,
            "now": now,
        },
    )


def read_card(connection: Connection, card_id: UUID) -> Card:
    with connection.cursor(row_factory=class_row(Card)) as cursor:
        found = cursor.execute(SQL["read_card"], {"id": card_id}).fetchone()
    if found is None:
        raise CardNotFoundError
    return found


def any_stale(connection: Connection, *, now: datetime) -> bool:
    return bool(scalar(connection, "any_stale", {"now": now}))


def take_stale(connection: Connection, *, now: datetime, due_again: datetime, limit: int) -> list[StaleCard]:
    with connection.cursor(row_factory=class_row(StaleCard)) as cursor:
        return cursor.execute(
            SQL["take_stale"], {"now": now, "due_again": due_again, "limit": limit}
        ).fetchall()


def settle_card(connection: Connection, card_id: UUID, *, shown: str, changing: bool, now: datetime) -> None:
    connection.execute(SQL["settle_card"], {"id": card_id, "shown": shown, "changing": changing, "now": now})


def put_off_card(
    connection: Connection, card_id: UUID, *, error: str, due_at: datetime | None, now: datetime
) -> None:
    connection.execute(SQL["put_off_card"], {"id": card_id, "error": error, "due_at": due_at, "now": now})


def scalar(connection: Connection, query: str, parameters: dict[str, Any]) -> Any:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL[query], parameters).fetchone()
