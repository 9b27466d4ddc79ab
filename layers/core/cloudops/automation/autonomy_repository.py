"""What the system considered doing on its own, in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from cloudops.accounts.models import SCHEDULES_SUFFIX
from cloudops.automation.autonomy import Consideration, Run, TrackRecord
from cloudops.automation.repository import position
from cloudops.automation.selection import Candidate, Kind
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


@dataclass(frozen=True, kw_only=True)
class ConsiderationFilter:
    run: UUID | None = None
    recommendation: UUID | None = None
    verdict: str | None = None


@dataclass(frozen=True, kw_only=True)
class BegunOfKind:
    account_id: str
    resource_type: str | None
    actions: int
    monthly_savings: Decimal


def list_candidates(connection: Connection, *, executable: Sequence[str], limit: int) -> list[Candidate]:
    with connection.cursor(row_factory=class_row(Candidate)) as cursor:
        return cursor.execute(
            SQL["list_candidates"],
            {"executable": list(executable), "schedules_suffix": SCHEDULES_SUFFIX, "limit": limit},
        ).fetchall()


def list_begun(connection: Connection, *, since: datetime) -> list[BegunOfKind]:
    with connection.cursor(row_factory=class_row(BegunOfKind)) as cursor:
        return cursor.execute(SQL["list_begun"], {"since": since}).fetchall()


def read_fleets(connection: Connection) -> dict[Kind, int]:
    rows = connection.execute(SQL["read_fleets"]).fetchall()
    return {(account_id, resource_type): count for account_id, resource_type, count in rows}


def list_track_records(connection: Connection) -> list[TrackRecord]:
    with connection.cursor(row_factory=class_row(TrackRecord)) as cursor:
        return cursor.execute(SQL["list_track_records"]).fetchall()


def find_run(connection: Connection, run_id: UUID) -> Run | None:
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        return cursor.execute(SQL["find_run"], {"id": run_id}).fetchone()


def list_chosen(connection: Connection, run_id: UUID) -> list[UUID]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["list_chosen"], {"run_id": run_id}).fetchall()


def insert_run(connection: Connection, run: Run) -> None:
    connection.execute(SQL["insert_run"], vars(run))


def insert_considerations(connection: Connection, rows: Sequence[Consideration]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(SQL["insert_consideration"], [vars(row) for row in rows])


def delete_runs(connection: Connection, *, before: datetime) -> None:
    connection.execute(SQL["delete_runs"], {"before": before})


def list_considerations(
    connection: Connection, chosen: ConsiderationFilter, *, limit: int, after: Cursor | None
) -> list[Consideration]:
    with connection.cursor(row_factory=class_row(Consideration)) as cursor:
        return cursor.execute(
            SQL["list_considerations"], {**vars(chosen), "limit": limit, **position(after)}
        ).fetchall()


def list_runs(connection: Connection, *, limit: int, after: Cursor | None) -> list[Run]:
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        return cursor.execute(SQL["list_runs"], {"limit": limit, **position(after)}).fetchall()
