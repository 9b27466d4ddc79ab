"""Closed rows as a Parquet file: their id, when they were closed, and all of their columns as JSON."""

import io
from collections.abc import Iterator, Sequence
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from cloudops.errors import UnavailableError
from cloudops.retention.models import ClosedRow

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("closed_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("content", pa.string(), nullable=False),
        pa.field("digest", pa.string(), nullable=False),
    ]
)


class DamagedArchiveError(UnavailableError):
    """The archive is not the one that was written."""


def to_parquet(rows: Sequence[ClosedRow]) -> bytes:
    columns = [
        [str(row.id) for row in rows],
        [row.closed_at for row in rows],
        [row.content for row in rows],
        [row.digest for row in rows],
    ]
    file = io.BytesIO()
    pq.write_table(pa.table(columns, schema=SCHEMA), file, compression="zstd")
    return file.getvalue()


def from_parquet(content: bytes) -> Iterator[ClosedRow]:
    """Raises DamagedArchiveError."""
    try:
        table = pq.read_table(io.BytesIO(content), schema=SCHEMA)
    except pa.ArrowException as error:
        raise DamagedArchiveError(str(error)) from error
    for row in table.to_pylist():
        yield ClosedRow(**{**row, "id": UUID(row["id"])})
