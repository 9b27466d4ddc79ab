"""Cells that do not hold what their column asks for, and where the first of them is."""

from collections.abc import Sequence
from dataclasses import dataclass

from cloudops.costs.formats import cur, focus
from cloudops.costs.formats.cells import Cell, Cells, amount_of, moment_of
from cloudops.costs.formats.errors import InvalidCellError
from cloudops.costs.formats.models import Container, Export
from cloudops.costs.formats.source import open_duckdb, path_parameter, refusing, table_of
from cloudops.costs.formats.tags import map_of

YEARS = "TIMESTAMP '2000-01-01' AND TIMESTAMP '2100-01-01'"


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """`found` is an SQL condition over a row that is never null."""

    cell: Cell
    found: str
    complaint: str


def flaws_of(export: Export) -> list[Flaw]:
    cells = Cells(export)
    rules = focus if export.kind.is_focus else cur
    flaws = [
        *(no_value(cells, cell) for cell in present(cells, rules.NOT_NULL)),
        *(no_amount(cells, cell) for cell in present(cells, rules.AMOUNTS)),
        *(no_moment(cells, cell) for cell in present(cells, rules.MOMENTS)),
        *(unstorable(cells, cell) for cell in present(cells, rules.TEXTS)),
    ]
    if export.kind.is_focus:
        flaws += [no_category(cells, cell) for cell in present(cells, ["ChargeCategory"])]
    tags = cells.find("Tags" if export.kind.is_focus else "resource_tags")
    if tags is not None and not tags.is_map:
        flaws.append(no_tags(cells, tags))
    return flaws


def present(cells: Cells, names: Sequence[str]) -> list[Cell]:
    return [cell for name in names if (cell := cells.find(name))]


def no_value(cells: Cells, cell: Cell) -> Flaw:
    return Flaw(cell=cell, found=cells.is_null(cell), complaint="is empty")


def no_amount(cells: Cells, cell: Cell) -> Flaw:
    found = f"{amount_of(cell)} IS NULL AND NOT {cells.is_null(cell)}"
    return Flaw(cell=cell, found=found, complaint="is no number")


def no_moment(cells: Cells, cell: Cell) -> Flaw:
    moment = moment_of(cell)
    found = f"coalesce({moment} NOT BETWEEN {YEARS}, true) AND NOT {cells.is_null(cell)}"
    return Flaw(cell=cell, found=found, complaint="is no time that a bill can have")


def unstorable(cells: Cells, cell: Cell) -> Flaw:
    found = f"coalesce(contains({cells.text_of(cell)}, chr(0)), false)"
    return Flaw(cell=cell, found=found, complaint="has a NUL character in it")


def no_category(cells: Cells, cell: Cell) -> Flaw:
    known = ", ".join(f"'{one}'" for one in focus.CATEGORIES)
    found = f"{cells.text_of(cell)} NOT IN ({known}) AND NOT {cells.is_null(cell)}"
    return Flaw(cell=cell, found=found, complaint="is no charge category of FOCUS")


def no_tags(cells: Cells, cell: Cell) -> Flaw:
    found = f"{map_of(cell.sql, cell)} IS NULL AND NOT {cells.is_null(cell)}"
    return Flaw(cell=cell, found=found, complaint="is no set of tags, or has a key twice")


def first_flaw(export: Export) -> InvalidCellError:
    """Where the first flaw is. Reads the file again in its order, so call it only for a file that has one."""
    flaws = flaws_of(export)
    numbered = export.container is Container.PARQUET
    number = "file_row_number + 1" if numbered else "row_number() OVER ()"
    which = " ".join(f"WHEN {flaw.found} THEN {n}" for n, flaw in enumerate(flaws))
    shown = " ".join(f"WHEN {n} THEN CAST({flaw.cell.sql} AS VARCHAR)" for n, flaw in enumerate(flaws))
    with refusing(), open_duckdb(threads=1) as connection:
        connection.execute("SET preserve_insertion_order = true")
        found = connection.execute(
            f"""
            SELECT row, flaw, CASE flaw {shown} END
            FROM (
                SELECT *, {number} AS row, CASE {which} END AS flaw
                FROM {table_of(export, numbered=numbered)}
            )
            WHERE flaw IS NOT NULL ORDER BY row LIMIT 1""",  # noqa: S608
            {"path": path_parameter(export.path)},
        ).fetchall()
    row, place, value = found[0]
    return InvalidCellError(f"row {row:,}: {described(flaws[place], value)}")


def described(flaw: Flaw, value: str | None) -> str:
    if not value:
        return f"{flaw.cell.name} {flaw.complaint}"
    return f"{flaw.cell.name} holds {value[:80]!r}, which {flaw.complaint}"
