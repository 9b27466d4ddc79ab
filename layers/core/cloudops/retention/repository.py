"""Settings, closed rows and archives in the database."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from cloudops.errors import NotFoundError
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.retention.models import Archive, ArchivedTable, ClosedRow, RestoredRow

SQL = queries.load(__package__)


class ArchiveNotFoundError(NotFoundError):
    """There is no such archive."""


def list_settings(connection: Connection) -> dict[str, int]:
    return dict(connection.execute(SQL["list_settings"]).fetchall())


def lock_setting(connection: Connection, table_name: str) -> int | None:
    row = connection.execute(SQL["lock_setting"], {"table_name": table_name}).fetchone()
    return int(row[0]) if row else None


def upsert_setting(connection: Connection, table_name: str, hot_days: int, *, now: datetime) -> None:
    connection.execute(SQL["upsert_setting"], {"table_name": table_name, "hot_days": hot_days, "now": now})


# Which tables there are is a constant of ours, and so are their conditions: no value becomes SQL.
CLOSED = sql.SQL("""
    from {table} t
   where t.tenant_id = (select current_tenant()) and ({closed}) and t.{closed_at} < %(before)s""")
QUARTERS = sql.SQL("""
    select distinct date_trunc('quarter', t.{closed_at} at time zone 'UTC')::date {rows} order by 1""")
# A quarter of what stays where it is goes into one archive, and only when it is over.
UNARCHIVED_QUARTERS = sql.SQL("""
    select quarter from ({quarters}) q (quarter)
     where (q.quarter + interval '3 months') at time zone 'UTC' <= %(before)s
       and not exists (select from archives a where a.tenant_id = (select current_tenant())
                          and a.table_name = {name} and a.quarter = q.quarter)""")
ROWS = sql.SQL("""
    select r.id, r.closed_at, r.content, md5(r.content) as digest
      from (select t.id, t.{closed_at} as closed_at, ({content})::text as content {rows}
               and t.{closed_at} >= %(quarter)s::timestamp at time zone 'UTC'
               and t.{closed_at} < (%(quarter)s::timestamp + interval '3 months') at time zone 'UTC'
               and (%(after_at)s::timestamptz is null or (t.{closed_at}, t.id) > (%(after_at)s, %(after_id)s))
             order by t.{closed_at}, t.id
             limit %(limit)s) r""")
DELETED = sql.SQL("""
    delete from {table} t
     using unnest(%(ids)s::uuid[], %(digests)s::text[]) a (id, digest)
     where t.tenant_id = (select current_tenant()) and t.id = a.id and md5(({content})::text) = a.digest""")
CHILDREN = sql.SQL("""
    || jsonb_build_object({name}, (
           select coalesce(jsonb_agg(to_jsonb(c) order by c.id), '[]')
             from {child} c where c.tenant_id = t.tenant_id and c.{parent} = t.id))""")


def list_quarters(
    connection: Connection, table: ArchivedTable, *, before: datetime, now: datetime
) -> list[date]:
    """The quarters in which rows were closed that are past their retention and in no archive."""
    quarters = QUARTERS.format(closed_at=sql.Identifier(table.closed_at), rows=closed_rows(table))
    if table.kept:
        quarters = UNARCHIVED_QUARTERS.format(quarters=quarters, name=sql.Literal(table.name))
    return [row[0] for row in connection.execute(quarters, {"before": before, "now": now})]


def list_closed_rows(
    connection: Connection,
    table: ArchivedTable,
    quarter: date,
    *,
    before: datetime,
    now: datetime,
    after: ClosedRow | None,
    limit: int,
) -> list[ClosedRow]:
    statement = ROWS.format(
        closed_at=sql.Identifier(table.closed_at), content=content_of(table), rows=closed_rows(table)
    )
    with connection.cursor(row_factory=class_row(ClosedRow)) as cursor:
        cursor.execute(
            statement,
            {
                "quarter": quarter,
                "before": before,
                "now": now,
                "limit": limit,
                "after_at": after.closed_at if after else None,
                "after_id": after.id if after else None,
            },
        )
        return cursor.fetchall()


def delete_rows(connection: Connection, table: ArchivedTable, rows: Sequence[ClosedRow]) -> int:
    """How many were deleted: those that are as they were when they were read."""
    statement = DELETED.format(table=sql.Identifier(table.name), content=content_of(table))
    parameters = {"ids": [row.id for row in rows], "digests": [row.digest for row in rows]}
    return connection.execute(statement, parameters).rowcount


def closed_rows(table: ArchivedTable) -> sql.Composed:
    return CLOSED.format(
        table=sql.Identifier(table.name),
        closed=sql.SQL(table.closed),
        closed_at=sql.Identifier(table.closed_at),
    )


def content_of(table: ArchivedTable) -> sql.Composed:
    """All columns of the row, with the rows that go with it."""
    children = [
        CHILDREN.format(name=sql.Literal(name), child=sql.Identifier(name), parent=sql.Identifier(parent))
        for name, parent in table.children
    ]
    return sql.SQL("to_jsonb(t)") + sql.Composed(children)


def insert_archive(connection: Connection, archive: Archive) -> None:
    connection.execute(SQL["insert_archive"], vars(archive))


def read_archive(connection: Connection, archive_id: UUID) -> Archive:
    with connection.cursor(row_factory=class_row(Archive)) as cursor:
        found = cursor.execute(SQL["read_archive"], {"id": archive_id}).fetchone()
    if found is None:
        raise ArchiveNotFoundError
    return found


def list_archives(
    connection: Connection, *, table_name: str | None, limit: int, after: Cursor | None
) -> list[Archive]:
    with connection.cursor(row_factory=class_row(Archive)) as cursor:
        cursor.execute(SQL["list_archives"], {"table_name": table_name, **page(limit, after)})
        return cursor.fetchall()


def restore_rows(
    connection: Connection, archive_id: UUID, rows: Sequence[ClosedRow], *, now: datetime
) -> None:
    connection.execute(
        SQL["insert_restored_rows"],
        {
            "archive_id": archive_id,
            "ids": [row.id for row in rows],
            "closed_at": [row.closed_at for row in rows],
            "contents": [row.content for row in rows],
        },
    )
    connection.execute(SQL["set_restored"], {"id": archive_id, "now": now})


def list_restored_rows(
    connection: Connection, archive_id: UUID, *, limit: int, after: Cursor | None
) -> list[RestoredRow]:
    with connection.cursor(row_factory=class_row(RestoredRow)) as cursor:
        cursor.execute(SQL["list_restored_rows"], {"archive_id": archive_id, **page(limit, after)})
        return cursor.fetchall()


def page(limit: int, after: Cursor | None) -> dict[str, Any]:
    return {
        "limit": limit,
        "after_at": after.at if after else None,
        "after_id": after.id if after else None,
    }
