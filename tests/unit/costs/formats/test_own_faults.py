"""What fails on our side of the reading says nothing about the file, so that it is no refusal."""

from pathlib import Path

import duckdb
import pytest
from export_files import FOCUS_ROW, write_csv, write_parquet

from cloudops.costs.exports import piped
from cloudops.costs.formats.detect import recognise
from cloudops.costs.formats.errors import DamagedFileError
from cloudops.costs.formats.models import Query
from cloudops.costs.formats.source import open_duckdb, refusing, table_of
from tests.unit.costs.full_pipes import full_pipes

ROWS = Query(sql="SELECT range FROM range(300000)", parameters={})


def test_a_pipe_that_cannot_be_opened_is_our_fault(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.IOException, match="No such file"), refusing():
        connection.execute(f"COPY ({ROWS.sql}) TO '/proc/self/fd/9999' (FORMAT csv, USE_TMP_FILE false)")


def test_a_pipe_that_cannot_be_written_is_our_fault(connection: duckdb.DuckDBPyConnection) -> None:
    with (
        full_pipes(),
        pytest.raises(duckdb.IOException, match="No space left"),
        piped(connection, ROWS) as chunks,
    ):
        list(chunks)


def test_a_directory_that_cannot_be_spilled_into_is_our_fault(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.touch()

    with (
        open_duckdb(memory_limit="64MB", temp_directory=taken / "spill") as small,
        pytest.raises(duckdb.IOException, match="Not a directory"),
        refusing(),
    ):
        small.execute("SELECT md5(range::VARCHAR) AS one FROM range(3000000) ORDER BY one").fetchall()


def test_an_export_that_is_gone_is_our_fault(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    export = recognise(connection, write_csv(tmp_path / "one.csv", [FOCUS_ROW]))
    first = f"SELECT max(c0) FROM {table_of(export)}"  # noqa: S608 - our own file.
    export.path.unlink()

    with pytest.raises(duckdb.IOException, match="No files found"), refusing():
        connection.execute(first, {"path": str(export.path)})


def test_pages_that_end_before_the_footer_says_are_the_files_fault(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "short.parquet"
    write_parquet(path, "SELECT random() AS one FROM range(50000)")
    content = path.read_bytes()
    path.write_bytes(content[:4] + content[-400:])

    with pytest.raises(DamagedFileError), refusing():
        connection.execute("SELECT sum(one) FROM read_parquet($path)", {"path": str(path)}).fetchall()


def test_a_gzip_stream_that_ends_early_is_the_files_fault(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "short.csv.gz", [FOCUS_ROW] * 100)
    export = recognise(connection, path)
    first = f"SELECT max(c0) FROM {table_of(export)}"  # noqa: S608 - our own file.
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(DamagedFileError, match="Unexpected end of GZIP stream"), refusing():
        connection.execute(first, {"path": str(path)}).fetchall()
