from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from local.demo import (
    applications,
    commitments,
    compute,
    cur2,
    databases,
    disks,
    exports,
    network,
    storage,
    truth,
)
from local.demo.changes import Changes
from local.demo.incidents import (
    INCIDENTS,
    LOAD_TEST,
    RESERVATION_PURCHASE,
    Incident,
    Plot,
    label,
    month_start_batches,
)
from local.demo.invoice import invoice_lines
from local.demo.lines import Lines, Scenario
from local.demo.organization import PAYER
from local.demo.timeline import Timeline
from local.demo.truth import DemoTruth, exact

EXPORT_NAME = "larkmoor-cur2"
BUCKET = "larkmoor-billing"


def generate(
    directory: Path, *, end: date, days: int = 365, seed: int = 7, bucket: str = BUCKET, prefix: str = ""
) -> DemoTruth:
    """Writes the export, `truth.json` and `incidents.json`; `end` is the last day with cost.

    `directory` stands for the root of `bucket`: objects lie under `directory/prefix/EXPORT_NAME`. The same
    arguments give the same files, byte for byte.
    """
    scenario = Scenario(timeline=Timeline(end=end, days=days), seed=seed)
    export = _export(directory, bucket, prefix)
    series = _series(scenario)
    rows = cur2.table(scenario, series)
    for period, month in exports.months(rows):
        exports.write_month(export, period, month, delivered=exports.delivery_time(period, end=end))
    measured = _measured(scenario, series, rows, directory)
    _write_json(directory / "truth.json", truth.document(measured))
    _write_json(directory / "incidents.json", truth.labels_document(measured))
    return measured


def prolong(
    directory: Path,
    *,
    present: date,
    days: int,
    until: date,
    changes: Changes,
    seed: int = 7,
    bucket: str = BUCKET,
    prefix: str = "",
) -> None:
    """Bills the days after `present`, up to `until`, of an export that was written with `days` up to `present`.

    Its month and those after it are delivered anew; of the days up to `present` they tell the same.
    """
    ahead = (until - present).days
    timeline = Timeline(end=until, days=days + ahead, present=present)
    scenario = Scenario(timeline=timeline, seed=seed, changes=changes)
    export = _export(directory, bucket, prefix)
    delivered = datetime.combine(until + timedelta(days=1), time(6), tzinfo=UTC)
    for period, month in exports.months(cur2.table(scenario, _series(scenario))):
        if period >= f"{present:%Y-%m}":
            exports.write_month(export, period, month, delivered=delivered)


def _export(directory: Path, bucket: str, prefix: str) -> exports.Export:
    return exports.Export(
        directory=directory, name=EXPORT_NAME, account_id=PAYER.number, bucket=bucket, prefix=prefix
    )


def _series(scenario: Scenario) -> list[Lines]:
    charged = list(chain.from_iterable(_charges(scenario)))
    return [*charged, *invoice_lines(scenario, charged)]


def _charges(scenario: Scenario) -> Iterator[Iterator[Lines]]:
    yield compute.instance_lines(scenario)
    yield commitments.commitment_lines(scenario)
    yield disks.volume_lines(scenario)
    yield disks.snapshot_lines(scenario)
    yield databases.database_lines(scenario)
    yield databases.table_lines(scenario)
    yield databases.cache_lines(scenario)
    yield databases.warehouse_lines(scenario)
    yield storage.bucket_lines(scenario)
    yield storage.image_lines(scenario)
    yield network.network_lines(scenario)
    yield applications.application_lines(scenario)


def _measured(scenario: Scenario, series: Sequence[Lines], rows: Any, directory: Path) -> DemoTruth:
    timeline = scenario.timeline
    benign = (LOAD_TEST, RESERVATION_PURCHASE, *month_start_batches(timeline))
    return truth.measure(
        rows.select(truth.COLUMNS).to_pylist(),
        directory=directory,
        export_name=EXPORT_NAME,
        days=(timeline.dates[0].astype(date), timeline.end),
        incidents=_labels(INCIDENTS, series, timeline),
        benign=_labels(benign, series, timeline),
    )


def _labels(plots: Sequence[Plot], series: Sequence[Lines], timeline: Timeline) -> tuple[Incident, ...]:
    return tuple(_label(plot, series, timeline) for plot in plots if plot.shown_by(timeline))


def _label(plot: Plot, series: Sequence[Lines], timeline: Timeline) -> Incident:
    """The extra cost and the resources of a plot are read off the lines it caused."""
    caused = [lines for lines in series if lines.cause is plot]
    extra = sum((exact(float(cost)) for lines in caused for cost in lines.extra), Decimal(0))
    resources = sorted({lines.labels["line_item_resource_id"] for lines in caused})
    return label(plot, timeline, extra=round(extra, 6), resources=resources)


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n")
