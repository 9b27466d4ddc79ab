"""A tenant whose bill is written straight into its tables, day by day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from cloudops.recommendations import use_cases as recommendations
from cloudops.recommendations.repository import RecommendationFilter
from cloudops.recommendations.use_cases import Outcome

LAST_DAY = date(2026, 7, 30)
NOW = datetime(2026, 8, 5, 6, tzinfo=UTC)
ACCOUNT = "111122223333"
COLUMNS: dict[str, Any] = {
    "provider": "aws",
    "account_id": ACCOUNT,
    "service": "AmazonEC2",
    "region": "us-east-1",
    "resource_id": None,
    "instance_type": None,
    "usage_type": None,
    "operation": None,
    "usage_unit": "Hrs",
    "usage_amount": Decimal(24),
    "currency": "USD",
    "charge_category": "Usage",
    "charge_frequency": "Usage-Based",
    "pricing_category": "Standard",
    "list_cost": None,
    "tags": {},
}


@dataclass(frozen=True, kw_only=True)
class Office:
    connection: psycopg.Connection[Any]
    tenant_id: UUID
    project_id: UUID
    deliveries: dict[tuple[date, str], UUID] = field(default_factory=dict)

    def bill(
        self,
        usage_type: str | None,
        cost: str,
        *,
        days: int = 30,
        last_day: date = LAST_DAY,
        status: str = "current",
        **columns: Any,
    ) -> None:
        """The same charge of `cost` on each of the last `days` days up to `last_day`."""
        for n in range(days):
            self.charge(last_day - timedelta(days=n), usage_type, Decimal(cost), status, columns)
        self.remember_resource(last_day - timedelta(days=days - 1), last_day, columns)

    def charge(
        self, day: date, usage_type: str | None, cost: Decimal, status: str, columns: Mapping[str, Any]
    ) -> None:
        row = {"billed_cost": cost, "effective_cost": cost, **COLUMNS, **columns, "usage_type": usage_type}
        row |= {"charge_date": day, "delivery_id": self.delivery(day.replace(day=1), status)}
        row |= {"charge_start": datetime.combine(day, datetime.min.time(), UTC), "tags": Jsonb(row["tags"])}
        row["charge_end"] = row["charge_start"] + timedelta(days=1)
        names = ", ".join(row)
        values = ", ".join(f"%({name})s" for name in row)
        self.connection.execute(
            f"insert into charges (tenant_id, {names}) values ((select current_tenant()), {values})",  # type: ignore[arg-type]  # noqa: S608
            row,
        )
        self.connection.execute(
            """
            insert into daily_costs (tenant_id, delivery_id, charge_date, provider, account_id, service, region,
                                     charge_category, currency, billed_cost, effective_cost)
            values ((select current_tenant()), %(delivery_id)s, %(charge_date)s, %(provider)s, %(account_id)s,
                    %(service)s, coalesce(%(region)s, ''), %(charge_category)s, %(currency)s, %(billed_cost)s,
                    %(effective_cost)s)
                on conflict (tenant_id, delivery_id, charge_date, provider, account_id, service, region,
                             charge_category, currency)
                do update set billed_cost = daily_costs.billed_cost + excluded.billed_cost,
                              effective_cost = daily_costs.effective_cost + excluded.effective_cost
            """,
            row,
        )

    def remember_resource(self, first: date, last: date, columns: Mapping[str, Any]) -> None:
        row = {**COLUMNS, **columns, "first": first, "last": last}
        if row["resource_id"]:
            self.connection.execute(
                """
                insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, tags,
                                       currency, first_seen, last_seen)
                values ((select current_tenant()), %(account_id)s, %(resource_id)s, %(provider)s, %(service)s,
                        'thing', %(resource_id)s, %(tags)s, %(currency)s, %(first)s, %(last)s)
                    on conflict (tenant_id, account_id, resource_id) do update set last_seen = excluded.last_seen
                """,
                {**row, "tags": Jsonb(row["tags"])},
            )

    def delivery(self, period: date, status: str) -> UUID:
        if (period, status) not in self.deliveries:
            self.deliveries[period, status] = uuid4()
            self.connection.execute(
                """
                insert into deliveries (tenant_id, id, source, export_name, billing_account_id, period, version,
                                        assembled_at, status, bucket, fingerprint)
                values ((select current_tenant()), %(id)s, 'cur2', 'test', 'payer', %(period)s, %(status)s, now(),
                        %(status)s, 'bucket', %(fingerprint)s)
                """,
                {
                    "id": self.deliveries[period, status],
                    "period": period,
                    "status": status,
                    "fingerprint": f"{period} {status}",
                },
            )
        return self.deliveries[period, status]

    def forget_bill(self) -> None:
        self.connection.execute("delete from deliveries where tenant_id = (select current_tenant())")
        self.connection.execute("delete from charges where tenant_id = (select current_tenant())")
        self.deliveries.clear()

    def recommend(self, *, now: datetime = NOW) -> Outcome:
        return recommendations.make_recommendations(
            self.connection,
            tenant_id=self.tenant_id,
            project_id=self.project_id,
            as_of=now.date() - timedelta(days=1),
            now=now,
        )

    def found(self, **chosen: Any) -> list[recommendations.Recommendation]:
        page = recommendations.list_recommendations(
            self.connection, RecommendationFilter(**chosen), limit=1000, cursor=None
        )
        return list(page.items)

    def statuses(self) -> dict[str, str]:
        """Status by check."""
        return {one.check_id: one.status for one in self.found()}

    def events(self, entity_type: str) -> list[tuple[str, dict[str, Any]]]:
        """Type and metadata of the trail's lines about a kind of thing, oldest first."""
        return self.connection.execute(
            "select event_type, metadata from events where entity_type = %s order by created_at, id",
            [entity_type],
        ).fetchall()
