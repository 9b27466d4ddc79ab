"""Every total that was worked out outside the project, at both grains, to 1e-6."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cloudops.costs.formats.charges import charges_query
from cloudops.costs.formats.detect import recognise
from cloudops.costs.formats.models import CHARGE_COLUMNS, Grain
from cloudops.costs.formats.slices import control_totals, slices

DATA = Path(__file__).parents[5] / "shared" / "data"
TOLERANCE = Decimal("0.000001")
CUR1_MONTHS = "aws_cur1_parquet/acme-cur/acme-cur/year=2026"
CUR1_VERSIONS = "aws_cur1_csv_versions/acme-cur-csv/20260801-20260901"
CUR2 = "aws_cur2_parquet"
FOCUS_PARQUET = "focus_1_0_parquet"
PROVIDERS = "{'aws': 'AWS', 'azure': 'Microsoft', 'gcp': 'Google Cloud'}"
TRUTHS = {
    "aws_cur1_csv_real/sample-anonymous-aws-export.truth.json": "aws_cur1_csv_real/*.csv",
    f"{CUR1_VERSIONS}/20260814T061502Z/truth.json": f"{CUR1_VERSIONS}/20260814T061502Z/*.csv.gz",
    f"{CUR1_VERSIONS}/20260821T055913Z/truth.json": f"{CUR1_VERSIONS}/20260821T055913Z/*.csv.gz",
    f"{CUR1_MONTHS}/month=6.truth.json": f"{CUR1_MONTHS}/month=6/*.parquet",
    f"{CUR1_MONTHS}/month=7.truth.json": f"{CUR1_MONTHS}/month=7/*.parquet",
    f"{CUR1_MONTHS}/month=8.truth.json": f"{CUR1_MONTHS}/month=8/*.parquet",
    f"{CUR2}/acme-cur2/data/BILLING_PERIOD=2026-06.truth.json": f"{CUR2}/acme-cur2/data/*-06/*.parquet",
    f"{CUR2}/acme-cur2/data/BILLING_PERIOD=2026-07.truth.json": f"{CUR2}/acme-cur2/data/*-07/*.parquet",
    f"{CUR2}/real-2023-11/data/BILLING_PERIOD=2023-11.truth.json": f"{CUR2}/real-2023-11/data/*-11/*.parquet",
    "focus_1_0_real/focus_sample_a.truth.json": "focus_1_0_real/*.csv",
    f"{FOCUS_PARQUET}/aws/billing_period=2024-09/focus-aws-00001.truth.json": f"{FOCUS_PARQUET}/aws/*/*.parquet",
    f"{FOCUS_PARQUET}/microsoft/part_0_0001.truth.json": f"{FOCUS_PARQUET}/microsoft/*.parquet",
    "focus_1_2_constructed/aws/acme-focus-2026-07-00001.truth.json": "focus_1_2_constructed/aws/*.csv.gz",
    "focus_1_2_constructed/gcp/gcp-focus-2026-07.truth.json": "focus_1_2_constructed/gcp/*.csv.gz",
}
DIMENSIONS = {
    "currency": "currency",
    "by_currency": "currency",
    "by_provider": f"(MAP {PROVIDERS})[provider]",
    "by_account": "account_id",
    "by_sub_account": "account_id",
    "by_service": "service",
    "by_region": "coalesce(region, '')",
    "by_day": "CAST(charge_date AS VARCHAR)",
    "by_service_and_day": "service || '|' || charge_date",
    "by_charge_category": "charge_category",
}
TOTALS = {
    "total_unblended": "billed_cost",
    "total_blended": "blended_cost",
    "total_public_on_demand": "list_cost",
    "total_amortized_cudos_rule": "effective_cost",
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared truth files are not at {DATA}")
# A figure of the truth: its name, what it has to be, and what the charges say.
Figure = tuple[str, Decimal, Decimal | None]


@pytest.mark.parametrize("grain", list(Grain))
@pytest.mark.parametrize("truth_file", TRUTHS)
def test_charges_agree_with_every_figure_of_the_truth(
    connection: duckdb.DuckDBPyConnection, truth_file: str, grain: Grain
) -> None:
    truth = json.loads((DATA / truth_file).read_text())
    load_charges(connection, TRUTHS[truth_file], grain)

    figures = [
        *dimension_figures(connection, truth),
        *tag_figures(connection, truth),
        *total_figures(connection, truth),
    ]

    assert len(figures) > 20
    assert [figure for figure in figures if abs(figure[1] - (figure[2] or 0)) > TOLERANCE] == []


@pytest.mark.parametrize("truth_file", TRUTHS)
def test_control_totals_agree_with_the_truth(connection: duckdb.DuckDBPyConnection, truth_file: str) -> None:
    truth = json.loads((DATA / truth_file).read_text())
    by_currency = truth.get("currency") or truth["by_currency"]
    rows, billed = 0, dict.fromkeys(by_currency, Decimal(0))

    for path in sorted(DATA.glob(TRUTHS[truth_file])):
        export = recognise(connection, path)
        for bill in slices(connection, export):
            found = control_totals(connection, export, bill)
            assert (found.rows, found.billed) == (bill.rows, bill.billed)
            rows += found.rows
            for currency, cost in found.billed.items():
                billed[currency] += cost

    assert rows == truth["rows"]
    wanted = {currency: amount(entry) for currency, entry in by_currency.items()}
    assert wanted == pytest.approx(billed, abs=TOLERANCE)


def load_charges(connection: duckdb.DuckDBPyConnection, pattern: str, grain: Grain) -> None:
    loaded = False
    for path in sorted(DATA.glob(pattern)):
        export = recognise(connection, path)
        for bill in slices(connection, export):
            query = charges_query(export, bill, grain)
            verb = "INSERT INTO charges" if loaded else "CREATE OR REPLACE TABLE charges AS"
            connection.execute(f"{verb} {query.sql}", query.parameters)
            loaded = True
    columns = connection.execute("DESCRIBE charges").fetchall()
    assert tuple(column[0] for column in columns) == CHARGE_COLUMNS


def dimension_figures(connection: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> Iterator[Figure]:
    for part, expression in DIMENSIONS.items():
        if part in truth:
            have = sums(connection, expression, "billed_cost")
            yield from compared(part, truth[part], have)
    if "by_day_amortized" in truth:
        have = sums(connection, "CAST(charge_date AS VARCHAR)", "effective_cost")
        yield from compared("by_day_amortized", truth["by_day_amortized"], have)


def compared(part: str, wanted: dict[str, Any], have: dict[str, Decimal]) -> Iterator[Figure]:
    wanted = {"" if key in ("NULL", "None") else key: entry for key, entry in wanted.items()}
    for key in wanted.keys() | have.keys():
        yield f"{part} {key!r}", amount(wanted.get(key, 0)), have.get(key)


def tag_figures(connection: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> Iterator[Figure]:
    total = sums(connection, "'all'", "billed_cost")["all"]
    pairs = tagged(connection)
    for name, wanted in truth.get("by_tag", {}).items():
        have: dict[str, Decimal] = {}
        for key, value, cost in pairs:
            if is_named(key, name):
                have[value] = have.get(value, Decimal(0)) + cost
        have["(untagged)"] = total - sum(have.values(), Decimal(0))
        yield from compared(f"tag {name}", wanted, have)


def is_named(key: str, name: str) -> bool:
    """CUR's truths name the column of a tag, those of FOCUS the key."""
    if name.startswith("resource_tags_"):
        return column_name(key) == name.removeprefix("resource_tags_").removeprefix("user_")
    return key == name.removeprefix("user:")


