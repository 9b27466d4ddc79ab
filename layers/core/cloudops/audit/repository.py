"""Events in the database: written once, read in pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cloudops.audit.models import Event, NewEvent
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    entity_type: str | None = None
    entity_id: str | None = None
    event_type: str | None = None
    start: date | None = None
    end: date | None = None


def insert_event(connection: Connection, event: NewEvent) -> None:
    connection.execute(SQL["insert_event"], event_row(event))


def insert_events(connection: Connection, events: list[NewEvent]) -> None:
    connection.cursor().executemany(SQL["insert_event"], [event_row(event) for event in events])


def event_row(event: NewEvent) -> dict[str, Any]:
    return {
        "project_id": event.project_id,
        "entity_type": event.entity_type,
        "entity_id": event.entity_id,
        "event_type": event.event_type,
        "message": event.message,
        "actor": event.actor.name,
        "user_id": event.actor.user_id,
        "metadata": Jsonb(dict(event.metadata)),
    }


def list_events(
    connection: Connection, chosen: EventFilter, *, limit: int, after: Cursor | None
) -> list[Event]:
    with connection.cursor(row_factory=class_row(Event)) as cursor:
        cursor.execute(
            SQL["list_events"],
            {
                **vars(chosen),
                "limit": limit,
                "after_at": after.at if after else None,
                "after_id": after.id if after else None,
            },
        )
        return cursor.fetchall()
