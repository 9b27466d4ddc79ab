from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest

from cloudops.dashboard.use_cases import read_metrics
from cloudops.savings import use_cases as savings
from cloudops.savings.models import ActionSavings
from tests.conftest import Database
from tests.integration.tenant import Tenant, open_tenant

ACCOUNT, PAYER = "222233334444", "111122223333"
FIRST, BEGAN = date(2026, 6, 20), date(2026, 7, 10)
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
MONTH = Decimal("30.4375")
DailyCost = Callable[[date], str | None]


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A tenant with a bill to which days are added, and changes that were carried out."""

    tenant: Tenant
    delivery: UUID

    def bill(
        self,
        resource: str | None,
        daily: DailyCost,
        *,
        until: date,
        usage_type: str = "EUW1-BoxUsage:m5.xlarge",
        currency: str = "USD",
    ) -> None:
        """`daily` is a day's cost of 24 hours."""
        days = [FIRST + timedelta(days=n) for n in range((until - FIRST).days + 1)]
        rows = [
            {
                "delivery": self.delivery,
                "day": day,
                "account": ACCOUNT,
                "resource": resource,
                "usage_type": usage_type,
                "currency": currency,
                "cost": Decimal(cost),
            }
            for day in days
            if (cost := daily(day)) is not None
        ]
        with self.tenant.transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "insert into charges (tenant_id, charge_date, delivery_id, charge_start, charge_end,"
                " provider, account_id,"
                " service, resource_id, usage_type, usage_unit, usage_amount, currency, charge_category, billed_cost,"
                " effective_cost)"
                " values ((select current_tenant()), %(day)s, %(delivery)s, %(day)s, %(day)s, 'aws',"
                " %(account)s, 'AmazonEC2',"
                " %(resource)s, %(usage_type)s, 'Hrs', 24, %(currency)s, 'Usage', %(cost)s, %(cost)s)",
                rows,
            )
            connection.execute("delete from daily_costs where tenant_id = (select current_tenant())")
            connection.execute(
                "insert into daily_costs (tenant_id, delivery_id, charge_date, provider, account_id, service, region,"
                " charge_category, currency, billed_cost, effective_cost)"
                " select tenant_id, delivery_id, charge_date, provider, account_id, service, '',"
                " charge_category, currency,"
                " sum(billed_cost), sum(effective_cost) from charges where tenant_id = (select current_tenant())"
                " group by 1, 2, 3, 4, 5, 6, 7, 8, 9"
            )

    def done(
        self, resource: str, *, kind: str = "ec2.resize", on: date = BEGAN, currency: str | None = "USD"
    ) -> UUID:
        action_id, moment = uuid4(), datetime.combine(on, time(9), UTC)
        with psycopg.connect(self.tenant.database.superuser_dsn) as connection:
            connection.execute("set local session_replication_role = replica")
            connection.execute(
                "insert into actions (tenant_id, id, type, account_id, region, resource_id,"
                " requested_by_name, status, plan,"
                " digest, risk, monthly_savings, currency, result, due_at, started_at, finished_at,"
                " created_at, updated_at)"
                " values (%(tenant)s, %(id)s, %(kind)s, %(account)s, 'eu-west-1', %(resource)s,"
                " 'ann', 'completed', '{}',"
                " repeat('0', 64), 10, %(projected)s, %(currency)s, '{\"evidence\": {}}', %(at)s,"
                " %(at)s, %(at)s, %(at)s, %(at)s)",
                {
                    "tenant": self.tenant.id,
                    "id": action_id,
                    "kind": kind,
                    "account": ACCOUNT,
                    "resource": resource,
                    "projected": Decimal(200) if currency else None,
                    "currency": currency,
                    "at": moment,
                },
            )
        return action_id

    def measure(self, *, as_of: date = date(2026, 9, 1)) -> None:
        with self.tenant.transaction(batch=True) as connection:
            savings.measure_savings(connection, as_of=as_of, now=NOW)

    def saved_by(self, action_id: UUID) -> ActionSavings:
        with self.tenant.transaction() as connection:
            found = savings.savings_of(connection, action_id)
        assert found is not None
        return found

    def realized(self) -> Decimal:
        with self.tenant.transaction() as connection:
            return read_metrics(connection, now=NOW).realized_savings

    def news(self) -> list[str]:
        return [what for entity, what in self.tenant.events() if entity == "action"]


