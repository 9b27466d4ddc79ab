"""Files of an export on the local disk: what bills they hold, and their charges as a stream of CSV."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import IO

import duckdb

from cloudops.costs.formats import charges, cost_explorer, detect, slices, source
from cloudops.costs.formats.models import BillKey, Grain, Kind, Query
from cloudops.costs.models import Source, Totals

CHUNK = 1 << 17
MEMORY_LIMIT = "384MB"
NULL = r"\N"


@dataclass(frozen=True, kw_only=True)
class InspectedSlice:
    """One bill in a file, with the totals of its source columns to hold a load against."""

    billing_account_id: str
    period: date
    rows: int
    totals: Totals
    estimated_days: Sequence[date] = ()


@dataclass(frozen=True, kw_only=True)
class InspectedFile:
    source: Source
    slices: Sequence[InspectedSlice]


def source_of(kind: Kind) -> Source:
    return Source.FOCUS if kind.is_focus else Source(kind.value)


def inspect(file: Path) -> InspectedFile:
    """Raises an ExportRefusedError that says what is wrong with the file."""
    if cost_explorer.is_answer_file(file):
        return inspect_answer(file)
    with opened(file.parent) as connection:
        export = detect.recognise(connection, file)
        found = slices.slices(connection, export)
        controls = [slices.control_totals(connection, export, one) for one in found]
    return InspectedFile(
        source=source_of(export.kind),
        slices=[
            InspectedSlice(
                billing_account_id=one.billing_account_id,
                period=one.period_start,
                rows=control.rows,
                totals=control.billed,
            )
            for one, control in zip(found, controls, strict=True)
        ],
    )


def inspect_answer(file: Path) -> InspectedFile:
    """An answer of Cost Explorer does not say whose bill it is of."""
    return InspectedFile(
        source=Source.COST_EXPLORER,
        slices=[
            InspectedSlice(
                billing_account_id=cost_explorer.UNKNOWN_ACCOUNT,
                period=month.period,
                rows=len(month.costs),
                totals=month.totals,
                estimated_days=month.estimated_days,
            )
            for month in cost_explorer.read_answer(file)
        ],
    )


@contextmanager
def opened(directory: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with source.open_duckdb(memory_limit=MEMORY_LIMIT, temp_directory=directory) as connection:
        yield connection


@contextmanager
def stream_charges(
    file: Path, *, billing_account_id: str, period: date, grain: str
) -> Iterator[Iterator[bytes]]:
    """The charges of one bill as CSV in the order of CHARGE_COLUMNS, read while DuckDB still writes.

    The pipe keeps memory flat: neither side holds more of the text than a chunk. The first chunk, which DuckDB
    gives only once it has grouped the whole file, is there before the caller goes on.
    """
    if cost_explorer.is_answer_file(file):
        yield (
            row for month in cost_explorer.read_answer(file) if month.period == period for row in month.csv()
        )
        return
    with opened(file.parent) as connection:
        export = detect.recognise(connection, file)
        bill = BillKey(billing_account_id=billing_account_id, period_start=period)
        query = charges.charges_query(export, bill, Grain(grain))
        with piped(connection, query) as chunks:
            yield chunks


@contextmanager
def piped(connection: duckdb.DuckDBPyConnection, query: Query) -> Iterator[Iterator[bytes]]:
    reader, writer = os.pipe()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with source.refusing():
                connection.execute(
                    f"COPY ({query.sql}) TO '/proc/self/fd/{writer}'"
                    f" (FORMAT csv, HEADER false, NULLSTR '{NULL}', USE_TMP_FILE false)",
                    query.parameters,
                )
        except BaseException as error:  # noqa: BLE001 - it is raised again where the chunks are read.
            failures.append(error)
        finally:
            os.close(writer)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        with open(reader, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor has no path.
            chunks = read_chunks(file, thread, failures)
            first = list(islice(chunks, 1))
            yield chain(first, chunks)
    finally:
        # A reader that gave up has closed its end by now, which ends the writer too.
        thread.join()


def read_chunks(file: IO[bytes], writer: threading.Thread, failures: list[BaseException]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
    # That nothing more comes does not tell that all was written.
    writer.join()
    if failures:
        raise failures[0]
