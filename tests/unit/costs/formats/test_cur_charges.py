"""Line items of a Cost and Usage Report in the words of FOCUS."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from export_files import CUR1_ROW, read_charge, read_charges, write_csv, write_parquet

from cloudops.costs.formats.detect import recognise
from cloudops.costs.formats.models import Grain, Kind

COMMITMENT_COLUMNS = {
    "reservation/ReservationARN": "",
    "reservation/EffectiveCost": "",
    "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod": "",
    "reservation/UnusedRecurringFee": "",
    "savingsPlan/SavingsPlanEffectiveCost": "",
    "savingsPlan/TotalCommitmentToDate": "",
    "savingsPlan/UsedCommitment": "",
}


def charge_of(connection: duckdb.DuckDBPyConnection, tmp_path: Path, **columns: str) -> dict[str, Any]:
    """The charge of one line item whose columns are named with __ for the slash."""
    row = CUR1_ROW | {name.replace("__", "/"): value for name, value in columns.items()}
    return read_charge(connection, write_csv(tmp_path / "one.csv", [row]))


def test_a_line_item_becomes_a_charge(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert charge_of(connection, tmp_path) == {
        "charge_date": date(2026, 7, 3),
        "charge_start": "2026-07-03 00:00:00+00",
        "charge_end": "2026-07-04 00:00:00+00",
        "account_id": "222233334444",
        "account_name": None,
        "provider": "aws",
        "service": "AmazonEC2",
        "region": "us-west-2",
        "resource_id": "i-1",
        "instance_type": "m5.xlarge",
        "usage_type": "USW2-BoxUsage:m5.xlarge",
        "operation": "RunInstances",
        "usage_unit": "Hrs",
        "usage_amount": Decimal(1),
        "currency": "USD",
        "charge_category": "Usage",
        "charge_class": None,
        "charge_frequency": "Usage-Based",
        "pricing_category": "Standard",
        "billed_cost": Decimal("0.192"),
        "effective_cost": Decimal("0.192"),
        "list_cost": Decimal("0.2"),
        "contracted_cost": Decimal("0.192"),
        "blended_cost": Decimal("0.19"),
        "tags": "{}",
        "line_item_id": None,
    }


@pytest.mark.parametrize(
    ("line_item_type", "category", "frequency", "pricing"),
    [
        ("Usage", "Usage", "Usage-Based", "Standard"),
        ("DiscountedUsage", "Usage", "Usage-Based", "Committed"),
        ("SavingsPlanCoveredUsage", "Usage", "Usage-Based", "Committed"),
        ("SavingsPlanNegation", "Usage", "Usage-Based", "Committed"),
        ("Tax", "Tax", "Recurring", None),
        ("Credit", "Credit", "Recurring", None),
        ("Refund", "Credit", "One-Time", None),
        ("EdpDiscount", "Credit", "Usage-Based", None),
        ("BundledDiscount", "Credit", "Usage-Based", None),
        ("PrivateRateDiscount", "Credit", "Usage-Based", None),
        ("Fee", "Purchase", "Recurring", "Standard"),
        ("RIFee", "Purchase", "Recurring", "Standard"),
        ("SavingsPlanUpfrontFee", "Purchase", "One-Time", "Standard"),
        ("SavingsPlanRecurringFee", "Purchase", "Recurring", "Standard"),
        ("SomethingNew", "Adjustment", "Recurring", None),
    ],
)
def test_every_line_item_type_has_its_category(
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    line_item_type: str,
    category: str,
    frequency: str,
    pricing: str | None,
) -> None:
    charge = charge_of(connection, tmp_path, lineItem__LineItemType=line_item_type)

    assert charge["charge_category"] == category
    assert charge["charge_frequency"] == frequency
    assert charge["pricing_category"] == pricing
    assert charge["charge_class"] == ("Correction" if line_item_type == "Refund" else None)


def test_spot_usage_is_priced_dynamically(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    charge = charge_of(connection, tmp_path, lineItem__UsageType="SpotUsage:c5.large")

    assert (charge["pricing_category"], charge["instance_type"]) == ("Dynamic", "c5.large")


@pytest.mark.parametrize(
    ("given", "effective"),
    [
        (
            {"lineItem/LineItemType": "SavingsPlanCoveredUsage", "savingsPlan/SavingsPlanEffectiveCost": "6"},
            "6",
        ),
        ({"lineItem/LineItemType": "SavingsPlanNegation"}, "0"),
        ({"lineItem/LineItemType": "SavingsPlanUpfrontFee"}, "0"),
        (
            {
                "lineItem/LineItemType": "SavingsPlanRecurringFee",
                "savingsPlan/TotalCommitmentToDate": "10",
                "savingsPlan/UsedCommitment": "7.5",
            },
            "2.5",
        ),
        ({"lineItem/LineItemType": "DiscountedUsage", "reservation/EffectiveCost": "4"}, "4"),
        (
            {
                "lineItem/LineItemType": "RIFee",
                "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod": "1",
                "reservation/UnusedRecurringFee": "2",
            },
            "3",
        ),
        ({"lineItem/LineItemType": "RIFee", "reservation/UnusedRecurringFee": "2"}, "2"),
        ({"lineItem/LineItemType": "Fee", "reservation/ReservationARN": "arn:aws:ec2:::r"}, "0"),
        ({"lineItem/LineItemType": "Fee"}, "9"),
        ({"lineItem/LineItemType": "Usage"}, "9"),
        ({"lineItem/LineItemType": "Tax"}, "9"),
    ],
)
def test_commitments_are_spread_over_what_they_cover(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, given: dict[str, str], effective: str
) -> None:
    row = CUR1_ROW | COMMITMENT_COLUMNS | {"lineItem/UnblendedCost": "9"} | given

    charge = read_charge(connection, write_csv(tmp_path / "one.csv", [row]))

    assert charge["effective_cost"] == Decimal(effective)
    assert charge["billed_cost"] == 9


def test_without_the_columns_of_commitments_their_rows_stay_as_billed(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    types = [
        "SavingsPlanCoveredUsage",
        "SavingsPlanNegation",
        "SavingsPlanRecurringFee",
        "DiscountedUsage",
        "RIFee",
    ]
    rows = [CUR1_ROW | {"lineItem/LineItemType": one} for one in types]

    charges = read_charges(connection, write_csv(tmp_path / "bare.csv", rows))

    assert [charge["effective_cost"] for charge in charges] == [charge["billed_cost"] for charge in charges]


def test_what_a_reservation_covers_is_contracted_at_its_list_cost(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    charge = charge_of(
        connection, tmp_path, lineItem__LineItemType="DiscountedUsage", lineItem__UnblendedCost="0"
    )

    assert charge["contracted_cost"] == Decimal("0.2")


def test_line_items_of_a_day_are_added_up(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    hours = [
        CUR1_ROW
        | {
            "identity/LineItemId": f"l-{hour}",
            "lineItem/UsageStartDate": f"2026-07-03T{hour:02}:00:00Z",
            "lineItem/UsageEndDate": f"2026-07-03T{hour:02}:59:59Z",
            "lineItem/UnblendedCost": "8.0E-7",
        }
        for hour in range(24)
    ]

    charge = read_charge(connection, write_csv(tmp_path / "day.csv", hours))

    assert charge["billed_cost"] == Decimal("0.0000192")
    assert charge["usage_amount"] == 24
    assert (charge["charge_start"], charge["charge_end"]) == (
        "2026-07-03 00:00:00+00",
        "2026-07-04 00:00:00+00",
    )


def test_a_day_is_a_day_in_utc(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    charge = charge_of(
        connection,
        tmp_path,
        lineItem__UsageStartDate="2026-07-03T23:30:00-02:00",
        lineItem__UsageEndDate="2026-07-04T00:30:00-02:00",
    )

    assert charge["charge_date"] == date(2026, 7, 4)


def test_what_lasts_longer_than_a_day_keeps_its_end(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    charge = charge_of(
        connection,
        tmp_path,
        lineItem__LineItemType="Tax",
        lineItem__UsageStartDate="2026-07-01T00:00:00Z",
        lineItem__UsageEndDate="2026-08-01T00:00:00Z",
    )

    assert (charge["charge_start"], charge["charge_end"]) == (
        "2026-07-01 00:00:00+00",
        "2026-08-01 00:00:00+00",
    )


def test_line_item_grain_keeps_ids_and_hours(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    later = {
        "lineItem/UsageStartDate": "2026-07-03T11:00:00Z",
        "lineItem/UsageEndDate": "2026-07-03T12:00:00Z",
    }
    path = write_csv(tmp_path / "two.csv", [CUR1_ROW, CUR1_ROW | later])

    charges = read_charges(connection, path, Grain.LINE_ITEM)

    # The id of a line item is not unique: both hours have it.
    assert sorted(
        (charge["line_item_id"], charge["charge_start"], charge["charge_end"]) for charge in charges
    ) == [
        ("l-1", "2026-07-03 10:00:00+00", "2026-07-03 11:00:00+00"),
        ("l-1", "2026-07-03 11:00:00+00", "2026-07-03 12:00:00+00"),
    ]


def test_columns_that_a_report_lacks_are_null(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    optional = {"lineItem/ResourceId", "product/region", "lineItem/BlendedCost", "pricing/publicOnDemandCost"}
    row = {name: value for name, value in CUR1_ROW.items() if name not in optional}

    charge = read_charge(connection, write_csv(tmp_path / "few.csv", [row]))

    assert charge["resource_id"] is None
    assert charge["region"] is None
    assert charge["blended_cost"] is None
    assert charge["list_cost"] is None


def test_a_discount_has_no_blended_cost(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    charge = charge_of(connection, tmp_path, lineItem__LineItemType="EdpDiscount", lineItem__BlendedCost="")

    assert charge["blended_cost"] is None


@pytest.mark.parametrize(
    ("usage_type", "instance_type"),
    [
        ("BoxUsage:m5.xlarge", "m5.xlarge"),
        ("EUC1-InstanceUsage:db.r6g.large", "db.r6g.large"),
        ("USE1-NodeUsage:cache.t4g.micro", "cache.t4g.micro"),
        ("APS2-DedicatedUsage:u-6tb1.112xlarge", "u-6tb1.112xlarge"),
        ("BoxUsage:m7i.metal-24xl", "m7i.metal-24xl"),
        ("USE1-VPN-Usage-Hours:ipsec.1", None),
        ("EBS:VolumeUsage.gp3", None),
        ("DataTransfer-Out-Bytes", None),
    ],
)
def test_the_instance_type_is_read_from_the_usage_type(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, usage_type: str, instance_type: str | None
) -> None:
    charge = charge_of(connection, tmp_path, lineItem__UsageType=usage_type)

    assert charge["instance_type"] == instance_type


def test_flat_columns_of_parquet_are_the_legacy_report(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_parquet(tmp_path / "flat.parquet", parquet_row("'us-east-1' AS product_region"))

    assert recognise(connection, path).kind is Kind.CUR1
    assert read_charge(connection, path)["region"] == "us-east-1"


@pytest.mark.parametrize(
    ("columns", "region"),
    [
        ("'eu-west-1' AS product_region_code, MAP {'region': 'eu-west-2'} AS product", "eu-west-1"),
        ("'' AS product_region_code, MAP {'region': 'eu-west-2'} AS product", "eu-west-2"),
        ("NULL::VARCHAR AS product_region_code, MAP {'vcpu': '4'} AS product", None),
        ("""'{"region": "eu-west-3"}' AS product""", "eu-west-3"),
    ],
)
def test_cur_2_keeps_the_region_in_a_column_or_in_the_product_map(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, columns: str, region: str | None
) -> None:
    path = write_parquet(tmp_path / "cur2.parquet", parquet_row(columns))

    assert recognise(connection, path).kind is Kind.CUR2
    assert read_charge(connection, path)["region"] == region


def test_cur_2_in_csv_holds_its_maps_as_json(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    row = {
        "bill_payer_account_id": "111122223333",
        "bill_billing_period_start_date": "2026-07-01 00:00:00",
        "line_item_usage_account_id": "222233334444",
        "line_item_usage_account_name": "shop",
        "line_item_line_item_type": "Usage",
        "line_item_usage_start_date": "2026-07-02 10:00:00",
        "line_item_product_code": "AmazonS3",
        "line_item_currency_code": "USD",
        "line_item_unblended_cost": "1e-3",
        "product": '{"region": "eu-north-1"}',
        "resource_tags": '{"user_team": "web", "aws_created_by": "ann"}',
    }
    path = write_csv(tmp_path / "cur2.csv.gz", [row])

    charge = read_charge(connection, path)

    assert recognise(connection, path).kind is Kind.CUR2
    assert charge["region"] == "eu-north-1"
    assert charge["account_name"] == "shop"
    assert charge["billed_cost"] == Decimal("0.001")
    assert charge["tags"] == '{"aws:created_by":"ann","team":"web"}'


def parquet_row(columns: str) -> str:
    return f"""
    SELECT 'p' AS bill_payer_account_id, TIMESTAMP '2026-07-01' AS bill_billing_period_start_date,
        'a' AS line_item_usage_account_id, 'Usage' AS line_item_line_item_type,
        TIMESTAMP '2026-07-02' AS line_item_usage_start_date, 'AmazonS3' AS line_item_product_code,
        'USD' AS line_item_currency_code, 0.5::DOUBLE AS line_item_unblended_cost, {columns}"""