@pytest.fixture
def shop(module_database: Database) -> Shop:
    tenant = open_tenant(module_database)
    delivery = uuid4()
    tenant.rows(
        "insert into deliveries (tenant_id, id, source, export_name, billing_account_id, period,"
        " version, assembled_at, status,"
        " bucket, fingerprint, published_at) values ((select current_tenant()), %s, 'cur2', 'acme',"
        " %s, '2026-07-01', 'v1',"
        " '2026-08-21', 'current', 'exports', 'f', '2026-08-21') returning id",
        [delivery, PAYER],
    )
    return Shop(tenant=tenant, delivery=delivery)


def stepping(before: str, after: str | None, *, on: date = BEGAN) -> DailyCost:
    return lambda day: before if day <= on else after


def test_a_resize_is_measured_on_the_bill_beside_what_was_projected(shop: Shop) -> None:
    action_id = shop.done("i-1")
    shop.bill("i-1", stepping("10", "4"), until=date(2026, 8, 20))

    shop.measure()

    found = shop.saved_by(action_id)
    assert (found.status, found.projected_monthly, found.measured_monthly) == ("measured", 200, 6 * MONTH)
    assert (found.before_daily, found.after_daily, found.currency, found.confidence) == (10, 4, "USD", 1)
    assert (found.before_from, found.before_until) == (date(2026, 6, 26), BEGAN)
    assert (found.after_from, found.after_until) == (date(2026, 7, 12), date(2026, 8, 11))
    assert shop.realized() == 6 * MONTH
    assert shop.news() == ["savings_measured"]


def test_instances_bought_in_another_way_and_size_stay_one_family(shop: Shop) -> None:
    action_id = shop.done("i-1")
    shop.bill("i-1", stepping("10", None), until=date(2026, 8, 20))
    shop.bill(
        "i-1",
        lambda day: "3" if day > BEGAN else None,
        until=date(2026, 8, 20),
        usage_type="EUW1-SpotUsage:m5.large",
    )

    shop.measure()

    assert shop.saved_by(action_id).measured_monthly == 7 * MONTH


def test_a_deleted_resource_counts_as_gone_on_the_days_that_the_payers_bill_covers(shop: Shop) -> None:
    action_id = shop.done("vol-1", kind="ebs.delete")
    shop.bill("vol-1", stepping("2", None), until=date(2026, 8, 20))
    shop.measure()
    waiting = shop.saved_by(action_id)

    shop.bill("another", lambda _: "1", until=date(2026, 8, 20))
    shop.measure()

    assert (waiting.status, waiting.measured_monthly) == ("measuring", None)
    assert waiting.reason == "the bill covers 0 settled days after the change, and 7 are needed"
    assert shop.saved_by(action_id).measured_monthly == 2 * MONTH


def test_a_saving_is_taken_back_once_the_cost_returns_and_everybody_is_told(shop: Shop) -> None:
    action_id = shop.done("i-1", kind="ec2.stop")
    shop.bill("account", lambda _: "1", until=date(2026, 7, 31))
    shop.bill("i-1", stepping("10", None), until=date(2026, 7, 31))
    shop.measure()
    first = (shop.saved_by(action_id).status, shop.realized())

    shop.bill("i-1", lambda day: "10" if day > date(2026, 7, 31) else None, until=date(2026, 8, 20))
    shop.measure()
    shop.measure()

    assert first == ("measured", 10 * MONTH)
    assert (shop.saved_by(action_id).status, shop.realized()) == ("returned", 0)
    assert shop.news() == ["savings_measured", "savings_returned"]


