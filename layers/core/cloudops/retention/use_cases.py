"""Retention as people set it, and archives as they are found and read."""

from datetime import datetime
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.errors import NotFoundError
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match
from cloudops.retention import repository
from cloudops.retention.models import (
    ARCHIVED,
    DEFAULT_HOT_DAYS,
    Archive,
    ArchivedTable,
    RestoredRow,
    Retention,
)


class TableNotArchivedError(NotFoundError):
    """There is no retention for such a table."""


def list_retention(connection: Connection) -> list[Retention]:
    chosen = repository.list_settings(connection)
    return [retention_of(table, chosen.get(table.name)) for table in ARCHIVED]


def retention_of(table: ArchivedTable, hot_days: int | None) -> Retention:
    return Retention(table_name=table.name, hot_days=hot_days or DEFAULT_HOT_DAYS, keeps_rows=table.kept)


def show_retention(connection: Connection, table_name: str) -> Retention:
    table = table_named(table_name)
    return retention_of(table, repository.list_settings(connection).get(table.name))


def change_retention(
    connection: Connection,
    table_name: str,
    hot_days: int,
    *,
    if_match: str | None,
    actor: Actor,
    now: datetime,
) -> Retention:
    table = table_named(table_name)
    before = retention_of(table, repository.lock_setting(connection, table.name))
    require_match(if_match, etag_of(before.editable()))
    repository.upsert_setting(connection, table.name, hot_days, now=now)
    record(
        connection,
        NewEvent(
            entity_type="retention",
            entity_id=table.name,
            event_type="changed",
            message=f"Closed {table.name} stay for {hot_days} days",
            actor=actor,
            metadata={"old": before.editable(), "new": {"hot_days": hot_days}},
        ),
    )
    return retention_of(table, hot_days)


def table_named(name: str) -> ArchivedTable:
    for table in ARCHIVED:
        if table.name == name:
            return table
    raise TableNotArchivedError(f"there are {', '.join(table.name for table in ARCHIVED)}")


def list_archives(
    connection: Connection, *, table_name: str | None, limit: int, cursor: str | None
) -> Page[Archive]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_archives(connection, table_name=table_name, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def show_archive(connection: Connection, archive_id: UUID) -> Archive:
    return repository.read_archive(connection, archive_id)


def request_restore(connection: Connection, archive_id: UUID, *, actor: Actor) -> Archive:
    archive = repository.read_archive(connection, archive_id)
    record(connection, event_of(archive, "restore_requested", "are to be readable again", actor=actor))
    return archive


def list_restored_rows(
    connection: Connection, archive_id: UUID, *, limit: int, cursor: str | None
) -> Page[RestoredRow]:
    repository.read_archive(connection, archive_id)
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_restored_rows(connection, archive_id, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.closed_at, id=row.id))


def event_of(archive: Archive, event_type: str, what: str, *, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="archive",
        entity_id=str(archive.id),
        event_type=event_type,
        message=f"{archive.row_count} {archive.table_name} of the quarter from {archive.quarter} {what}",
        actor=actor,
        metadata={
            "table": archive.table_name,
            "quarter": archive.quarter.isoformat(),
            "rows": archive.row_count,
            "key": archive.key,
            "sha256": archive.sha256,
        },
    )
