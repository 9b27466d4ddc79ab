"""Alerts and the anomalies they are made of, in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from cloudops.alerts.models import Alert, AlertDetail, AlertNotFoundError, Driver, JudgedSpan
from cloudops.anomalies.signals import PlannedSpan, Signal
from cloudops.paging import Cursor
from cloudops.period import DateRange
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)
BASELINE = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class AlertFilter:
    status: str | None = None
    severity: str | None = None
    alert_type: str | None = None
    service: str | None = None
    account: str | None = None
    id_prefix: str | None = None


@dataclass(frozen=True, kw_only=True)
class Resolved:
    id: UUID
    project_id: UUID
    title: str


@dataclass(frozen=True, kw_only=True)
class Upserted:
    """Whether the alert is new, and whether it is to keep quiet."""

    inserted: bool
    snoozed: bool


def read_usual_daily_spend(connection: Connection, last_day: date) -> dict[str, Decimal]:
    """Usage cost per day with data over the four weeks up to `last_day`, by currency."""
    return dict(connection.execute(SQL["read_usual_daily_spend"], {"last_day": last_day}).fetchall())


def read_account_names(connection: Connection) -> dict[str, str]:
    return dict(connection.execute(SQL["read_account_names"]).fetchall())


def read_drivers(connection: Connection, signal: Signal, window: DateRange) -> list[Driver]:
    """What moved between the four weeks before the window and the window, per day."""
    parameters = {
        "account_id": signal.account_id,
        "service_name": signal.service_name,
        "currency": signal.currency,
        "baseline_start": window.start - BASELINE,
        "start": window.start,
        "end": window.end - timedelta(days=1),
        "window_days": window.days,
        "baseline_days": BASELINE.days,
    }
    with connection.cursor(row_factory=class_row(Driver)) as cursor:
        return cursor.execute(SQL["read_drivers"], parameters).fetchall()


def upsert_alert(connection: Connection, row: dict[str, Any]) -> Upserted | None:
    """None where it says the same or is resolved."""
    parameters = {**row, "series": Jsonb(row["series"]), "drivers": Jsonb(row["drivers"])}
    with connection.cursor(row_factory=class_row(Upserted)) as cursor:
        return cursor.execute(SQL["upsert_alert"], parameters).fetchone()


def insert_anomalies(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    connection.cursor().executemany(SQL["insert_anomaly"], rows)


def resolve_restated(
    connection: Connection, alert_type: str, found: Sequence[UUID], span: JudgedSpan, *, now: datetime
) -> list[Resolved]:
    """Resolve what a new look at the same days no longer finds."""
    with connection.cursor(row_factory=class_row(Resolved)) as cursor:
        return cursor.execute(
            SQL["resolve_restated"],
            {"alert_type": alert_type, "found": list(found), **vars(span), "now": now},
        ).fetchall()


def list_alerts(
    connection: Connection, chosen: AlertFilter, *, limit: int, after: Cursor | None
) -> list[Alert]:
    parameters = {
        **vars(chosen),
        "limit": limit,
        "after_at": after.at if after else None,
        "after_id": after.id if after else None,
    }
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(SQL["list_alerts"], parameters).fetchall()


def read_alert(connection: Connection, alert_id: UUID) -> AlertDetail:
    with connection.cursor(row_factory=class_row(AlertDetail)) as cursor:
        found = cursor.execute(SQL["read_alert"], {"id": alert_id}).fetchone()
    if found is None:
        raise AlertNotFoundError
    return found


def lock_alert(connection: Connection, alert_id: UUID) -> str:
    row = connection.execute(SQL["lock_alert"], {"id": alert_id}).fetchone()
    if row is None:
        raise AlertNotFoundError
    return str(row[0])


def snooze(connection: Connection, alert_id: UUID, *, until: datetime, by: str, now: datetime) -> None:
    connection.execute(SQL["snooze_alert"], {"id": alert_id, "until": until, "by": by, "now": now})


def acknowledge(connection: Connection, alert_id: UUID, *, by: str, now: datetime) -> None:
    connection.execute(SQL["acknowledge_alert"], {"id": alert_id, "by": by, "now": now})


def resolve(connection: Connection, alert_id: UUID, *, by: str, resolution: str, now: datetime) -> None:
    connection.execute(SQL["resolve_alert"], {"id": alert_id, "by": by, "resolution": resolution, "now": now})


def resolve_as_planned(
    connection: Connection, alert_id: UUID, *, until: date, by: str, resolution: str, now: datetime
) -> list[UUID]:
    """The alert itself, and what else is open of its signal from its first day to that one."""
    row = {"id": alert_id, "until": until, "by": by, "resolution": resolution, "now": now}
    return [found[0] for found in connection.execute(SQL["resolve_as_planned"], row).fetchall()]


def list_planned(connection: Connection) -> list[PlannedSpan]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(SQL["list_planned"]).fetchall()
    return [
        PlannedSpan(first_day=row.pop("first_day"), last_day=row.pop("last_day"), signal=Signal(**row))
        for row in rows
    ]
