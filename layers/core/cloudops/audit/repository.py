"""Events in the database: written once, read in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cloudops.audit.models import Event, NewEvent, Place
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


@dataclass(frozen=True, kw_only=True)
class ChainFault:
    """`kind` is one of Tampering's."""

    kind: str
    seq: int
    event_id: UUID | None


def insert_event(connection: Connection, event: NewEvent) -> None:
    connection.execute(SQL["insert_event"], event_row(event))


def insert_events(connection: Connection, events: list[NewEvent]) -> None:
    connection.cursor().executemany(SQL["insert_event"], [event_row(event) for event in events])


def event_row(event: NewEvent) -> dict[str, Any]:
    return {
        "project_id": event.project_id,
        "team_id": event.team_id,
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


def read_tail(connection: Connection) -> Place | None:
    with connection.cursor(row_factory=class_row(Place)) as cursor:
        return cursor.execute(SQL["read_tail"]).fetchone()


def places_at(connection: Connection, seqs: Sequence[int]) -> dict[int, Place]:
    with connection.cursor(row_factory=class_row(Place)) as cursor:
        cursor.execute(SQL["list_places"], {"seqs": list(seqs)})
        return {place.seq: place for place in cursor}


def count_events(connection: Connection) -> int:
    row = connection.execute(SQL["count_events"]).fetchone()
    return int(row[0]) if row else 0


def has_news(connection: Connection, *, after: int) -> bool:
    row = connection.execute(SQL["has_news"], {"after": after}).fetchone()
    return bool(row and row[0])


def list_chain_faults(connection: Connection, *, after: int, seed: bytes) -> list[ChainFault]:
    """The first hundred after a place whose hash is `seed`."""
    with connection.cursor(row_factory=class_row(ChainFault)) as cursor:
        cursor.execute(SQL["list_chain_faults"], {"after": after, "seed": seed})
        return cursor.fetchall()


def list_unchained_events(connection: Connection) -> list[UUID]:
    return [row[0] for row in connection.execute(SQL["list_unchained_events"])]
