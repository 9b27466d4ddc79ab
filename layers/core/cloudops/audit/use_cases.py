"""Write to and read from the trail."""

from cloudops.actor import Actor
from cloudops.audit import repository
from cloudops.audit.models import Event, NewEvent
from cloudops.audit.repository import EventFilter
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection

__all__ = ["Actor", "EventFilter", "NewEvent", "list_events", "record", "record_all"]


def record(connection: Connection, event: NewEvent) -> None:
    """Add a line in the transaction of what it speaks of, so that neither is there without the other."""
    repository.insert_event(connection, event)


def record_all(connection: Connection, events: list[NewEvent]) -> None:
    repository.insert_events(connection, events)


def list_events(
    connection: Connection, chosen: EventFilter, *, limit: int, cursor: str | None
) -> Page[Event]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_events(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda event: Cursor(at=event.created_at, id=event.id))
