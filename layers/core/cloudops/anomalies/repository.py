"""Signals out of the rollup and the metrics, and the limits that users set."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from psycopg.rows import class_row

from cloudops.anomalies.signals import CoveredDays, Limit
from cloudops.errors import NotFoundError
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


class LimitNotFoundError(NotFoundError):
    """There is no such limit."""


@dataclass(frozen=True, kw_only=True)
class UsageCost:
    billing_account_id: str
    provider: str
    account_id: str
    service: str
    currency: str
    charge_date: date
    cost: Decimal


@dataclass(frozen=True, kw_only=True)
class MetricValue:
    resource_id: str
    metric_name: str
    metric_ts: datetime
    value: Decimal


def list_covered_days(connection: Connection, as_of: date) -> list[CoveredDays]:
    with connection.cursor(row_factory=class_row(CoveredDays)) as cursor:
        return cursor.execute(SQL["list_covered_days"], {"as_of": as_of}).fetchall()


def read_usage_costs(connection: Connection, *, start: date, as_of: date) -> Iterator[UsageCost]:
    """Sorted by signal, then day."""
    with connection.cursor(row_factory=class_row(UsageCost)) as cursor:
        yield from cursor.execute(SQL["read_usage_costs"], {"start": start, "as_of": as_of})


def read_metrics(connection: Connection, *, start: datetime, end: datetime) -> Iterator[MetricValue]:
    """Sorted by resource and metric, then time."""
    with connection.cursor(row_factory=class_row(MetricValue)) as cursor:
        yield from cursor.execute(SQL["read_metrics"], {"start": start, "end": end})


def list_limits(connection: Connection) -> list[Limit]:
    with connection.cursor(row_factory=class_row(Limit)) as cursor:
        return cursor.execute(SQL["list_limits"]).fetchall()


def insert_limit(connection: Connection, limit: Limit) -> None:
    connection.execute(SQL["insert_limit"], vars(limit))


def delete_limit(connection: Connection, limit_id: UUID) -> Limit:
    """The limit as it was."""
    with connection.cursor(row_factory=class_row(Limit)) as cursor:
        deleted = cursor.execute(SQL["delete_limit"], {"id": limit_id}).fetchone()
    if deleted is None:
        raise LimitNotFoundError
    return deleted
