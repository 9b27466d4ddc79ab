"""What becomes of deliveries: versions, sources, repetition, and the pointer that moves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from cloudops.actor import Actor
from cloudops.costs import use_cases as costs
from cloudops.costs.models import Source
from cloudops.costs.repository import DeliveryFilter, PartNotFoundError
from cloudops.costs.use_cases import DeliveryNotFoundError
from tests.conftest import Database
from tests.integration.bills import JULY, charge, write_bill
from tests.integration.intake import NOW, Intake, take_in
from tests.integration.tenant import Tenant, open_tenant

OLD, NEW = "20260810T000000Z", "20260820T000000Z"
ANN = Actor(name="ann@acme.example")


def test_a_bill_taken_in_twice_adds_nothing(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)], [charge(2, 5)]])
    first = take_in(tenant, tmp_path)
    before = figures(tenant)

    second = take_in(tenant, tmp_path)

    assert (first, second) == (["published"], ["unchanged"])
    assert figures(tenant) == before
    assert tenant.events()[-2:] == [("delivery", "registered"), ("delivery", "published")]


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)], ids=["in order", "newer first"])
def test_the_newest_assembly_is_the_bill_whenever_it_arrives(
    tenant: Tenant, tmp_path: Path, order: tuple[str, str]
) -> None:
    amounts = {OLD: 100, NEW: 70}
    for assembly in order:
        write_bill(tmp_path / assembly, assembly, [[charge(1, amounts[assembly])]])
        assert take_in(tenant, tmp_path / assembly) == ["published"]

    assert billed(tenant) == {"USD": 70}
    assert statuses(tenant) == {OLD: "superseded", NEW: "current"}


def test_two_runs_over_two_versions_change_nothing(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 100)]])
    write_bill(tmp_path, NEW, [[charge(1, 70)]])

    assert sorted(take_in(tenant, tmp_path)) == ["published", "published"]
    assert take_in(tenant, tmp_path) == ["unchanged", "unchanged"]
    assert billed(tenant) == {"USD": 70}


def test_a_part_delivered_three_times_is_loaded_once(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)], [charge(2, 5)]])
    intake = Intake(tenant=tenant, folder=tmp_path)
    (registered,) = intake.register()

    outcomes = [intake.load(registered.delivery_id, part) for part in (1, 1, 1, 2, 2, 1)]

    assert outcomes == ["loaded", "skipped", "skipped", "published", "skipped", "skipped"]
    assert billed(tenant) == {"USD": 15}
    assert tenant.count("charges") == 2


def test_registering_again_goes_on_with_the_parts_that_miss(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)], [charge(2, 5)], [charge(3, 1)]])
    intake = Intake(tenant=tenant, folder=tmp_path)
    (registered,) = intake.register()
    intake.load(registered.delivery_id, 2)

    (resumed,) = intake.register()

    assert (resumed.outcome, resumed.parts_to_load) == ("resumed", [1, 3])
    assert billed(tenant) == {}
    assert take_in(tenant, tmp_path) == ["published"]
    assert billed(tenant) == {"USD": 16}


def test_currencies_stay_apart(tenant: Tenant, tmp_path: Path) -> None:
    rows = [charge(1, "10.25"), charge(1, "7.50", CurrencyCode="EUR"), charge(2, 1, CurrencyCode="EUR")]
    write_bill(tmp_path, OLD, [rows])

    assert take_in(tenant, tmp_path) == ["published"]

    assert billed(tenant) == {"EUR": Decimal("8.5"), "USD": Decimal("10.25")}
    assert tenant.value("select sum(amount) from guardrails.daily_costs") == Decimal("10.25")
    assert {
        key: Decimal(text) for key, text in tenant.value("select totals from deliveries").items()
    } == billed(tenant)


def test_line_items_have_the_totals_of_days(tenant: Tenant, database: Database, tmp_path: Path) -> None:
    rows = [charge(1, cost, LineItemId=f"li-{cost}") for cost in (1, 2, 3)]
    write_bill(tmp_path, OLD, [rows, [charge(2, 4)]])
    other = open_tenant(database, name="Other")

    assert take_in(tenant, tmp_path) == take_in(other, tmp_path, grain="line_item") == ["published"]

    assert (tenant.count("charges"), other.count("charges")) == (2, 4)
    assert daily(tenant) == daily(other)
    assert other.value("select count(distinct line_item_id) from charges") == 4
    assert tenant.value("select count(line_item_id) from charges") == 0


def test_line_items_on_request_replace_the_days_of_the_same_bill(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 1), charge(1, 2)]])

    assert take_in(tenant, tmp_path) == take_in(tenant, tmp_path, grain="line_item") == ["published"]

    assert billed(tenant) == {"USD": 3}
    assert tenant.value("select count(*) from current_charges") == 2


def test_a_preferred_source_moves_the_pointer_and_the_default_is_the_most_trusted(
    tenant: Tenant, tmp_path: Path
) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)]])
    write_cur2(tmp_path / "cur2" / "bill.csv", [charge(1, 10), charge(2, 1)])
    assert sorted(take_in(tenant, tmp_path)) == ["published", "published"]
    assert billed(tenant) == {"USD": 11}

    prefer(tenant, Source.CUR1)
    preferred = billed(tenant)
    prefer(tenant, Source.CUR2)

    assert preferred == {"USD": 10}
    assert billed(tenant) == {"USD": 11}
    assert tenant.events()[-1] == ("billing_account", "source_preferred")


def test_a_preference_is_kept_by_what_arrives_later(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path / "a", OLD, [[charge(1, 10)]])
    take_in(tenant, tmp_path / "a")
    prefer(tenant, Source.CUR1)
    write_cur2(tmp_path / "b" / "bill.csv", [charge(1, 11)])

    take_in(tenant, tmp_path / "b")

    assert billed(tenant) == {"USD": 10}


def test_a_shadow_changes_no_resource(tenant: Tenant, tmp_path: Path) -> None:
    write_cur2(tmp_path / "a" / "bill.csv", [charge(1, 10)])
    take_in(tenant, tmp_path / "a")
    write_bill(tmp_path / "b", OLD, [[charge(2, 99, ProductCode="Other"), charge(2, 1, ResourceId="i-0f")]])

    take_in(tenant, tmp_path / "b")

    assert tenant.rows("select resource_id, service, monthly_cost from resources") == [
        ("i-0123456789abcdef0", "AmazonEC2", 10)
    ]


def test_resources_are_found_on_the_way(tenant: Tenant, tmp_path: Path) -> None:
    volume = {"ResourceId": "vol-0a", "UsageType": "EBS:VolumeUsage.gp2"}
    write_bill(
        tmp_path, OLD, [[charge(1, 10), charge(30, 4), charge(3, 2, **volume), charge(4, 1, ResourceId="")]]
    )

    take_in(tenant, tmp_path)

    found = tenant.rows(
        "select resource_id, type, to_char(first_seen, 'DD'), to_char(last_seen, 'DD'), monthly_cost"
        " from resources order by 1"
    )
    assert found == [("i-0123456789abcdef0", "EC2", "01", "30", 14), ("vol-0a", "EBS", "03", "03", 2)]


def test_an_older_month_that_arrives_late_widens_what_is_known_of_a_resource(
    tenant: Tenant, tmp_path: Path
) -> None:
    june = JULY - timedelta(days=1)
    write_bill(tmp_path / "july", NEW, [[charge(5, 10)]])
    take_in(tenant, tmp_path / "july")
    write_bill(tmp_path / "june", OLD, [[charge(june, 3)]], month=june.replace(day=1))

    take_in(tenant, tmp_path / "june")

    assert tenant.rows("select first_seen, last_seen, monthly_cost from resources") == [
        (june, JULY.replace(day=5), 13)
    ]


def test_superseded_charges_go_after_their_time_and_nothing_else(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 100)]])
    take_in(tenant, tmp_path)
    superseded_at = NOW + timedelta(days=200)
    write_bill(tmp_path, NEW, [[charge(1, 70)]])
    Intake(tenant=tenant, folder=tmp_path, now=superseded_at).take_in()

    too_early = prune(tenant, superseded_at + timedelta(days=89))
    in_time = prune(tenant, superseded_at + timedelta(days=91))

    assert (too_early, in_time) == (0, 1)
    assert statuses(tenant) == {NEW: "current"}
    assert billed(tenant) == {"USD": 70}
    assert tenant.count("charges") == 1
    assert tenant.events()[-1] == ("job", "pruned")


def test_shadows_are_never_pruned(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)]])
    write_cur2(tmp_path / "cur2" / "bill.csv", [charge(1, 10)])
    take_in(tenant, tmp_path)

    assert prune(tenant, NOW + timedelta(days=9999)) == 0


def test_deliveries_are_listed_in_pages_newest_first(tenant: Tenant, tmp_path: Path) -> None:
    for day in range(10, 15):
        write_bill(tmp_path, f"202608{day}T000000Z", [[charge(1, day)]])
    take_in(tenant, tmp_path)

    seen, cursor = [], None
    while True:
        with tenant.transaction() as connection:
            page = costs.list_deliveries(connection, DeliveryFilter(), limit=2, cursor=cursor)
        seen += [one.version for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 5
    with tenant.transaction() as connection:
        current = costs.list_deliveries(connection, DeliveryFilter(status="current"), limit=9, cursor=None)
    assert [one.version for one in current.items] == ["20260814T000000Z"]


def test_a_delivery_of_another_tenant_is_not_there(
    tenant: Tenant, database: Database, tmp_path: Path
) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)]])
    (registered,) = Intake(tenant=tenant, folder=tmp_path).register()
    stranger = open_tenant(database, name="Stranger")

    with stranger.transaction() as connection, pytest.raises(DeliveryNotFoundError):
        costs.show_delivery(connection, registered.delivery_id)
    with pytest.raises(PartNotFoundError):
        Intake(tenant=stranger, folder=tmp_path).load(registered.delivery_id, 1)
    with tenant.transaction() as connection:
        assert costs.show_delivery(connection, registered.delivery_id).status == "loading"
        with pytest.raises(DeliveryNotFoundError):
            costs.show_delivery(connection, uuid4())


def test_two_tenants_with_the_same_bill_have_one_each(
    tenant: Tenant, database: Database, tmp_path: Path
) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)]])
    other = open_tenant(database, name="Other")

    assert take_in(tenant, tmp_path) == take_in(other, tmp_path) == ["published"]

    assert billed(tenant) == billed(other) == {"USD": 10}


def test_of_loose_files_the_later_written_is_the_newer(tenant: Tenant, tmp_path: Path) -> None:
    """Snapshots of one month, named by their day, are versions and not parts."""
    write_cur2(tmp_path / "export-20260821.csv", [charge(1, 70)])
    write_cur2(tmp_path / "export-20260814.csv", [charge(1, 100)])
    written = {f"export-202608{day}.csv": datetime(2026, 8, day, tzinfo=UTC) for day in (14, 21)}

    Intake(tenant=tenant, folder=tmp_path, modified_at=written).take_in()

    assert billed(tenant) == {"USD": 70}


def write_cur2(path: Path, rows: list[dict[str, str]]) -> None:
    """The same lines under the names of CUR 2.0."""
    names = {
        "identity/LineItemId": "identity_line_item_id",
        "bill/PayerAccountId": "bill_payer_account_id",
        "bill/BillingPeriodStartDate": "bill_billing_period_start_date",
        "lineItem/UsageAccountId": "line_item_usage_account_id",
        "lineItem/LineItemType": "line_item_line_item_type",
        "lineItem/UsageStartDate": "line_item_usage_start_date",
        "lineItem/UsageEndDate": "line_item_usage_end_date",
        "lineItem/ProductCode": "line_item_product_code",
        "lineItem/UsageType": "line_item_usage_type",
        "lineItem/ResourceId": "line_item_resource_id",
        "lineItem/UsageAmount": "line_item_usage_amount",
        "lineItem/CurrencyCode": "line_item_currency_code",
        "lineItem/UnblendedCost": "line_item_unblended_cost",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(names.values()), *(",".join(row[name] for name in names) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


def prefer(tenant: Tenant, source: Source) -> None:
    with tenant.transaction() as connection:
        costs.prefer_source(connection, "111122223333", source, actor=ANN, now=NOW)


def prune(tenant: Tenant, now: datetime) -> int:
    with tenant.transaction() as connection:
        return costs.prune_superseded(connection, now=now)


def billed(tenant: Tenant) -> dict[str, Decimal]:
    """Of the bill as it is now, from the charges and, which must be the same, from the rollup."""
    charges = dict(tenant.rows("select currency, sum(billed_cost) from current_charges group by 1"))
    rollup = dict(tenant.rows("select currency, sum(billed_cost) from current_daily_costs group by 1"))
    assert charges == rollup
    return charges


def daily(tenant: Tenant) -> list[tuple[object, ...]]:
    return tenant.rows(
        "select charge_date, service, currency, billed_cost, effective_cost from current_daily_costs order by 1, 2, 3"
    )


def statuses(tenant: Tenant) -> dict[str, str]:
    return dict(tenant.rows("select version, status from deliveries"))


def figures(tenant: Tenant) -> list[int]:
    return [tenant.count(table) for table in ("deliveries", "charges", "daily_costs", "resources", "events")]
