"""The table function that reads an export file, and the connection that runs it."""

import glob
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from cloudops.costs.formats.errors import (
    DamagedFileError,
    ExportRefusedError,
    RaggedRowError,
    UndecodableTextError,
)
from cloudops.costs.formats.models import Container, Export

NULL_WORDS = {False: "['']", True: "['', 'NULL', 'null']"}
LINE_LIMIT = 2 * 1024 * 1024
# Unasked, DuckDB takes 32 times the longest line per buffer, which no small memory limit allows for.
BUFFER_SIZE = 4 * LINE_LIMIT
# What no file is to blame for.
OWN_FAULTS = (
    duckdb.OutOfMemoryException,
    duckdb.InterruptException,
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
)
# An IOException speaks of our disk or pipe, but for these: the file ends before what it promises.
ENDS_EARLY = ("Could not read enough bytes from file", "GZIP stream")


def open_duckdb(
    *, memory_limit: str = "1GB", temp_directory: Path | None = None, threads: int = 2
) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills to `temp_directory` and never loads an extension."""
    connection = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "temp_directory": str(temp_directory or ""),
            "threads": threads,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "enable_external_file_cache": False,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def table_of(export: Export, *, numbered: bool = False) -> str:
    """`FROM` item with the columns c0, c1, ...; the path is the parameter `path`.

    `numbered` adds `file_row_number`, which only Parquet has.
    """
    names = [f"c{position}" for position in range(len(export.columns))]
    if export.container is Container.PARQUET:
        number = ", file_row_number = true" if numbered else ""
        aliases = ", ".join([*names, "file_row_number"] if numbered else names)
        options = "binary_as_string = true, hive_partitioning = false, union_by_name = false"
        return f"read_parquet($path, {options}{number}) AS source_file({aliases})"
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    compression = "gzip" if export.container is Container.GZIPPED_CSV else "none"
    return (
        f"read_csv($path, columns = {{{columns}}}, compression = '{compression}', header = true,"
        f" auto_detect = false, delim = ',', quote = '\"', escape = '\"', strict_mode = true,"
        f" nullstr = {NULL_WORDS[export.kind.is_focus]}, max_line_size = {LINE_LIMIT},"
        f" buffer_size = {BUFFER_SIZE}, hive_partitioning = false)"
    )


def path_parameter(path: Path) -> str:
    """The path as DuckDB takes it: a name with an asterisk or a bracket in it stays one name."""
    return glob.escape(str(path))


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what DuckDB says about a file into a refusal that people understand.

    What says nothing about the file, such as a full disk, passes: trying again may help, and delivering anew not.
    """
    try:
        yield
    except OWN_FAULTS:
        raise
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and not ends_early(str(error)):
            raise
        raise refusal_of(str(error)) from error


def ends_early(message: str) -> bool:
    return any(words in message for words in ENDS_EARLY)


def refusal_of(message: str) -> ExportRefusedError:
    line = line_in(message)
    if "not utf-8" in message.lower() or "invalid unicode" in message.lower():
        return UndecodableTextError(f"{line}there is text that is not UTF-8")
    if "Expected Number of Columns" in message:
        return RaggedRowError(f"{line}{counts_in(message)}")
    if "unterminated quote" in message:
        return RaggedRowError(f"{line}a quotation mark opens a value and nothing closes it")
    if "Maximum line size" in message:
        return RaggedRowError(f"{line}the line is longer than {LINE_LIMIT // 1024**2} MB")
    return DamagedFileError(f"the file cannot be read to its end: {message.splitlines()[0]}")


def line_in(message: str) -> str:
    found = re.search(r"CSV Error on Line: (\d+)", message)
    return f"line {found[1]}: " if found else ""


def counts_in(message: str) -> str:
    found = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    return f"the row has {found[2]} columns and the header {found[1]}" if found else "it has other columns"
