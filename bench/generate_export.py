"""Writes one large month of hourly line items, as a CUR 2.0 or CUR 1.0 export in Parquet.

    python -m bench.generate_export OUT [--rows 2000000] [--resources 25000] [--format cur2|cur1]

The rows of a resource lie together, as AWS writes them, and each resource is billed for some eight hours of each
day that it is there: popular ones all month, most for a few days. Memory stays flat: rows are drawn and written
one row group at a time.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.export_formats import Layout, cur1_layout, cur2_layout
from bench.resource_catalogue import Catalogue, Kind, catalogue
from local.demo.exports import bounds

ROW_GROUP = 64_000
# Usage that a Savings Plan covers, and as many rows that negate it.
COVERED_SHARE = 0.04
HOURS_A_DAY = 8
PLAN_FACTOR, RESERVATION_FACTOR = 0.72, 0.6
HOUR = np.timedelta64(1, "h")
ID_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
ID_LENGTH = 52
LAYOUTS: Mapping[str, Callable[[Path, str, Catalogue], Layout]] = {"cur2": cur2_layout, "cur1": cur1_layout}

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Request:
    out: Path
    rows: int = 2_000_000
    resources: int = 25_000
    seed: int = 1
    parts: int = 4
    month: str = "2026-10"
    format: str = "cur2"

    @property
    def first_hour(self) -> np.datetime64:
        return np.datetime64(f"{self.month}-01T00", "h")

    @property
    def days(self) -> int:
        start, end = bounds(self.month)
        return (end - start).days


@dataclass(frozen=True, kw_only=True)
class Draw:
    """Rows of a row group: whose, in which hour of the month, how much."""

    entry: Integers
    hour: Integers
    amount: Floats


@dataclass(frozen=True, kw_only=True)
class Dealer:
    """Deals the month's usage resource by resource: `ends` is the running total of usage rows by entry, and
    `first_day` and `days` say when in the month each one is there."""

    resources: Catalogue
    dice: np.random.Generator
    ends: Integers
    first_day: Integers
    days: Integers

    def draw(self, start: int, stop: int) -> Draw:
        """The usage rows numbered from `start` up to `stop`, and the negations of what the plan covers."""
        entry = np.searchsorted(self.ends, np.arange(start, stop), side="right")
        day = self.first_day[entry] + self.dice.integers(self.days[entry])
        hour = day * 24 + self.dice.integers(24, size=len(entry))
        amount = np.round(self.dice.lognormal(0.0, 1.0, len(entry)), 6)
        negation = self.resources.negation_of[entry]
        covered = negation >= 0
        return Draw(
            entry=np.concatenate([entry, negation[covered]]),
            hour=np.concatenate([hour, hour[covered]]),
            amount=np.concatenate([amount, amount[covered]]),
        )


def write_export(request: Request) -> list[Path]:
    """The paths of the parts; the manifest is written last."""
    resources = catalogue(request.resources, seed=request.seed)
    layout = LAYOUTS[request.format](request.out, request.month, resources)
    dealer = _dealer(request, resources)
    keys = [layout.part_key(number) for number in range(1, request.parts + 1)]
    edges = np.linspace(0, dealer.ends[-1], request.parts + 1).astype(int)
    for key, span in zip(keys, pairwise(edges), strict=True):
        _write_part(request, layout, dealer, path=layout.path(key), span=span)
    layout.write_manifest(keys, delivered=_delivered(request.month))
    return [layout.path(key) for key in keys]


def _dealer(request: Request, resources: Catalogue) -> Dealer:
    dice = np.random.default_rng([request.seed, request.rows])
    covered = int(request.rows * COVERED_SHARE)
    usage = _usage_rows(dice, resources, ordinary=request.rows - 2 * covered, covered=covered)
    days = np.clip(usage // HOURS_A_DAY, 1, request.days)
    return Dealer(
        resources=resources,
        dice=dice,
        ends=np.cumsum(usage),
        first_day=dice.integers(request.days - days + 1),
        days=days,
    )


def _usage_rows(dice: np.random.Generator, resources: Catalogue, *, ordinary: int, covered: int) -> Integers:
    """How many usage rows each resource has: popular ones have more."""
    rows = np.zeros(len(resources.popularity), dtype=np.int64)
    for chosen, total in ((resources.ordinary, ordinary), (resources.covered, covered)):
        popularity = resources.popularity[chosen]
        rows[chosen] = dice.multinomial(total, popularity / popularity.sum())
    return rows


def _delivered(month: str) -> datetime:
    _, closing = bounds(month)
    return datetime(closing.year, closing.month, closing.day, 6, tzinfo=UTC) + timedelta(days=5)


def _write_part(
    request: Request, layout: Layout, dealer: Dealer, *, path: Path, span: tuple[int, int]
) -> None:
    with pq.ParquetWriter(path, layout.schema, compression="snappy", store_schema=False) as writer:
        for start in range(*span, ROW_GROUP):
            draw = dealer.draw(start, min(start + ROW_GROUP, span[1]))
            writer.write_table(_row_group(request, layout, dealer, draw), row_group_size=len(draw.entry))


def _row_group(request: Request, layout: Layout, dealer: Dealer, draw: Draw) -> Any:
    size = len(draw.entry)
    columns = {
        **layout.columns.rows(draw.entry),
        **_measures(dealer.resources, draw),
        **_times(request, draw.hour),
        "identity_line_item_id": _line_item_ids(dealer.dice, size),
    }
    return pa.table(
        [columns.get(field.name, pa.nulls(size, field.type)) for field in layout.schema], schema=layout.schema
    )


def _measures(resources: Catalogue, draw: Draw) -> dict[str, Any]:
    cost = np.round(draw.amount * resources.rates[draw.entry], 10)
    negated, reserved, covered = (
        resources.numbered(kind)[draw.entry] for kind in (Kind.NEGATION, Kind.RESERVED, Kind.COVERED)
    )
    unblended = np.where(reserved, 0.0, np.where(negated, -cost, cost))
    measures = {
        "line_item_usage_amount": draw.amount,
        "line_item_unblended_cost": unblended,
        "line_item_blended_cost": unblended,
        "pricing_public_on_demand_cost": np.where(negated, 0.0, cost),
        "reservation_effective_cost": np.where(reserved, np.round(cost * RESERVATION_FACTOR, 10), np.nan),
        "savings_plan_savings_plan_effective_cost": np.where(
            covered, np.round(cost * PLAN_FACTOR, 10), np.nan
        ),
    }
    return {name: pa.array(values, from_pandas=True) for name, values in measures.items()}


def _times(request: Request, hour: Integers) -> dict[str, Any]:
    starts = request.first_hour + hour * HOUR
    start, end = bounds(request.month)
    moments = {
        "line_item_usage_start_date": starts,
        "line_item_usage_end_date": starts + HOUR,
        "bill_billing_period_start_date": np.full(len(hour), np.datetime64(start)),
        "bill_billing_period_end_date": np.full(len(hour), np.datetime64(end)),
    }
    columns = {name: pa.array(values.astype("datetime64[ms]")) for name, values in moments.items()}
    return {**columns, "identity_time_interval": _intervals(request, hour)}


def _intervals(request: Request, hour: Integers) -> Any:
    edges = (request.first_hour + np.arange(request.days * 24 + 1) * HOUR).astype("datetime64[s]").astype(str)
    texts = [f"{start}Z/{end}Z" for start, end in pairwise(edges)]
    return pa.DictionaryArray.from_arrays(pa.array(hour, pa.int32()), pa.array(texts))


def _line_item_ids(dice: np.random.Generator, size: int) -> Any:
    letters = ID_LETTERS[dice.integers(len(ID_LETTERS), size=size * ID_LENGTH, dtype=np.uint8)]
    offsets = np.arange(size + 1, dtype=np.int32) * ID_LENGTH
    return pa.StringArray.from_buffers(size, pa.py_buffer(offsets), pa.py_buffer(letters))


def main() -> None:
    request = _asked()
    started = time.perf_counter()
    parts = write_export(request)
    seconds = time.perf_counter() - started
    size = sum(part.stat().st_size for part in parts) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{request.rows} rows in {len(parts)} parts, {size:.0f} MB, {seconds:.1f} s, peak RSS {peak:.0f} MB"
    )


def _asked() -> Request:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--resources", type=int, default=25_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--month", default="2026-10", help="YYYY-MM")
    parser.add_argument("--format", choices=sorted(LAYOUTS), default="cur2")
    return Request(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
