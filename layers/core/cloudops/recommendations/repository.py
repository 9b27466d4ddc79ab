"""The bill as checks read it, and recommendations in the database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from cloudops.period import DateRange
from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.recommendations.bill import Bill, BilledUsage, DayOfUsage, Discount, UsageSeries
from cloudops.recommendations.life import (
    Known,
    NewRecommendation,
    Recommendation,
    RecommendationDetail,
    RecommendationNotFoundError,
    Status,
)
from cloudops.recommendations.paging import Position

SQL = queries.load(__package__)
JSON_COLUMNS = ("current_config", "recommended_config", "evidence")


@dataclass(frozen=True, kw_only=True)
class RecommendationFilter:
    status: str | None = None
    kind: str | None = None
    type: str | None = None
    severity: str | None = None
    check_id: str | None = None
    account: str | None = None
    service: str | None = None
    resource: str | None = None
    alert: UUID | None = None
    id_prefix: str | None = None


@dataclass(frozen=True, kw_only=True)
class Savings:
    """What is identified and not yet done, per month, without overlaps."""

    currency: str
    monthly_savings: Decimal
    recommendations: int


@dataclass(frozen=True, kw_only=True)
class SeriesRow:
    account_id: str
    service: str
    region: str | None
    usage_type: str
    currency: str
    resource_id: str | None
    days: list[date]
    amounts: list[Decimal]
    costs: list[Decimal]

    def series(self) -> UsageSeries:
        points = zip(self.days, self.amounts, self.costs, strict=True)
        return UsageSeries(
            account_id=self.account_id,
            service=self.service,
            usage_type=self.usage_type,
            region=self.region,
            resource_id=self.resource_id,
            days=tuple(
                DayOfUsage(day=day, amount=amount, effective_cost=cost) for day, amount, cost in points
            ),
        )


def read_last_day(connection: Connection, *, as_of: date) -> date | None:
    """The last day with usage up to `as_of`."""
    row = connection.execute(SQL["read_last_day"], {"as_of": as_of}).fetchone()
    return row[0] if row else None


def read_bills(connection: Connection, window: DateRange) -> list[Bill]:
    """One bill per currency."""
    span = {"start": window.start, "end": window.end}
    days: dict[str, int] = dict(connection.execute(SQL["count_days"], span).fetchall())
    usages: dict[str, list[BilledUsage]] = defaultdict(list)
    with connection.cursor(row_factory=class_row(BilledUsage)) as cursor:
        for usage in cursor.execute(SQL["read_usages"], span):
            usages[usage.currency].append(usage)
    series = read_series(connection, span)
    discounts = read_discounts(connection, span)
    return [
        Bill(
            window=window,
            days=days[currency],
            currency=currency,
            usages=tuple(usages[currency]),
            series=tuple(series[currency]),
            discounts=tuple(discounts[currency]),
        )
        for currency in sorted(usages)
        if currency in days
    ]


def read_series(connection: Connection, span: Mapping[str, date]) -> dict[str, list[UsageSeries]]:
    series: dict[str, list[UsageSeries]] = defaultdict(list)
    with connection.cursor(row_factory=class_row(SeriesRow)) as cursor:
        for row in cursor.execute(SQL["read_series"], span):
            series[row.currency].append(row.series())
    return series


def read_discounts(connection: Connection, span: Mapping[str, date]) -> dict[str, list[Discount]]:
    discounts: dict[str, list[Discount]] = defaultdict(list)
    for currency, account_id, service, cost in connection.execute(SQL["read_discounts"], span):
        discounts[currency].append(Discount(account_id=account_id, service=service, effective_cost=cost))
    return discounts


def lock_known(connection: Connection) -> list[Known]:
    with connection.cursor(row_factory=class_row(Known)) as cursor:
        return cursor.execute(SQL["lock_known"]).fetchall()


def lock_known_ids(connection: Connection, ids: Sequence[UUID]) -> list[Known]:
    with connection.cursor(row_factory=class_row(Known)) as cursor:
        return cursor.execute(SQL["lock_known_ids"], {"ids": list(ids)}).fetchall()


def lock_unfounded(
    connection: Connection, inventory_checks: Sequence[str], bill_checks: Sequence[str]
) -> list[Known]:
    parameters = {"inventory_checks": list(inventory_checks), "bill_checks": list(bill_checks)}
    with connection.cursor(row_factory=class_row(Known)) as cursor:
        return cursor.execute(SQL["lock_unfounded"], parameters).fetchall()


def lock_advice(connection: Connection, alert_id: UUID) -> list[Known]:
    with connection.cursor(row_factory=class_row(Known)) as cursor:
        return cursor.execute(SQL["lock_advice"], {"alert_id": alert_id}).fetchall()


def lock_advice_of_resolved_alerts(connection: Connection) -> list[Known]:
    with connection.cursor(row_factory=class_row(Known)) as cursor:
        return cursor.execute(SQL["list_advice_of_resolved_alerts"]).fetchall()


def insert(connection: Connection, new: Iterable[NewRecommendation], *, now: datetime) -> None:
    connection.cursor().executemany(SQL["insert_recommendation"], [row_of(one, now) for one in new])


def refresh(connection: Connection, found: Iterable[NewRecommendation], *, now: datetime) -> None:
    """Bring open recommendations up to date; what says the same as before keeps its time of change."""
    connection.cursor().executemany(SQL["refresh_recommendation"], [row_of(one, now) for one in found])


def row_of(one: NewRecommendation, now: datetime) -> dict[str, Any]:
    return {**vars(one), **{name: Jsonb(getattr(one, name)) for name in JSON_COLUMNS}, "now": now}


def set_status(
    connection: Connection,
    ids: Sequence[UUID],
    status: Status,
    *,
    now: datetime,
    reason: str | None = None,
    until: date | None = None,
) -> None:
    parameters = {"ids": list(ids), "status": status, "reason": reason, "until": until, "now": now}
    connection.execute(SQL["set_status"], parameters)


def set_owner(
    connection: Connection, recommendation_id: UUID, owner: str | None, *, now: datetime
) -> str | None:
    """The owner before."""
    found = connection.execute(
        SQL["set_owner"], {"id": recommendation_id, "owner": owner, "now": now}
    ).fetchone()
    if found is None:
        raise RecommendationNotFoundError
    return None if found[0] is None else str(found[0])


def lock_recommendation(connection: Connection, recommendation_id: UUID) -> Status:
    row = connection.execute(SQL["lock_recommendation"], {"id": recommendation_id}).fetchone()
    if row is None:
        raise RecommendationNotFoundError
    return Status(row[0])


def list_recommendations(
    connection: Connection, chosen: RecommendationFilter, *, limit: int, after: Position | None
) -> list[Recommendation]:
    parameters = {
        **vars(chosen),
        "limit": limit,
        "after_savings": after.savings if after else None,
        "after_id": after.id if after else None,
    }
    with connection.cursor(row_factory=class_row(Recommendation)) as cursor:
        return cursor.execute(SQL["list_recommendations"], parameters).fetchall()


def read_recommendation(connection: Connection, recommendation_id: UUID) -> RecommendationDetail:
    with connection.cursor(row_factory=class_row(RecommendationDetail)) as cursor:
        found = cursor.execute(SQL["read_recommendation"], {"id": recommendation_id}).fetchone()
    if found is None:
        raise RecommendationNotFoundError
    return found


def sum_savings(connection: Connection) -> list[Savings]:
    with connection.cursor(row_factory=class_row(Savings)) as cursor:
        return cursor.execute(SQL["sum_savings"]).fetchall()


def read_owner_tags(
    connection: Connection, *, account_id: str | None, service: str | None, resource_ids: Sequence[str]
) -> list[dict[str, str]]:
    """Tags of the resources named, then of the service's dearest ones."""
    parameters = {"account_id": account_id, "service": service, "resource_ids": list(resource_ids)}
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["read_owner_tags"], parameters).fetchall()


def mark_resources_analyzed(
    connection: Connection, looked: Iterable[tuple[str, str]], *, now: datetime
) -> None:
    """`looked` are pairs of account and resource."""
    pairs = sorted(looked)
    parameters = {
        "account_ids": [one for one, _ in pairs],
        "resource_ids": [one for _, one in pairs],
        "now": now,
    }
    connection.execute(SQL["mark_resources_analyzed"], parameters)


def mark_covered_resources_analyzed(connection: Connection, *, now: datetime) -> None:
    """Those that the inventory checks of this run judged."""
    connection.execute(SQL["mark_covered_resources_analyzed"], {"now": now})
