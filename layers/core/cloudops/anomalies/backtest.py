"""Replays detection over a CSV file of series: one verdict per row, in file order, on what was known by that row.

python -m cloudops.anomalies.backtest FILE [--kind cost|metric] [--json]
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from cloudops.anomalies.cost_detector import judge_costs
from cloudops.anomalies.metric_detector import judge_metric
from cloudops.anomalies.models import (
    DEFAULT_COST_SETTINGS,
    DEFAULT_METRIC_SETTINGS,
    CostSettings,
    DailySeries,
    Floats,
    MetricSeries,
    MetricSettings,
)
from cloudops.anomalies.verdict import Verdict
from cloudops.errors import InvalidError

Kind = Literal["cost", "metric"]
SIGHT_COLUMNS = ("first_sight", "second_sight", "one_off")
NUMBERS = {"cost": ("value", *SIGHT_COLUMNS), "metric": ("value",)}


class UnreadableSeriesError(InvalidError, ValueError):
    """The series file cannot be read."""


@dataclass(frozen=True, slots=True)
class Row:
    """`numbers` are value, first sight, second sight, one-off for cost and the value alone for metrics."""

    series: str
    timestamp: str
    at: datetime
    numbers: tuple[float, ...]


def replay(
    source: str | Path | Iterable[str],
    kind: Kind | None = None,
    *,
    cost_settings: CostSettings = DEFAULT_COST_SETTINGS,
    metric_settings: MetricSettings = DEFAULT_METRIC_SETTINGS,
) -> Iterator[dict[str, object]]:
    """`source` is a path, or the lines of a CSV file; the kind is guessed from its columns where it is not given.

    Raises UnreadableSeriesError naming the row and the column.
    """
    lines = (
        Path(source).read_text(encoding="utf-8-sig").splitlines()
        if isinstance(source, str | Path)
        else source
    )
    kind, rows = _read(lines, kind)
    members: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        members.setdefault(row.series, []).append(index)
    judged = (
        _judge_costs(rows, members, cost_settings)
        if kind == "cost"
        else _judge_metrics(rows, members, metric_settings)
    )
    verdicts = dict(judged)
    for index, row in enumerate(rows):
        yield _answer(row, verdicts[index])


def _read(lines: Iterable[str], kind: Kind | None) -> tuple[Kind, list[Row]]:
    reader = csv.reader(lines)
    header = [name.strip() for name in next(reader, [])]
    table = [(number, cells) for number, cells in enumerate(reader, start=2) if cells]
    kind = kind or _guess(header, table)
    required = ("series", "timestamp", "value") if kind == "cost" else ("timestamp", "value")
    for column in required:
        if column not in header:
            raise UnreadableSeriesError(f"a {kind} file needs a column {column}", field=column)
    places = [
        header.index(name) if name in header else None for name in ("series", "timestamp", *NUMBERS[kind])
    ]
    return kind, [_row(number, cells, header, places) for number, cells in table]


def _guess(header: list[str], table: list[tuple[int, list[str]]]) -> Kind:
    """Sights only exist for cost; without them, series of whole days are taken for cost."""
    if any(name in header for name in SIGHT_COLUMNS):
        return "cost"
    if "series" not in header or "timestamp" not in header:
        return "metric"
    place = header.index("timestamp")
    daily = all(len(cells) > place and len(cells[place].strip()) == len("2026-01-31") for _, cells in table)
    return "cost" if daily else "metric"


def _row(number: int, cells: list[str], header: list[str], places: Sequence[int | None]) -> Row:
    if len(cells) != len(header):
        raise UnreadableSeriesError(
            f"row {number} has {len(cells)} cells for {len(header)} columns", field="row"
        )
    series, timestamp, *numbers = ("" if place is None else cells[place] for place in places)
    names = [header[place] for place in places[2:] if place is not None]
    found = iter(names)
    read = tuple(
        np.nan if place is None else _number(text, number, next(found))
        for text, place in zip(numbers, places[2:], strict=True)
    )
    return Row(series, timestamp, _time(timestamp, number), read)


def _number(text: str, row: int, column: str) -> float:
    try:
        value = float(text) if text.strip() else np.nan
    except ValueError as error:
        raise UnreadableSeriesError(
            f"row {row}, column {column}: {text!r} is not a number", field=column
        ) from error
    if np.isinf(value):
        raise UnreadableSeriesError(f"row {row}, column {column}: {text!r} is not finite", field=column)
    return value


def _time(text: str, row: int) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UnreadableSeriesError(
            f"row {row}, column timestamp: {text!r} is not a time", field="timestamp"
        ) from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _judge_costs(
    rows: list[Row], members: dict[str, list[int]], settings: CostSettings
) -> Iterator[tuple[int, Verdict]]:
    series = [_daily(key, rows, own) for key, own in members.items()]
    for one, own, verdicts in zip(
        series, members.values(), judge_costs(series, settings=settings), strict=True
    ):
        for index in own:
            yield index, verdicts[(rows[index].at.date() - one.first_day).days]


def _daily(key: str, rows: list[Row], own: list[int]) -> DailySeries:
    days = [rows[index].at.date() for index in own]
    first = min(days)
    cost = np.full((len(NUMBERS["cost"]), (max(days) - first).days + 1), np.nan)
    seen: set[int] = set()
    for index, day in zip(own, days, strict=True):
        place = (day - first).days
        if place in seen:
            raise UnreadableSeriesError(f"series {key!r} has two rows for {day}", field="timestamp")
        seen.add(place)
        cost[:, place] = rows[index].numbers
    settled, first_sight, second_sight, one_off = cost
    return DailySeries(
        key=key,
        first_day=first,
        settled=settled,
        first_sight=first_sight,
        second_sight=second_sight,
        one_off=one_off,
    )


def _judge_metrics(
    rows: list[Row], members: dict[str, list[int]], settings: MetricSettings
) -> Iterator[tuple[int, Verdict]]:
    for key, own in members.items():
        in_time = sorted(own, key=lambda index: rows[index].at)
        verdicts = judge_metric(_metric(key, [rows[index] for index in in_time]), settings=settings)
        yield from zip(in_time, verdicts, strict=True)


def _metric(key: str, rows: list[Row]) -> MetricSeries:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    microseconds = [(row.at - epoch) // timedelta(microseconds=1) for row in rows]
    values: Floats = np.array([row.numbers[0] for row in rows])
    return MetricSeries(key=key, timestamps=np.array(microseconds).astype("datetime64[us]"), values=values)


def _answer(row: Row, verdict: Verdict) -> dict[str, object]:
    return {
        "series": row.series,
        "timestamp": row.timestamp,
        "observed": verdict.observed,
        "expected": verdict.expected,
        "lower": verdict.lower,
        "upper": verdict.upper,
        "score": verdict.score,
        "anomaly": verdict.anomaly,
        "rule": verdict.rule,
        "model_version": verdict.model_version,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="backtest", description="Replay detection over a CSV file of series."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--kind", choices=("cost", "metric"))
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    options = parser.parse_args(arguments)
    try:
        for answer in replay(options.file, options.kind):
            if options.json:
                sys.stdout.write(json.dumps(answer) + "\n")
            elif answer["anomaly"]:
                sys.stdout.write(
                    "{timestamp} {series} {rule}: {observed} against {expected}\n".format_map(answer)
                )
    except (UnreadableSeriesError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