def test_two_changes_of_one_resource_share_what_both_saved(shop: Shop) -> None:
    resized = shop.done("i-1", on=date(2026, 7, 10))
    stopped = shop.done("i-1", kind="ec2.stop", on=date(2026, 7, 28))
    shop.bill("account", lambda _: "1", until=date(2026, 8, 20))
    shop.bill(
        "i-1",
        lambda day: "10" if day <= BEGAN else "6" if day <= date(2026, 7, 28) else None,
        until=date(2026, 8, 20),
    )

    shop.measure()

    assert shop.saved_by(resized).measured_monthly == 4 * MONTH
    assert shop.saved_by(stopped).measured_monthly == 6 * MONTH
    assert shop.realized() == 10 * MONTH


def test_currencies_are_never_added(shop: Shop) -> None:
    euros, dollars = shop.done("i-eur", currency="EUR"), shop.done("i-usd")
    shop.bill("i-eur", stepping("10", "1"), until=date(2026, 8, 20), currency="EUR")
    shop.bill("i-usd", stepping("10", "8"), until=date(2026, 8, 20))
    shop.bill("i-usd", stepping("7", "1"), until=date(2026, 8, 20), currency="EUR")

    shop.measure()

    assert (shop.saved_by(euros).currency, shop.saved_by(euros).measured_monthly) == ("EUR", 9 * MONTH)
    assert shop.saved_by(dollars).measured_monthly == 2 * MONTH
    assert shop.realized() == 2 * MONTH


@pytest.mark.parametrize("scanned_as", ["orders", "the ARN"])
def test_the_bill_may_know_a_resource_by_its_arn(shop: Shop, scanned_as: str) -> None:
    arn = f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:orders"
    table = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders"
    action_id = shop.done("orders", kind="rds.stop")
    for known in (arn if scanned_as == "the ARN" else scanned_as, table):
        shop.tenant.rows(
            "insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, arn, currency,"
            " first_seen, last_seen) values ((select current_tenant()), %s, %s, 'aws', 'AmazonRDS',"
            " 'RDS', 'orders', %s,"
            " 'USD', '2026-06-01', '2026-08-20') returning 1",
            [ACCOUNT, known, table if known == table else arn],
        )
    shop.bill(table, lambda _: "1", until=date(2026, 8, 20))
    shop.bill(arn, stepping("5", None), until=date(2026, 8, 20))

    shop.measure()

    found = shop.saved_by(action_id)
    assert (found.before_daily, found.measured_monthly) == (5, 5 * MONTH)


def test_starting_something_is_no_saving_of_its_own(shop: Shop) -> None:
    shop.done("i-1", kind="ec2.start")
    shop.bill("i-1", stepping("0", "10"), until=date(2026, 8, 20))

    shop.measure()

    assert shop.tenant.count("measured_savings") == 0


def test_savings_are_listed_by_status_page_by_page(shop: Shop) -> None:
    wanted = {shop.done(f"i-{n}", on=BEGAN + timedelta(days=n)) for n in range(3)}
    shop.bill("account", lambda _: "1", until=date(2026, 8, 20))
    for n in range(3):
        shop.bill(f"i-{n}", stepping("10", "4", on=BEGAN + timedelta(days=n)), until=date(2026, 8, 20))
    shop.measure()
    chosen = savings.SavingsFilter(status="measured")

    with shop.tenant.transaction() as connection:
        first = savings.list_savings(connection, chosen, limit=2, cursor=None)
        second = savings.list_savings(connection, chosen, limit=2, cursor=first.next_cursor)

    found = [*first.items, *second.items]
    assert (len(first.items), second.next_cursor, {one.action_id for one in found}) == (2, None, wanted)
    assert [one.finished_at for one in found] == sorted((one.finished_at for one in found), reverse=True)
