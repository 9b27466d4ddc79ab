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

# The daily rollup knows no more than five dimensions; what is finer is read from the charges.
OF_CHARGES = frozenset({"resource", "usage_type", "instance_type"})
TAG = "tag:"
DEFAULT_DAYS = 30
# API Gateway carries 6 MB out, and a row takes some 200 bytes.
MAXIMUM_ROWS = 20_000


class TooManyRowsError(InvalidError):
    """The answer would be too large."""


@dataclass(frozen=True, kw_only=True)
class CostQuestion:
    """`group_by` is service, account, region, charge_category, provider, team, one of OF_CHARGES, or `tag:<key>`."""

    group_by: str
    granularity: Literal["day", "month"]
    start: date | None
    end: date | None
    service: str | None = None
    account: str | None = None
    region: str | None = None
    resource: str | None = None
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
        rows = cursor.execute(SQL[query_for(question)], parameters).fetchall()
    if len(rows) > MAXIMUM_ROWS:
        raise TooManyRowsError("ask for fewer days, for months, or for one service or account", field="start")
    return CostAnswer(span=span, rows=rows, data_through=latest)


def query_for(question: CostQuestion) -> str:
    if question.group_by == "team":
        for name in ("region", "resource"):
            if getattr(question, name) is not None:
                raise InvalidError("cost by team is kept without it", field=name)
        return "read_costs_by_team"
    finer = question.group_by in OF_CHARGES or question.group_by.startswith(TAG)
    return "read_costs_of_charges" if finer or question.resource is not None else "read_costs"


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
