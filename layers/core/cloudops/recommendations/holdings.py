"""Scanned resources with their lines of the bill, streamed from the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg.rows import class_row

from cloudops.inventory.models import ItemStatus, Outcome
from cloudops.inventory.use_cases import latest_outcomes, service_of_type
from cloudops.period import DateRange
from cloudops.platform.database import Connection
from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.inventory_checks import INVENTORY_CHECKS
from cloudops.recommendations.inventory_checks.models import Holding
from cloudops.recommendations.models import NoPermission, NotEnoughData
from cloudops.recommendations.repository import SQL, read_discounts
from cloudops.recommendations.subjects import Scope, Subject

ROWS_PER_FETCH = 1000
TYPES = sorted(set().union(*(check.types for check in INVENTORY_CHECKS)))
AMOUNTS = ("usage_amount", "billed_cost", "effective_cost")

type Outcomes = Mapping[tuple[str, str, str], Outcome]


@dataclass(frozen=True, kw_only=True)
class HoldingRow:
    account_id: str
    account_name: str | None
    resource_id: str
    service: str
    type: str
    name: str
    region: str | None
    status: str | None
    tags: dict[str, str]
    configuration: dict[str, Any]
    utilization: dict[str, Any] | None
    missing_actions: list[str]
    scanned_at: datetime | None
    currency: str
    first_seen: date
    lines: list[dict[str, Any]]
    attached: list[dict[str, Any]]


def read_rates(connection: Connection, window: DateRange) -> dict[str, Bill]:
    """By currency, bills without their resources: they price and discount lines that are read one by one."""
    span = {"start": window.start, "end": window.end}
    days: dict[str, int] = dict(connection.execute(SQL["count_days"], span).fetchall())
    usages: dict[str, list[BilledUsage]] = {currency: [] for currency in days}
    with connection.cursor(row_factory=class_row(BilledUsage)) as cursor:
        for usage in cursor.execute(SQL["read_rates"], span):
            if usage.currency in usages:
                usages[usage.currency].append(usage)
    discounts = read_discounts(connection, span)
    return {
        currency: Bill(
            window=window,
            days=days[currency],
            currency=currency,
            usages=tuple(found),
            discounts=tuple(discounts[currency]),
        )
        for currency, found in usages.items()
    }


def read_holdings(
    connection: Connection, window: DateRange, bills: Mapping[str, Bill]
) -> Iterator[tuple[Holding, Bill]]:
    """Each resource with the bill in its currency. The cursor stays on the server, so that memory stays flat."""
    outcomes = latest_outcomes(connection)
    parameters = {"start": window.start, "end": window.end, "types": TYPES}
    with connection.cursor(name="holdings", row_factory=class_row(HoldingRow)) as cursor:
        cursor.itersize = ROWS_PER_FETCH
        for row in cursor.execute(SQL["read_holdings"], parameters):
            bill = bills.get(row.currency) or empty_bill(window, row.currency)
            yield holding_of(row, bill, outcomes), bill


def empty_bill(window: DateRange, currency: str) -> Bill:
    return Bill(window=window, days=window.days, currency=currency, usages=())


def holding_of(row: HoldingRow, bill: Bill, outcomes: Outcomes) -> Holding:
    return Holding(
        subject=subject_of(row, bill),
        type=row.type,
        name=row.name,
        status=row.status,
        tags=row.tags,
        configuration=row.configuration,
        utilization=row.utilization,
        missing_actions=tuple(row.missing_actions),
        scanned_at=row.scanned_at,
        attached=tuple(line for line in usages_of(row, row.attached) if bill.is_live(line)),
        unseen=None if row.scanned_at else why_unseen(row, outcomes),
    )


def subject_of(row: HoldingRow, bill: Bill) -> Subject:
    usages = tuple(sorted(usages_of(row, row.lines), key=lambda line: line.sort_key))
    return Subject(
        scope=Scope.RESOURCE,
        provider="aws",
        account_id=row.account_id,
        account_name=row.account_name,
        service=row.service,
        region=row.region,
        resource_id=row.resource_id,
        usages=usages,
        live=tuple(line for line in usages if bill.is_live(line)),
        series=(),
    )


def usages_of(row: HoldingRow, lines: list[dict[str, Any]]) -> Iterator[BilledUsage]:
    for line in lines:
        yield BilledUsage(
            **{
                **line,
                **{name: Decimal(line[name]) for name in AMOUNTS},
                "list_cost": None if line["list_cost"] is None else Decimal(line["list_cost"]),
                "first_day": date.fromisoformat(line["first_day"]),
                "last_day": date.fromisoformat(line["last_day"]),
            },
            account_id=row.account_id,
            account_name=row.account_name,
            resource_id=row.resource_id,
            currency=row.currency,
            first_seen=row.first_seen,
            tags=row.tags,
        )


def why_unseen(row: HoldingRow, outcomes: Outcomes) -> NoPermission | NotEnoughData:
    """Only the bill knows it: because nobody looked, nobody could look, or it is gone."""
    key = (row.account_id, row.region or "", service_of_type(row.type) or "")
    outcome = outcomes.get(key)
    if outcome is None:
        return NotEnoughData(reason="Its account and region have not been scanned.")
    if outcome.status is ItemStatus.NO_PERMISSION:
        return NoPermission(action=outcome.missing_actions[0])
    if outcome.status is ItemStatus.FAILED:
        return NotEnoughData(reason=f"The last scan failed: {outcome.reason}")
    return NotEnoughData(reason="It is on the bill, but the last scan no longer found it.")
