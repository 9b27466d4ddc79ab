"""Files of the trail: asked for by people, written by a job."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit import repository
from cloudops.audit.models import EventExport, ExportedEvent, NewEvent
from cloudops.audit.repository import ExportNotFoundError
from cloudops.audit.use_cases import record
from cloudops.errors import InvalidError
from cloudops.platform.database import Connection

__all__ = ["ExportNotFoundError", "finish_export", "key_of", "request_export", "show_export", "stream_events"]


def request_export(
    connection: Connection,
    *,
    file_format: str,
    starts_on: date | None,
    ends_on: date | None,
    actor: Actor,
    now: datetime,
) -> EventExport:
    if starts_on and ends_on and ends_on <= starts_on:
        raise InvalidError("the period ends before it starts", field="end")
    export = EventExport(
        id=uuid4(),
        format=file_format,
        starts_on=starts_on,
        ends_on=ends_on,
        status="queued",
        key=None,
        row_count=None,
        byte_count=None,
        sha256=None,
        requested_by=actor.name,
        created_at=now,
        finished_at=None,
    )
    repository.insert_export(connection, export)
    period = f"from {starts_on or 'its beginning'} to {ends_on or 'now'}"
    record(connection, event_of(export, "requested", f"The trail {period} is to be exported", actor))
    return export


def show_export(connection: Connection, export_id: UUID) -> EventExport:
    return repository.read_export(connection, export_id)


def stream_events(connection: Connection, export: EventExport) -> Iterator[ExportedEvent]:
    return repository.stream_events(connection, export.starts_on, export.ends_on)


def finish_export(
    connection: Connection, export: EventExport, *, key: str, rows: int, size: int, sha256: str, now: datetime
) -> None:
    """Note the file; of a message that came twice the second changes nothing."""
    finished = repository.finish_export(
        connection, export.id, key=key, row_count=rows, byte_count=size, sha256=sha256, finished_at=now
    )
    if finished:
        record(connection, event_of(export, "exported", f"{rows} events were exported", Actor()))


def key_of(tenant_id: UUID, export: EventExport) -> str:
    return f"exports/{tenant_id}/{export.id}.{export.format}"


def event_of(export: EventExport, event_type: str, message: str, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="event_export",
        entity_id=str(export.id),
        event_type=event_type,
        message=message,
        actor=actor,
        metadata={
            "format": export.format,
            "start": export.starts_on.isoformat() if export.starts_on else None,
            "end": export.ends_on.isoformat() if export.ends_on else None,
        },
    )
