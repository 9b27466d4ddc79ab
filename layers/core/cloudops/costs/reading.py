"""Costs as people ask for them: grouped, per day or month, currencies apart."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from psycopg.rows import class_row, scalar_row

from cloudops.costs.models import CostRow, MonthTotal
from cloudops.costs.repository import SQL
from cloudops.errors import InvalidError
from cloudops.period import DateRange
from cloudops.platform.database import Connection

GROUPS = ("service", "account", "region", "charge_category", "provider")
TAG = "tag:"
DEFAULT_DAYS = 30
# API Gateway carries 6 MB out, and a row takes some 200 bytes.
MAXIMUM_ROWS = 20_000


class TooManyRowsError(InvalidError):
    """The answer would be too large."""


@dataclass(frozen=True, kw_only=True)
class CostQuestion:
    """`group_by` is one of GROUPS or `tag:<key>`."""

    group_by: str
    granularity: Literal["day", "month"]
    start: date | None
    end: date | None
    service: str | None = None
    account: str | None = None
    region: str | None = None
    charge_category: str | None = None
    currency: str | None = None


@dataclass(frozen=True, kw_only=True)
class CostAnswer:
    """`data_through` is the last day with usage, None where nothing was loaded yet."""

    span: DateRange
    rows: list[CostRow]
    data_through: date | None


def read_costs(connection: Connection, question: CostQuestion, *, today: date) -> CostAnswer:
    """Without dates, the 30 days up to the last one with data."""
    latest = read_latest_day(connection)
    span = span_of(question, latest or today)
    tag = question.group_by.removeprefix(TAG) if question.group_by.startswith(TAG) else None
    parameters = {
        **vars(question),
        "start": span.start,
        "end": span.end,
        "tag": tag,
        "limit": MAXIMUM_ROWS + 1,
    }
    with connection.cursor(row_factory=class_row(CostRow)) as cursor:
        rows = cursor.execute(SQL["read_costs_by_tag" if tag else "read_costs"], parameters).fetchall()
    if len(rows) > MAXIMUM_ROWS:
        raise TooManyRowsError("ask for fewer days, for months, or for one service or account", field="start")
    return CostAnswer(span=span, rows=rows, data_through=latest)


def span_of(question: CostQuestion, latest: date) -> DateRange:
    end = question.end or latest + timedelta(days=1)
    start = question.start or min(end, latest + timedelta(days=1)) - timedelta(days=DEFAULT_DAYS)
    if start >= end:
        raise InvalidError(f"start {start} is not before end {end}", field="start")
    return DateRange(start=start, end=end)


def read_latest_day(connection: Connection) -> date | None:
    with connection.cursor(row_factory=scalar_row) as cursor:
        day: date | None = cursor.execute(SQL["read_latest_day"]).fetchone()
    return day


def read_month_totals(connection: Connection) -> list[MonthTotal]:
    """Billed cost per month in the reporting currency, oldest first."""
    with connection.cursor(row_factory=class_row(MonthTotal)) as cursor:
        return cursor.execute(SQL["read_month_totals"]).fetchall()
