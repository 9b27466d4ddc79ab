"""What the footer of a Parquet file promises: its columns and how much there is to read."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from cloudops.costs.formats.errors import DamagedFileError, NoRowsError, TooLargeError
from cloudops.costs.formats.models import Caps, Column
from cloudops.costs.formats.source import path_parameter, refusing

SCHEMA = "SELECT name, num_children FROM parquet_schema($path) ORDER BY column_id"
TYPES = "DESCRIBE SELECT * FROM read_parquet($path, binary_as_string = true, hive_partitioning = false)"
PROMISED_ROWS = "SELECT num_rows FROM parquet_file_metadata($path)"
ROW_GROUPS = """
SELECT coalesce(sum(row_group_num_rows) FILTER (WHERE column_id = 0), 0),
    coalesce(sum(total_uncompressed_size), 0)
FROM parquet_metadata($path)"""

Node = tuple[str, int | None]


def read_footer(connection: duckdb.DuckDBPyConnection, path: Path, caps: Caps) -> tuple[Column, ...]:
    """The columns under the names that the file gives them; DuckDB renames those that differ in case only."""
    parameters = {"path": path_parameter(path)}
    with refusing():
        names = top_level(connection.execute(SCHEMA, parameters).fetchall())
        check_size(connection, parameters, len(names), caps)
        described = connection.execute(TYPES, parameters).fetchall()
    return tuple(Column(name=name, type=row[1]) for name, row in zip(names, described, strict=True))


def check_size(
    connection: duckdb.DuckDBPyConnection, parameters: Mapping[str, str], columns: int, caps: Caps
) -> None:
    (promised,) = connection.execute(PROMISED_ROWS, parameters).fetchall()[0]
    rows, unpacked_bytes = connection.execute(ROW_GROUPS, parameters).fetchall()[0]
    if rows != promised:
        raise DamagedFileError(f"the footer promises {promised:,} rows and its row groups hold {rows:,}")
    if rows == 0:
        raise NoRowsError("the file holds columns and no rows")
    if rows > caps.rows or rows * columns > caps.cells:
        raise TooLargeError(f"it holds {rows:,} rows of {columns:,} columns; {caps.rows:,} rows are the most")
    if unpacked_bytes > caps.unpacked_bytes:
        raise TooLargeError(f"it unpacks to more than {caps.unpacked_bytes / 1024**3:,.0f} GB")


def top_level(nodes: Sequence[Node]) -> list[str]:
    """The names below the root of a schema: its nodes depth first, each with its number of children."""
    names = []
    place = 1
    while place < len(nodes):
        names.append(nodes[place][0])
        place = after_subtree(nodes, place)
    return names


def after_subtree(nodes: Sequence[Node], place: int) -> int:
    open_nodes = 1
    while open_nodes:
        open_nodes += (nodes[place][1] or 0) - 1
        place += 1
    return place
