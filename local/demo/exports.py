"""The layout in which AWS Data Exports delivers a CUR 2.0 export with overwriting."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MANIFEST_TYPES = {pa.types.is_map: "map", pa.types.is_timestamp: "timestamp", pa.types.is_floating: "double"}


@dataclass(frozen=True, kw_only=True)
class Export:
    """Where an export lies: `directory` is the root of `bucket`, under which manifests name their files."""

    directory: Path
    name: str
    account_id: str
    bucket: str
    prefix: str = ""

    @property
    def key(self) -> str:
        return f"{self.prefix}/{self.name}" if self.prefix else self.name

    def data_key(self, period: str, part: int) -> str:
        return f"{self.key}/data/BILLING_PERIOD={period}/{self.name}-{part:05d}.snappy.parquet"

    def manifest_key(self, period: str) -> str:
        return f"{self.key}/metadata/BILLING_PERIOD={period}/{self.name}-Manifest.json"

    def path(self, key: str) -> Path:
        path = self.directory / key
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def write_month(export: Export, period: str, rows: Any, *, delivered: datetime) -> None:
    """The data first: a manifest says that its files are complete."""
    key = export.data_key(period, 1)
    pq.write_table(rows, export.path(key), compression="snappy")
    write_manifest(export, period, schema=rows.schema, keys=[key], delivered=delivered)


def write_manifest(
    export: Export, period: str, *, schema: Any, keys: Sequence[str], delivered: datetime
) -> None:
    manifest = _manifest(export, period, schema=schema, keys=keys, delivered=delivered)
    export.path(export.manifest_key(period)).write_text(json.dumps(manifest, indent=1) + "\n")


def _manifest(
    export: Export, period: str, *, schema: Any, keys: Sequence[str], delivered: datetime
) -> Mapping[str, Any]:
    start, end = bounds(period)
    arn = f"arn:aws:bcm-data-exports:us-east-1:{export.account_id}:export/{export.name}"
    return {
        "executionId": str(uuid5(NAMESPACE_URL, f"{arn}/{period}/{delivered.isoformat()}")),
        "exportName": export.name,
        "exportArn": arn,
        "account": export.account_id,
        "createdAt": delivered.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "billingPeriod": {"start": f"{start}T00:00:00.000Z", "end": f"{end}T00:00:00.000Z"},
        "compression": "PARQUET",
        "contentType": "PARQUET",
        "columns": [{"name": column.name, "type": _manifest_type(column.type)} for column in schema],
        "dataFiles": [f"s3://{export.bucket}/{key}" for key in keys],
    }


def _manifest_type(kind: Any) -> str:
    return next((name for fits, name in MANIFEST_TYPES.items() if fits(kind)), "string")


def bounds(period: str) -> tuple[date, date]:
    """The first day of a month written YYYY-MM, and the first day of the next."""
    start = date.fromisoformat(f"{period}-01")
    return start, (start + timedelta(days=31)).replace(day=1)


def months(rows: Any) -> Iterator[tuple[str, Any]]:
    """The rows of each billing period, oldest first."""
    period = pc.strftime(rows["bill_billing_period_start_date"], format="%Y-%m")
    for name in sorted(pc.unique(period).to_pylist()):
        yield name, rows.filter(pc.equal(period, name))


def delivery_time(period: str, *, end: date) -> datetime:
    """A closed month was last delivered early in the next one, the open month after its last day."""
    _, closing = bounds(period)
    day = min(closing + timedelta(days=5), end + timedelta(days=1))
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
