"""The demo bill obeys the rules of a CUR, and its truth agrees with its files."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from local.demo import EXPORT_NAME, DemoTruth, generate
from local.demo.cur2 import SCHEMA

END = date(2026, 11, 20)
DICTIONARY = Path(__file__).parents[3] / "shared" / "data" / "column_dictionary" / "cur2_columns.csv"
NOT_EXPORTED = (
    "split_line_item_",
    "capacity_reservation_",
    "line_item_iam_principal",
    "line_item_user_identifier",
)
AMORTIZED = """
    CASE line_item_line_item_type
        WHEN 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
        WHEN 'SavingsPlanRecurringFee'
            THEN savings_plan_total_commitment_to_date - savings_plan_used_commitment
        WHEN 'SavingsPlanNegation' THEN 0
        WHEN 'DiscountedUsage' THEN reservation_effective_cost
        WHEN 'RIFee' THEN reservation_unused_recurring_fee
            + reservation_unused_amortized_upfront_fee_for_billing_period
        WHEN 'Fee' THEN if(reservation_reservation_a_r_n IS NULL, line_item_unblended_cost, 0)
        ELSE line_item_unblended_cost
    END
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoTruth:
    return generate(tmp_path_factory.mktemp("demo"), end=END)


@pytest.fixture(scope="module")
def bill(demo: DemoTruth) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        files = demo.directory / EXPORT_NAME / "data" / "*" / "*.parquet"
        connection.read_parquet(str(files)).create_view("bill")
        yield connection


def files_of(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


def totals(bill: duckdb.DuckDBPyConnection, key: str, cost: str) -> dict[str, Decimal]:
    return dict(bill.view("bill").aggregate(f"{key}, sum(({cost})::decimal(38, 10))", key).fetchall())


def close(left: float | Decimal, right: float | Decimal) -> bool:
    return abs(Decimal(str(left)) - Decimal(str(right))) <= Decimal("0.000001")


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, end=END, days=45, seed=11)

    one, two = files_of(tmp_path / "one"), files_of(tmp_path / "two")

    assert len(one) == 6  # two months with a manifest each, the truth and the labels
    assert one == two


def test_another_seed_gives_other_costs_and_other_resources(tmp_path: Path) -> None:
    one = generate(tmp_path / "one", end=END, days=30, seed=1)
    two = generate(tmp_path / "two", end=END, days=30, seed=2)

    assert one.unblended != two.unblended
    gpus = [
        next(i for i in truth.incidents if i.slug == "forgotten-gpus").resource_ids for truth in (one, two)
    ]
    assert len(set(gpus[0])) == 3
    assert not set(gpus[0]) & set(gpus[1])


def test_a_manifest_names_the_files_and_columns_of_its_month(demo: DemoTruth) -> None:
    manifests = sorted((demo.directory / EXPORT_NAME / "metadata").glob("*/*-Manifest.json"))

    assert len(manifests) == 13
    for path in manifests:
        manifest = json.loads(path.read_text())
        period = path.parent.name.removeprefix("BILLING_PERIOD=")
        assert manifest["billingPeriod"]["start"] == f"{period}-01T00:00:00.000Z"
        assert [column["name"] for column in manifest["columns"]] == SCHEMA.names
        keys = [uri.removeprefix("s3://larkmoor-billing/") for uri in manifest["dataFiles"]]
        assert [key for key in keys if not (demo.directory / key).is_file()] == []
    assert len({json.loads(path.read_text())["executionId"] for path in manifests}) == 13


def test_columns_and_types_are_those_of_the_dictionary() -> None:
    if not DICTIONARY.exists():
        pytest.skip(f"{DICTIONARY} is not there")
    listed = [line.split(",", 1) for line in DICTIONARY.read_text().splitlines()[1:]]
    names = {"string": "string", "double": "double", "timestamp": "timestamp[ms]"}
    maps = {'"map<string,string>"': "map<string, string>", '"map<string,double>"': "map<string, double>"}
    wanted = {name: (names | maps)[kind] for name, kind in listed if not name.startswith(NOT_EXPORTED)}

    assert {field.name: str(field.type).split(" (")[0].rstrip(">") for field in SCHEMA} == {
        name: kind.rstrip(">") for name, kind in wanted.items()
    }


