"""Closed rows into archives and back. A row is deleted once its archive was read back and found to be whole."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.use_cases import record
from cloudops.errors import UnavailableError
from cloudops.platform.database import Connection
from cloudops.retention import repository
from cloudops.retention.models import ARCHIVED, Archive, ArchivedTable, ClosedRow, before, key_of
from cloudops.retention.parquet import DamagedArchiveError, from_parquet, to_parquet
from cloudops.retention.use_cases import event_of, show_retention

type Transactions = Callable[[], AbstractContextManager[Connection]]


class NotArchivedError(UnavailableError):
    """Rows of some tenants could not be archived."""


class Files(Protocol):
    """Where archives lie."""

    def put(self, key: str, content: bytes) -> None: ...

    def read(self, key: str) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows of one table that were closed in one quarter."""

    table: ArchivedTable
    quarter: date
    rows: Sequence[ClosedRow]


def archive_rows(
    transactions: Transactions, files: Files, tenant_id: UUID, *, now: datetime
) -> dict[str, int]:
    """Archive what is past its retention; rows by table. No transaction waits for S3."""
    moved = {}
    for table in ARCHIVED:
        with transactions() as connection:
            past = before(show_retention(connection, table.name).hot_days, now)
            quarters = repository.list_quarters(connection, table, before=past, now=now)
        moved[table.name] = 0
        for quarter in quarters:
            found = batches(transactions, table, quarter, past=past, now=now)
            settle = copy if table.kept else move
            moved[table.name] += settle(transactions, files, tenant_id, found, now=now)
    return moved


def copy(
    transactions: Transactions, files: Files, tenant_id: UUID, found: Iterable[Batch], *, now: datetime
) -> int:
    """Archive all of a quarter or nothing of it; how many rows that were.

    Of what is written only the archives are held: a quarter of the trail may be half a million rows.
    """
    written = [write(files, tenant_id, batch, now=now) for batch in found]
    with transactions() as connection:
        for archive in written:
            note(connection, archive, "were copied to the archive")
    return sum(archive.row_count for archive in written)


def move(
    transactions: Transactions, files: Files, tenant_id: UUID, found: Iterable[Batch], *, now: datetime
) -> int:
    """Archive file by file, and delete each file's rows that nobody changed meanwhile; how many those were."""
    moved = 0
    for batch in found:
        archive = write(files, tenant_id, batch, now=now)
        with transactions() as connection:
            note(connection, archive, "were archived")
            moved += repository.delete_rows(connection, batch.table, batch.rows)
    return moved


def batches(
    transactions: Transactions, table: ArchivedTable, quarter: date, *, past: datetime, now: datetime
) -> Iterator[Batch]:
    last: ClosedRow | None = None
    while True:
        with transactions() as connection:
            rows = repository.list_closed_rows(
                connection, table, quarter, before=past, now=now, after=last, limit=table.rows_per_file
            )
        if not rows:
            return
        yield Batch(table=table, quarter=quarter, rows=rows)
        last = rows[-1]


def write(files: Files, tenant_id: UUID, batch: Batch, *, now: datetime) -> Archive:
    """Raises DamagedArchiveError where what is read back is not what was written."""
    archive_id, content = uuid4(), to_parquet(batch.rows)
    archive = Archive(
        id=archive_id,
        table_name=batch.table.name,
        quarter=batch.quarter,
        key=key_of(tenant_id, batch.table, batch.quarter, archive_id),
        row_count=len(batch.rows),
        byte_count=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=now,
        restored_at=None,
    )
    files.put(archive.key, content)
    if read_back(files, archive) != [in_utc(row) for row in batch.rows]:
        raise DamagedArchiveError(f"{archive.key} does not hold the rows that were written")
    return archive


def read_back(files: Files, archive: Archive) -> list[ClosedRow]:
    """Raises DamagedArchiveError."""
    content = files.read(archive.key)
    if hashlib.sha256(content).hexdigest() != archive.sha256:
        raise DamagedArchiveError(f"{archive.key} has another checksum than when it was written")
    rows = list(from_parquet(content))
    if len(rows) != archive.row_count:
        raise DamagedArchiveError(f"{archive.key} holds {len(rows)} rows of {archive.row_count}")
    return [in_utc(row) for row in rows]


def in_utc(row: ClosedRow) -> ClosedRow:
    return ClosedRow(
        id=row.id, closed_at=row.closed_at.astimezone(UTC), content=row.content, digest=row.digest
    )


def note(connection: Connection, archive: Archive, what: str) -> None:
    repository.insert_archive(connection, archive)
    record(connection, event_of(archive, "archived", what, actor=Actor()))


def restore(connection: Connection, archive: Archive, rows: Sequence[ClosedRow], *, now: datetime) -> None:
    repository.restore_rows(connection, archive.id, rows, now=now)
    record(connection, event_of(archive, "restored", "are readable again", actor=Actor()))
