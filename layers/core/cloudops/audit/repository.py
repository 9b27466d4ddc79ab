"""Events in the database: written once, read in pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cloudops.audit.models import Event, EventExport, ExportedEvent, NewEvent, Place
from cloudops.errors import NotFoundError
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)

STREAMED_AT_ONCE = 5_000


class ExportNotFoundError(NotFoundError):
    """There is no such export."""


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


def insert_export(connection: Connection, export: EventExport) -> None:
    connection.execute(SQL["insert_export"], vars(export))


def read_export(connection: Connection, export_id: UUID) -> EventExport:
    with connection.cursor(row_factory=class_row(EventExport)) as cursor:
        found = cursor.execute(SQL["read_export"], {"id": export_id}).fetchone()
    if found is None:
        raise ExportNotFoundError
    return found


def finish_export(
    connection: Connection,
    export_id: UUID,
    *,
    key: str,
    row_count: int,
    byte_count: int,
    sha256: str,
    finished_at: datetime,
) -> bool:
    """Whether this finished it; False where it was done before."""
    parameters = {
        "id": export_id,
        "key": key,
        "row_count": row_count,
        "byte_count": byte_count,
        "sha256": sha256,
        "finished_at": finished_at,
    }
    return connection.execute(SQL["finish_export"], parameters).rowcount == 1


def stream_events(
    connection: Connection, starts_on: date | None, ends_on: date | None
) -> Iterator[ExportedEvent]:
    """In the order of the chain, a few thousand in memory at a time."""
    with connection.cursor(name="exported_events", row_factory=class_row(ExportedEvent)) as cursor:
        cursor.itersize = STREAMED_AT_ONCE
        cursor.execute(SQL["stream_events"], {"starts_on": starts_on, "ends_on": ends_on})
        yield from cursor
