"""What holds for any export: nothing is lost, nothing is doubled, and the container makes no difference."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from export_files import CUR1_ROW, FOCUS_ROW, read_charges, write_csv, write_parquet
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudops.costs.formats.detect import recognise
from cloudops.costs.formats.models import Grain
from cloudops.costs.formats.slices import control_totals, slices

START = datetime(2026, 7, 1)  # noqa: DTZ001 - exports write UTC without saying so.
printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
words = printable.map(str.strip).filter(lambda text: text not in ("", "NULL", "null"))
tag_sets = st.dictionaries(words, words, max_size=4)
amounts = st.decimals(-1_000_000, 1_000_000, places=12, allow_nan=False)


@st.composite
def focus_rows(draw: st.DrawFn) -> dict[str, str]:
    hour = START + timedelta(hours=draw(st.integers(0, 71)))
    return FOCUS_ROW | {
        "BilledCost": str(draw(amounts)),
        "EffectiveCost": str(draw(amounts)),
        "BillingAccountId": draw(st.sampled_from(["a", "b"])),
        "BillingCurrency": draw(st.sampled_from(["EUR", "USD"])),
        "ChargePeriodStart": hour.isoformat(sep=" "),
        "ChargePeriodEnd": (hour + timedelta(hours=1)).isoformat(sep=" "),
        "ResourceId": draw(st.sampled_from(["", "vm-1", "vm-2"])),
        "ServiceName": draw(words),
        "Tags": json.dumps(draw(tag_sets)),
    }


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(focus_rows(), min_size=1, max_size=25), grain=st.sampled_from(Grain))
def test_every_cost_is_in_one_charge(
    connection: duckdb.DuckDBPyConnection, rows: list[dict[str, str]], grain: Grain
) -> None:
    with empty_folder() as folder:
        charges = read_charges(connection, write_csv(folder / "focus.csv", rows), grain)

    assert billed_by(charges, "service") == sums((row["ServiceName"], row) for row in rows)
    assert billed_by(charges, "currency") == sums((row["BillingCurrency"], row) for row in rows)
    assert billed_by(charges, "charge_date") == sums((row["ChargePeriodStart"][:10], row) for row in rows)
    assert grain is Grain.DAILY or len(charges) == len(rows)


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(focus_rows(), min_size=1, max_size=25))
def test_a_day_has_one_charge_per_set_of_dimensions(
    connection: duckdb.DuckDBPyConnection, rows: list[dict[str, str]]
) -> None:
    dimensions = ("BillingAccountId", "BillingCurrency", "ResourceId", "ServiceName")

    with empty_folder() as folder:
        charges = read_charges(connection, write_csv(folder / "focus.csv", rows))

    days = {(row["ChargePeriodStart"][:10], *(row[name] for name in dimensions), row["Tags"]) for row in rows}
    assert len(charges) <= len(days)


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(focus_rows(), min_size=1, max_size=25))
def test_control_totals_are_the_sums_of_the_source(
    connection: duckdb.DuckDBPyConnection, rows: list[dict[str, str]]
) -> None:
    with empty_folder() as folder:
        export = recognise(connection, write_csv(folder / "focus.csv.gz", rows))
        totals = {
            bill.billing_account_id: control_totals(connection, export, bill)
            for bill in slices(connection, export)
        }

    for account, found in totals.items():
        own = [row for row in rows if row["BillingAccountId"] == account]
        assert found.rows == len(own)
        assert found.billed == sums((row["BillingCurrency"], row) for row in own)
    assert sum(found.rows for found in totals.values()) == len(rows)


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(focus_rows(), min_size=1, max_size=25), grain=st.sampled_from(Grain))
def test_csv_gzip_and_parquet_say_the_same(
    connection: duckdb.DuckDBPyConnection, rows: list[dict[str, str]], grain: Grain
) -> None:
    with empty_folder() as folder:
        plain = write_csv(folder / "focus.csv", rows)
        packed = write_csv(folder / "focus.csv.gz", rows)
        columns = write_parquet(
            folder / "focus.parquet",
            f"FROM read_csv('{plain}', header = true, all_varchar = true, sample_size = -1)",
        )
        first, second, third = (
            Counter(map(str, read_charges(connection, path, grain))) for path in (plain, packed, columns)
        )

    assert first == second == third


@settings(max_examples=20, deadline=None)
@given(tags=st.lists(tag_sets, min_size=1, max_size=8), grain=st.sampled_from(Grain))
def test_tags_are_canonical_json(
    connection: duckdb.DuckDBPyConnection, tags: list[dict[str, str]], grain: Grain
) -> None:
    rows = [FOCUS_ROW | {"Tags": json.dumps(one), "ResourceId": f"r-{n}"} for n, one in enumerate(tags)]

    with empty_folder() as folder:
        charges = read_charges(connection, write_csv(folder / "focus.csv", rows), grain)

    found = {charge["resource_id"]: json.loads(charge["tags"]) for charge in charges}
    assert found == {f"r-{n}": stripped(one) for n, one in enumerate(tags)}
    assert all(list(one) == sorted(one, key=str.encode) for one in found.values())


@settings(max_examples=20, deadline=None)
@given(keys=st.lists(words, min_size=1, max_size=5, unique=True), value=words)
def test_any_tag_key_of_a_header_is_kept(
    connection: duckdb.DuckDBPyConnection, keys: list[str], value: str
) -> None:
    row = CUR1_ROW | {f"resourceTags/user:{key}": value for key in keys}

    with empty_folder() as folder:
        (charge,) = read_charges(connection, write_csv(folder / "cur.csv", [row]))

    assert json.loads(charge["tags"]) == dict.fromkeys(keys, value)


@contextmanager
def empty_folder() -> Iterator[Path]:
    """A folder for one example; a fixture would last for all of them."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


def billed_by(charges: list[dict[str, Any]], column: str) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for charge in charges:
        totals[str(charge[column])] += charge["billed_cost"]
    return totals


def sums(rows: Iterable[tuple[str, dict[str, str]]]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for key, row in rows:
        totals[key] += Decimal(row["BilledCost"])
    return totals


def stripped(tags: dict[str, str]) -> dict[str, str]:
    return {key.removeprefix("user:"): value for key, value in tags.items()}
