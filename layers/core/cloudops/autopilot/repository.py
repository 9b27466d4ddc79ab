"""The first document's records, in the database."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cloudops.actor import Actor
from cloudops.autopilot.models import (
    AWS_RESOURCES,
    CONFIGURATION,
    COST_REPORTS,
    ApprovalRecord,
    AwsResource,
    ConfigEntry,
    CostReport,
    Entity,
    HistoryEntry,
    RecordNotFoundError,
    Told,
)
from cloudops.paging import Cursor
from cloudops.period import next_month
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)
SAVES = {HistoryEntry: "save_history", ApprovalRecord: "save_approval", CostReport: "save_cost_report"}


def list_records[R](
    connection: Connection,
    entity: Entity[R],
    *,
    limit: int,
    after: Cursor | None,
    record_id: UUID | None = None,
) -> list[R]:
    with connection.cursor(row_factory=class_row(entity.record)) as cursor:
        return cursor.execute(
            SQL[f"list_{entity.name}"], {"id": record_id, "limit": limit, **position(after)}
        ).fetchall()


def position(after: Cursor | None) -> dict[str, Any]:
    return {"after_at": after.at if after else None, "after_id": after.id if after else None}


def read_record[R](connection: Connection, entity: Entity[R], record_id: UUID) -> R:
    found = list_records(connection, entity, limit=1, after=None, record_id=record_id)
    if not found:
        raise RecordNotFoundError
    return found[0]


def read_cost_report(connection: Connection, report_id: UUID) -> CostReport:
    return one_by(connection, "read_cost_report", COST_REPORTS, {"id": report_id})


def read_resource(connection: Connection, resource_id: str) -> AwsResource:
    return one_by(connection, "read_resource", AWS_RESOURCES, {"resource_id": resource_id})


def read_configured(connection: Connection, key: str) -> ConfigEntry:
    return one_by(connection, "read_configured", CONFIGURATION, {"key": key})


def one_by[R](connection: Connection, query: str, entity: Entity[R], key: Mapping[str, object]) -> R:
    with connection.cursor(row_factory=class_row(entity.record)) as cursor:
        found = cursor.execute(SQL[query], key).fetchone()
    if found is None:
        raise RecordNotFoundError
    return found


def find_report_month(connection: Connection, *, before: date) -> date | None:
    row = connection.execute(SQL["find_report_month"], {"before": before}).fetchone()
    return row[0] if row else None


def list_cost_reports(
    connection: Connection, month: date, *, limit: int, after: Cursor | None
) -> list[CostReport]:
    with connection.cursor(row_factory=class_row(CostReport)) as cursor:
        return cursor.execute(
            SQL["list_cost_reports"],
            {"month": month, "next_month": next_month(month), "limit": limit, **position(after)},
        ).fetchall()


def save(connection: Connection, record: Told, *, actor: Actor, now: datetime) -> None:
    """The same id again replaces what was imported under it."""
    fields = {
        name: Jsonb(value) if isinstance(value, dict) else value for name, value in asdict(record).items()
    }
    connection.execute(SQL[SAVES[type(record)]], {**fields, "imported_by": actor.name, "imported_at": now})