def test_a_year_is_some_ten_thousands_of_line_items(demo: DemoTruth, bill: duckdb.DuckDBPyConnection) -> None:
    rows, ids, first, last = bill.sql(
        "SELECT count(*), count(DISTINCT identity_line_item_id), min(line_item_usage_start_date::date), "
        "max(line_item_usage_start_date::date) FROM bill"
    ).fetchall()[0]

    assert 60_000 <= rows <= 120_000
    assert (demo.rows, ids) == (rows, rows)
    assert (first, last) == (demo.first_day, demo.last_day) == (date(2025, 11, 21), END)


@pytest.mark.parametrize(
    ("expression", "group"),
    [
        ("line_item_usage_account_id", "by_account"),
        ("line_item_product_code", "by_service"),
        ("line_item_line_item_type", "by_line_item_type"),
        ("coalesce(product_region_code, product['region'], '')", "by_region"),
        ("line_item_usage_start_date::date::text", "by_day"),
        ("strftime(bill_billing_period_start_date, '%Y-%m')", "by_billing_period"),
        ("line_item_product_code || '|' || line_item_usage_start_date::date::text", "by_service_and_day"),
    ],
)
def test_the_truth_is_the_sum_of_the_rows(
    demo: DemoTruth, bill: duckdb.DuckDBPyConnection, expression: str, group: str
) -> None:
    summed = totals(bill, expression, "line_item_unblended_cost")

    truth = getattr(demo, group)

    assert truth.keys() == summed.keys()
    assert [key for key in truth if not close(truth[key], summed[key])] == []
    assert close(sum(truth.values()), demo.unblended)


def test_the_truth_amortises_by_the_usual_rule(demo: DemoTruth, bill: duckdb.DuckDBPyConnection) -> None:
    summed = totals(bill, "line_item_usage_start_date::date::text", AMORTIZED)

    assert [day for day in summed if not close(summed[day], demo.by_day_amortized[day])] == []
    assert close(sum(demo.by_day_amortized.values()), demo.amortized)


def test_the_truth_is_written_beside_the_export(demo: DemoTruth) -> None:
    truth = json.loads((demo.directory / "truth.json").read_text())
    labels = json.loads((demo.directory / "incidents.json").read_text())

    assert Decimal(truth["total_unblended"]) == demo.unblended
    assert Decimal(truth["by_tag"]["resource_tags_user_team"]["checkout"]) > 0
    assert [label["slug"] for label in labels["incidents"]] == [incident.slug for incident in demo.incidents]


def test_cost_is_amount_times_rate_and_never_more_precise_than_ten_places(
    bill: duckdb.DuckDBPyConnection,
) -> None:
    wrong = bill.sql(
        "SELECT count(*) FROM bill "
        "WHERE line_item_line_item_type IN ('Usage', 'SavingsPlanCoveredUsage') AND "
        "(abs(line_item_usage_amount * line_item_unblended_rate::double - line_item_unblended_cost) > 1e-6 "
        "OR line_item_unblended_cost <> round(line_item_unblended_cost, 10))"
    ).fetchall()

    assert wrong == [(0,)]


def test_each_day_the_savings_plan_pays_for_what_its_usage_shows(bill: duckdb.DuckDBPyConnection) -> None:
    days = bill.sql(
        "SELECT sum(savings_plan_savings_plan_effective_cost), sum(savings_plan_used_commitment), "
        "sum(savings_plan_total_commitment_to_date), "
        "sum(line_item_unblended_cost) FILTER (line_item_line_item_type = 'SavingsPlanCoveredUsage'), "
        "sum(line_item_unblended_cost) FILTER (line_item_line_item_type = 'SavingsPlanNegation'), "
        "sum(line_item_unblended_cost) FILTER (line_item_line_item_type = 'SavingsPlanRecurringFee') "
        "FROM bill WHERE savings_plan_savings_plan_a_r_n IS NOT NULL GROUP BY line_item_usage_start_date"
    ).fetchall()

    assert len(days) == 301
    for effective, used, commitment, covered, negated, fee in days:
        assert close(effective, used)
        assert close(covered, -negated)
        assert close(commitment, fee)
        assert 0 < used < commitment


def test_some_usage_exceeds_the_savings_plan_and_is_paid_on_demand(bill: duckdb.DuckDBPyConnection) -> None:
    mixed = bill.sql(
        "SELECT count(*) FROM (SELECT 1 FROM bill WHERE line_item_resource_id LIKE 'i-%' GROUP BY "
        "line_item_resource_id, line_item_usage_type, line_item_usage_start_date "
        "HAVING count(DISTINCT line_item_line_item_type) = 2)"
    ).fetchall()

    assert mixed[0][0] > 30


