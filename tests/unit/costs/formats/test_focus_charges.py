"""Rows of FOCUS exports as charges."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from export_files import FOCUS_ROW, read_charge, read_charges, write_csv

from cloudops.costs.formats.detect import recognise
from cloudops.costs.formats.models import BillKey, Grain, Kind
from cloudops.costs.formats.slices import control_totals, slices
from cloudops.costs.formats.source import open_duckdb


def charge_of(connection: duckdb.DuckDBPyConnection, tmp_path: Path, **columns: str) -> dict[str, Any]:
    return read_charge(connection, write_csv(tmp_path / "one.csv", [FOCUS_ROW | columns]))


def test_a_row_becomes_a_charge(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert charge_of(connection, tmp_path) == {
        "charge_date": date(2026, 7, 3),
        "charge_start": "2026-07-03 00:00:00+00",
        "charge_end": "2026-07-04 00:00:00+00",
        "account_id": "s-1",
        "account_name": "Shop",
        "provider": "azure",
        "service": "Virtual Machines",
        "region": "westeurope",
        "resource_id": "vm-1",
        "instance_type": None,
        "usage_type": None,
        "operation": None,
        "usage_unit": "Hours",
        "usage_amount": Decimal(1),
        "currency": "EUR",
        "charge_category": "Usage",
        "charge_class": None,
        "charge_frequency": "Usage-Based",
        "pricing_category": "Standard",
        "billed_cost": Decimal("1.5"),
        "effective_cost": Decimal("1.25"),
        "list_cost": Decimal(2),
        "contracted_cost": Decimal("1.75"),
        "blended_cost": None,
        "tags": "{}",
        "line_item_id": None,
    }


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({}, Kind.FOCUS_1_0),
        ({"BillingAccountType": "", "SubAccountType": ""}, Kind.FOCUS_1_0),
        ({"SkuMeter": ""}, Kind.FOCUS_1_1),
        ({"SkuMeter": "", "InvoiceId": ""}, Kind.FOCUS_1_2),
    ],
)
def test_the_columns_tell_the_version(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, columns: dict[str, str], kind: Kind
) -> None:
    assert recognise(connection, write_csv(tmp_path / "some.csv", [FOCUS_ROW | columns])).kind is kind


def test_a_byte_order_mark_is_no_part_of_a_column(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "bom.csv", [FOCUS_ROW])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert read_charge(connection, path)["billed_cost"] == Decimal("1.5")


@pytest.mark.parametrize("word", ["", "NULL", "null"])
def test_words_for_null_are_null(connection: duckdb.DuckDBPyConnection, tmp_path: Path, word: str) -> None:
    charge = charge_of(
        connection, tmp_path, ResourceId=word, ConsumedQuantity=word, ConsumedUnit=word, Tags=word
    )

    assert charge["resource_id"] is None
    assert (charge["usage_amount"], charge["usage_unit"]) == (Decimal("0.1"), "10 Hours")
    assert charge["tags"] == "{}"


@pytest.mark.parametrize(
    "start",
    [
        "2026-07-03T10:00:00Z",
        "2026-07-03T10:00:00.000Z",
        "2026-07-03T10:00Z",
        "2026-07-03 10:00:00",
        "2026-07-03 10:00:00 UTC",
        "2026-07-03T12:00:00+02:00",
        "7/3/26 10:00",
        "07/03/2026 10:00:00",
    ],
)
def test_times_are_read_in_the_forms_that_exports_use(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, start: str
) -> None:
    path = write_csv(tmp_path / "time.csv", [FOCUS_ROW | {"ChargePeriodStart": start}])

    charge = read_charge(connection, path, Grain.LINE_ITEM)

    assert charge["charge_start"] == "2026-07-03 10:00:00+00"


@pytest.mark.parametrize(("start", "day"), [("5/1/25", date(2025, 5, 1)), ("12/31/2025", date(2025, 12, 31))])
def test_dates_with_slashes_are_american(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, start: str, day: date
) -> None:
    charge = charge_of(connection, tmp_path, ChargePeriodStart=start, ChargePeriodEnd=start)

    assert charge["charge_date"] == day


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("8.0E-7", "0.0000008"),
        ("-12.5", "-12.5"),
        ("$10,000.00 ", "10000"),
        ("-$1,234.5", "-1234.5"),
        ("$7", "7"),
        ("1,234,567.89", "1234567.89"),
        (" 3 ", "3"),
    ],
)
def test_amounts_are_read_in_the_forms_that_exports_use(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, text: str, cost: str
) -> None:
    assert charge_of(connection, tmp_path, BilledCost=text)["billed_cost"] == Decimal(cost)


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("AWS", "aws"),
        ("Amazon Web Services", "aws"),
        ("Microsoft", "azure"),
        ("Azure", "azure"),
        ("Google Cloud", "gcp"),
        ("GCP", "gcp"),
        ("IBM Cloud", "ibm"),
        ("Oracle", "oci"),
        ("OCI", "oci"),
        ("Lawson & Awsome", "other"),
        ("Social Media Co", "other"),
    ],
)
def test_providers_have_one_name_each(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, name: str, provider: str
) -> None:
    assert charge_of(connection, tmp_path, ProviderName=name)["provider"] == provider


def test_without_a_sub_account_the_billing_account_is_charged(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    charge = charge_of(connection, tmp_path, SubAccountId="", SubAccountName="")

    assert (charge["account_id"], charge["account_name"]) == ("a-1", "Acme")


@pytest.mark.parametrize(
    ("column", "value", "instance_type"),
    [
        ("SkuPriceDetails", '{"InstanceType": "Standard_D4s_v5"}', "Standard_D4s_v5"),
        ("x_SkuDetails", '{"ServiceType": "Standard_B2s"}', "Standard_B2s"),
        ("SkuPriceDetails", "not json", None),
        ("x_UsageType", "EU-BoxUsage:t3.small", "t3.small"),
    ],
)
def test_the_instance_type_is_in_the_details_or_in_the_usage_type(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, column: str, value: str, instance_type: str | None
) -> None:
    assert charge_of(connection, tmp_path, **{column: value})["instance_type"] == instance_type


def test_usage_type_and_operation_come_from_the_columns_of_the_provider(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    charge = charge_of(connection, tmp_path, x_UsageType="Requests-Tier1", x_Operation="PutObject")

    assert (charge["usage_type"], charge["operation"]) == ("Requests-Tier1", "PutObject")


def test_older_names_of_pricing_categories_are_translated(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert charge_of(connection, tmp_path, PricingCategory="On-Demand")["pricing_category"] == "Standard"


def test_a_correction_is_marked(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert charge_of(connection, tmp_path, ChargeClass="Correction")["charge_class"] == "Correction"


def test_a_prepayment_without_service_is_other(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert charge_of(connection, tmp_path, ServiceName="")["service"] == "Other"


def test_each_billing_account_and_month_is_a_bill_of_its_own(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    june = {"BillingPeriodStart": "2026-06-01T00:00:00Z", "ChargePeriodStart": "2026-06-30T05:00:00Z"}
    dollars = {"BillingCurrency": "USD", "BilledCost": "4", "ChargePeriodStart": "2026-07-05T06:00:00Z"}
    other = {"BillingAccountId": "b-2", "ProviderName": "AWS"}
    rows = [FOCUS_ROW, FOCUS_ROW | dollars, FOCUS_ROW | other, FOCUS_ROW | june, FOCUS_ROW]

    bills = slices(connection, recognise(connection, write_csv(tmp_path / "many.csv", rows)))

    assert [(bill.billing_account_id, bill.period_start, bill.provider, bill.rows) for bill in bills] == [
        ("a-1", date(2026, 6, 1), "azure", 1),
        ("a-1", date(2026, 7, 1), "azure", 3),
        ("b-2", date(2026, 7, 1), "aws", 1),
    ]
    assert bills[1].billed == {"EUR": Decimal(3), "USD": Decimal(4)}
    assert bills[1].first_charge_start == datetime(2026, 7, 3, 10, tzinfo=UTC)
    assert bills[1].last_charge_start == datetime(2026, 7, 5, 6, tzinfo=UTC)


def test_currencies_are_never_added_in_a_charge(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    charges = read_charges(
        connection, write_csv(tmp_path / "two.csv", [FOCUS_ROW, FOCUS_ROW | {"BillingCurrency": "USD"}])
    )

    assert sorted(charge["currency"] for charge in charges) == ["EUR", "USD"]


def test_control_totals_are_those_of_one_bill(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = [FOCUS_ROW, FOCUS_ROW, FOCUS_ROW | {"BillingAccountId": "b-2"}]
    export = recognise(connection, write_csv(tmp_path / "two.csv", rows))

    totals = control_totals(
        connection, export, BillKey(billing_account_id="a-1", period_start=date(2026, 7, 1))
    )

    assert (totals.rows, totals.billed) == (2, {"EUR": Decimal(3)})


def test_a_path_with_wildcards_is_one_file(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_csv(tmp_path / "bill1.csv", [FOCUS_ROW | {"BilledCost": "100"}])
    path = write_csv(tmp_path / "bill[1].csv", [FOCUS_ROW])
    star = write_csv(tmp_path / "bill*.csv", [FOCUS_ROW | {"BilledCost": "7"}])

    assert read_charge(connection, path)["billed_cost"] == Decimal("1.5")
    assert read_charge(connection, star)["billed_cost"] == 7


def test_a_folder_that_looks_like_a_partition_adds_no_column(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "BilledCost=9"
    folder.mkdir()

    assert read_charge(connection, write_csv(folder / "one.csv", [FOCUS_ROW]))["billed_cost"] == Decimal(
        "1.5"
    )


def test_a_csv_is_read_within_a_small_memory_limit(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "large.csv.gz", [FOCUS_ROW] * 5_000)

    with open_duckdb(memory_limit="64MB", temp_directory=tmp_path) as small:
        charge = read_charge(small, path)

    assert charge["billed_cost"] == 7_500
