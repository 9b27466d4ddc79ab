"""Events as CSV and Parquet, written as they stream in."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import batched
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cloudops.audit.models import ExportedEvent
from cloudops.platform.listing import cell

ROWS_PER_GROUP = 10_000
COLUMNS = tuple(field.name for field in fields(ExportedEvent))
# Everything but these is text, ids included.
TYPES = {"seq": pa.int64(), "created_at": pa.timestamp("us", tz="UTC")}
OPTIONAL = {"user_id", "team_id", "project_id", "entity_id"}
SCHEMA = pa.schema(
    [pa.field(name, TYPES.get(name, pa.string()), nullable=name in OPTIONAL) for name in COLUMNS]
)


def write_csv(events: Iterable[ExportedEvent], path: Path) -> int:
    """The number of rows. What a spreadsheet would run as a formula begins with an apostrophe."""
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for event in events:
            values = {**vars(event), "created_at": event.created_at.isoformat()}
            writer.writerow([cell(values[name]) for name in COLUMNS])
            rows += 1
    return rows


def write_parquet(events: Iterable[ExportedEvent], path: Path) -> int:
    """The number of rows."""
    rows = 0
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for group in batched(events, ROWS_PER_GROUP):
            writer.write_table(pa.table(list(columns_of(group)), schema=SCHEMA))
            rows += len(group)
    return rows


def columns_of(events: Iterable[ExportedEvent]) -> Iterator[list[object]]:
    rows = [vars(event) for event in events]
    for name in COLUMNS:
        values = [row[name] for row in rows]
        yield values if name in TYPES else [None if value is None else str(value) for value in values]


WRITERS: Mapping[str, Callable[[Iterable[ExportedEvent], Path], int]] = {
    "csv": write_csv,
    "parquet": write_parquet,
}
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