def tagged(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, Decimal]]:
    return connection.execute(
        """
        SELECT key, json_extract_string(value, '$'), sum(CAST(billed_cost AS DECIMAL(38, 15)))
        FROM (
            SELECT billed_cost, unnest(map_entries(from_json(tags, '"MAP(VARCHAR, JSON)"')), recursive := true)
            FROM charges
        )
        GROUP BY ALL"""
    ).fetchall()


def column_name(key: str) -> str:
    """CostCenter -> cost_center, aws:createdBy -> aws_created_by, as AWS names the column of a tag."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", key).lower()
    return re.sub(r"[^a-z0-9]+", "_", words).strip("_")


def total_figures(connection: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> Iterator[Figure]:
    wanted = {column: truth[name] for name, column in TOTALS.items() if name in truth}
    if "total" in truth:
        wanted = {f"{name}_cost": truth["total"][name] for name in ("billed", "effective", "list")}
    for column, total in wanted.items():
        yield f"total {column}", amount(total), sums(connection, "'all'", column)["all"]


def sums(connection: duckdb.DuckDBPyConnection, expression: str, measure: str) -> dict[str, Decimal]:
    sql = f"SELECT {expression}, sum(CAST({measure} AS DECIMAL(38, 15))) FROM charges GROUP BY 1"  # noqa: S608
    return dict(connection.execute(sql).fetchall())


def amount(entry: Any) -> Decimal:
    return Decimal(str(entry.get("cost", entry.get("billed")) if isinstance(entry, dict) else entry))
