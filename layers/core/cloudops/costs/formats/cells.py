"""SQL that turns the cells of an export into text, amounts and times, whatever the file's own types are.

Columns are addressed by position (c0, c1, ...), so that no name out of a file ever becomes part of a query.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cloudops.costs.formats.models import Column, Container, Export

AMOUNT = "DECIMAL(38, 15)"
# FOCUS forbids currency signs and separators of thousands; people's spreadsheets add them all the same. They
# are read where they can mean one thing only: groups of three, and a dollar sign or a decimal point to tell.
SPREADSHEET_AMOUNT = (
    r"-?\$[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?|-?\$[0-9]+(\.[0-9]+)?|-?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+"
)
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
NUMBER_TYPES = frozenset({"FLOAT", "DOUBLE", *INTEGERS, *(f"U{one}" for one in INTEGERS)})
LOCAL_TIME_TYPES = frozenset({"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
DAY_FORMATS = ("%m/%d/%y", "%m/%d/%Y")
# Years of two digits come first: %Y takes 26 for the year 26.
TIME_FORMATS = tuple(day + hour for hour in ("", " %H:%M", " %H:%M:%S") for day in DAY_FORMATS)


@dataclass(frozen=True, kw_only=True)
class Cell:
    name: str
    sql: str
    type: str

    @property
    def is_text(self) -> bool:
        return self.type == "VARCHAR"

    @property
    def is_map(self) -> bool:
        return self.type.startswith("MAP(VARCHAR")

    @property
    def is_number(self) -> bool:
        return self.type.startswith("DECIMAL(") or self.type in NUMBER_TYPES

    @property
    def is_local_time(self) -> bool:
        return self.type in LOCAL_TIME_TYPES


class Cells:
    """The cells of a row, found by name regardless of case and punctuation: lineItem/UsageType is
    line_item_usage_type."""

    def __init__(self, export: Export, *, keep_floats: bool = False) -> None:
        self.keep_floats = keep_floats
        self.empty_is_null = export.container is not Container.PARQUET
        self.all = tuple(cell_at(position, column) for position, column in enumerate(export.columns))
        self.by_name: Mapping[str, Cell] = {squash(cell.name): cell for cell in reversed(self.all)}

    def find(self, name: str) -> Cell | None:
        return self.by_name.get(squash(name))

    def text(self, *names: str) -> str:
        """The first of these columns that is neither null nor empty."""
        found = [self.text_of(cell) for name in names if (cell := self.find(name))]
        return first_of(found, "VARCHAR")

    def amount(self, *names: str) -> str:
        """An exact decimal; with `keep_floats`, what the file holds as a binary fraction stays one."""
        found = [self.amount_of(cell) for name in names if (cell := self.find(name))]
        return first_of(found, AMOUNT)

    def amount_of(self, cell: Cell) -> str:
        return cell.sql if self.keep_floats and cell.type == "DOUBLE" else amount_of(cell)

    def moment(self, name: str) -> str:
        cell = self.find(name)
        return moment_of(cell) if cell else "CAST(NULL AS TIMESTAMP)"

    def text_of(self, cell: Cell) -> str:
        if cell.is_text and self.empty_is_null:
            return cell.sql
        return f"nullif({as_text(cell)}, '')"

    def is_null(self, cell: Cell) -> str:
        """A condition that is true where the cell is null or empty, and never null."""
        return f"({self.text_of(cell)} IS NULL)" if cell.is_text else f"({cell.sql} IS NULL)"

    def merged(self, cells: Sequence[Cell]) -> str:
        return first_of([self.text_of(cell) for cell in cells], "VARCHAR")

    def entry(self, name: str, key: str) -> str:
        """One entry of a map column, which a CSV holds as a JSON object."""
        cell = self.find(name)
        if cell is None:
            return "CAST(NULL AS VARCHAR)"
        if cell.is_map:
            return f"nullif(CAST({cell.sql}['{key}'] AS VARCHAR), '')"
        return f"nullif(json_extract_string({as_json(cell)}, '$.{key}'), '')"


def squash(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())


def cell_at(position: int, column: Column) -> Cell:
    return Cell(name=column.name, sql=f"c{position}", type=column.type)


def first_of(expressions: Sequence[str], type_name: str) -> str:
    match expressions:
        case []:
            return f"CAST(NULL AS {type_name})"
        case [only]:
            return only
    return f"coalesce({', '.join(expressions)})"


def as_text(cell: Cell) -> str:
    return cell.sql if cell.is_text else f"CAST({cell.sql} AS VARCHAR)"


def as_json(cell: Cell) -> str:
    if cell.is_text:
        return f"CASE WHEN json_valid({cell.sql}) THEN {cell.sql} END"
    return f"to_json({cell.sql})"


def amount_of(cell: Cell) -> str:
    """The amount, or null where the cell holds none. Binary fractions are rounded to 15 decimal places."""
    if cell.is_number:
        return f"TRY_CAST({cell.sql} AS {AMOUNT})"
    text = as_text(cell)
    plain = f"TRY_CAST(CASE WHEN NOT contains({text}, '_') THEN {text} END AS {AMOUNT})"
    spreadsheet = (
        f"CASE WHEN regexp_full_match(trim({text}), '{SPREADSHEET_AMOUNT}')"
        f" THEN TRY_CAST(translate({text}, '$,', '') AS {AMOUNT}) END"
    )
    return f"coalesce({plain}, {spreadsheet})"


def moment_of(cell: Cell) -> str:
    """The time in UTC as a timestamp without zone, or null where the cell holds none."""
    if cell.is_local_time:
        return f"TRY_CAST({cell.sql} AS TIMESTAMP)"
    if cell.type == "TIMESTAMP WITH TIME ZONE":
        return f"{cell.sql} AT TIME ZONE 'UTC'"
    text = as_text(cell)
    formats = ", ".join(f"'{one}'" for one in TIME_FORMATS)
    return (
        f"CASE WHEN {text} LIKE '____-%' THEN TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        f" ELSE try_strptime({text}, [{formats}]) END"
    )
