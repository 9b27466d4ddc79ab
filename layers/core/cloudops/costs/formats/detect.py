"""Which export a file is, by what is in it; its name counts for nothing."""

import csv
import gzip
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO

import duckdb

from cloudops.costs.formats import cur, focus
from cloudops.costs.formats.cells import squash
from cloudops.costs.formats.errors import (
    DamagedFileError,
    MissingColumnsError,
    NoRowsError,
    TooLargeError,
    UndecodableTextError,
    UnknownFormatError,
    UnsupportedArchiveError,
)
from cloudops.costs.formats.models import Caps, Column, Container, Export, Kind
from cloudops.costs.formats.parquet_footer import read_footer

PARQUET, GZIP, ZIP = b"PAR1", b"\x1f\x8b", b"PK\x03\x04"
BLOCK = 1024 * 1024
FOCUS_SIGNS = ("BilledCost", "ChargePeriodStart", "ChargeCategory")
CUR_SIGNS = ("line_item_line_item_type", "line_item_unblended_cost", "bill_payer_account_id")
CUR2_SIGNS = ("product", "resource_tags", "bill_payer_account_name", "line_item_usage_account_name")


def recognise(connection: duckdb.DuckDBPyConnection, path: Path, *, caps: Caps | None = None) -> Export:
    """Tell what export a local file is. Raises an `ExportRefusedError` that says what is wrong with it.

    A gzipped file is read to its end, because nothing else finds a damaged one.
    """
    caps = caps or Caps()
    container = container_of(path)
    if container is Container.PARQUET:
        columns = read_footer(connection, path, caps)
    else:
        columns = csv_columns(path, container, caps)
    if len(columns) > caps.columns:
        raise TooLargeError(f"it has {len(columns):,} columns; {caps.columns:,} are read at most")
    kind = kind_of([column.name for column in columns], container)
    require(columns, focus.REQUIRED if kind.is_focus else cur.REQUIRED, kind)
    return Export(path=path, kind=kind, container=container, columns=columns)


def container_of(path: Path) -> Container:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(size - 4, 0))
        tail = file.read(4)
    if size == 0:
        raise NoRowsError("the file is empty")
    if PARQUET in (head, tail):
        if head != tail:
            raise DamagedFileError("the Parquet file is cut off: its footer is missing")
        return Container.PARQUET
    if head == ZIP:
        raise UnsupportedArchiveError("it is a zip archive; deliver it as gzip, as Parquet or unpacked")
    return Container.GZIPPED_CSV if head.startswith(GZIP) else Container.CSV


def csv_columns(path: Path, container: Container, caps: Caps) -> tuple[Column, ...]:
    if container is Container.GZIPPED_CSV:
        verify_gzip(path, caps)
    elif path.stat().st_size > caps.unpacked_bytes:
        raise TooLargeError(f"it is larger than {caps.unpacked_bytes / 1024**3:,.0f} GB")
    try:
        with open_text(path, container) as text:
            rows = csv.reader(text, strict=True)
            header, first_row = next(rows, []), next(rows, None)
    except UnicodeDecodeError as error:
        raise UndecodableTextError("the text is not UTF-8") from error
    except csv.Error as error:
        raise UnknownFormatError(f"it is neither Parquet nor CSV: {error}") from error
    if first_row is None:
        raise NoRowsError(f"the file holds {'a header' if header else 'nothing'} and no rows")
    return tuple(Column(name=name.strip()) for name in header)


def open_text(path: Path, container: Container) -> IO[str]:
    if container is Container.GZIPPED_CSV:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def verify_gzip(path: Path, caps: Caps) -> None:
    """DuckDB ignores the checksum at the end of a gzip stream; a flipped bit may read as another number."""
    unpacked = 0
    try:
        with gzip.open(path) as stream:
            while block := stream.read(BLOCK):
                unpacked += len(block)
                if unpacked > caps.unpacked_bytes:
                    raise TooLargeError(f"it unpacks to more than {caps.unpacked_bytes / 1024**3:,.0f} GB")
    except EOFError as error:
        raise DamagedFileError("the gzip stream is cut off before its end") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DamagedFileError(f"the gzip stream is damaged: {error}") from error


def kind_of(names: Sequence[str], container: Container) -> Kind:
    known = {squash(name) for name in names}
    if has_any(known, FOCUS_SIGNS):
        return focus_version(known)
    if not has_any(known, CUR_SIGNS):
        raise UnknownFormatError(f"neither CUR nor FOCUS has its columns: {listed(names)}")
    if any("/" in name for name in names):
        return Kind.CUR1
    return Kind.CUR2 if has_any(known, CUR2_SIGNS) or container is not Container.PARQUET else Kind.CUR1


def focus_version(known: Collection[str]) -> Kind:
    if has_any(known, focus.NEW_IN_1_2):
        return Kind.FOCUS_1_2
    return Kind.FOCUS_1_1 if has_any(known, focus.NEW_IN_1_1) else Kind.FOCUS_1_0


def has_any(known: Collection[str], names: Sequence[str]) -> bool:
    return any(squash(name) in known for name in names)


def require(columns: Sequence[Column], required: Sequence[str], kind: Kind) -> None:
    known = {squash(column.name) for column in columns}
    missing = [name for name in required if squash(name) not in known]
    if missing:
        standard = "FOCUS" if kind.is_focus else "CUR"
        raise MissingColumnsError(f"mandatory {standard} columns are missing: {', '.join(missing)}")


def listed(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(name[:60] for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