def test_in_a_closed_month_used_and_unused_reservation_make_up_its_fees(
    bill: duckdb.DuckDBPyConnection,
) -> None:
    months = bill.sql(
        "SELECT sum(reservation_effective_cost), sum(reservation_unused_recurring_fee) "
        "+ sum(reservation_unused_amortized_upfront_fee_for_billing_period), "
        "sum(line_item_unblended_cost) FILTER (line_item_line_item_type = 'RIFee') "
        "+ sum(reservation_amortized_upfront_fee_for_billing_period) "
        "FROM bill WHERE reservation_reservation_a_r_n IS NOT NULL "
        "AND bill_billing_period_end_date <= '2026-11-01' "
        "GROUP BY bill_billing_period_start_date ORDER BY bill_billing_period_start_date"
    ).fetchall()

    assert len(months) == 8
    assert all(close(used + unused, fees) for used, unused, fees in months)
    assert [unused > 0 for _, unused, _ in months] == [False] * 7 + [True]


def test_the_upfront_fee_is_billed_once_and_amortised_to_nothing(
    demo: DemoTruth, bill: duckdb.DuckDBPyConnection
) -> None:
    (fee,) = (
        bill.view("bill")
        .filter("line_item_line_item_type = 'Fee' AND reservation_reservation_a_r_n IS NOT NULL")
        .project(
            f"line_item_unblended_cost, ({AMORTIZED}), line_item_usage_start_date::date, "
            "line_item_usage_end_date::date"
        )
        .fetchall()
    )

    purchase = next(label for label in demo.benign if label.slug == "reservation-purchase")
    assert fee[:2] == (7920.0, 0.0)
    assert fee[2] == purchase.start
    assert (fee[3] - fee[2]).days == 365


def test_the_open_month_has_no_invoice_yet(bill: duckdb.DuckDBPyConnection) -> None:
    invoices = bill.sql(
        "SELECT strftime(bill_billing_period_start_date, '%Y-%m'), count(DISTINCT bill_invoice_id) "
        "FROM bill GROUP BY 1 ORDER BY 1"
    ).fetchall()

    assert [count for _, count in invoices] == [1] * 12 + [0]


def test_account_ids_keep_their_leading_zero(demo: DemoTruth) -> None:
    assert "070010020036" in demo.by_account
    assert {len(account) for account in demo.by_account} == {12}


def test_tags_are_spelled_in_several_ways_and_missing_in_places(
    demo: DemoTruth, bill: duckdb.DuckDBPyConnection
) -> None:
    assert {"prod", "PROD", "Prod"} <= demo.by_tag["resource_tags_user_environment"].keys()
    assert {"checkout", "Checkout"} <= demo.by_tag["resource_tags_user_team"].keys()
    untagged, total = bill.sql(
        "SELECT sum(line_item_unblended_cost) FILTER (cardinality(resource_tags) = 0), "
        "sum(line_item_unblended_cost) FROM bill WHERE line_item_line_item_type = 'Usage'"
    ).fetchall()[0]
    assert 0.03 < untagged / total < 0.25


@pytest.mark.parametrize(
    "condition",
    [
        "line_item_usage_type LIKE '%ExtendedSupport%'",
        "line_item_usage_type = 'EBS:VolumeUsage.gp2'",
        "line_item_usage_type = 'PublicIPv4:IdleAddress'",
        "line_item_usage_type LIKE 'NodeUsage:cache.m4%'",
        "line_item_usage_type LIKE 'SpotUsage:%'",
        "line_item_usage_type = 'TimedStorage-GlacierByteHrs'",
        "line_item_line_item_type = 'Credit' AND line_item_unblended_cost < 0",
        "line_item_line_item_type = 'Refund' AND bill_bill_type = 'Refund'",
        "line_item_line_item_type = 'Tax' AND line_item_tax_type IS NOT NULL",
        "line_item_product_code = 'AWSSupportBusiness'",
    ],
)
def test_the_bill_holds_what_checks_look_for(bill: duckdb.DuckDBPyConnection, condition: str) -> None:
    assert len(bill.view("bill").filter(condition)) > 0


def test_one_load_balancer_has_hours_and_no_capacity_units(bill: duckdb.DuckDBPyConnection) -> None:
    idle = bill.sql(
        "SELECT line_item_resource_id FROM bill WHERE line_item_product_code = 'AWSELB' "
        "AND line_item_line_item_type = 'Usage' GROUP BY 1 "
        "HAVING bool_and(line_item_usage_type = 'LoadBalancerUsage')"
    ).fetchall()

    assert [arn.split("/")[2] for (arn,) in idle] == ["old-shop"]
