"""Plain aligned text for a terminal."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

WIDEST = 72
MIDNIGHT = re.compile(r"^(\d{4}-\d{2}-\d{2})T00:00:00(?:Z|\+00:00)$")
Row = Mapping[str, Any]


def table(rows: Sequence[Row], columns: Sequence[str] | None = None) -> str:
    """`rows` as the API gives them; without `columns`, every field that fits into a cell."""
    if not rows:
        return "nothing to show"
    names = columns or columns_of(rows)
    cells = [[cell(row.get(name), money=is_money(name)) for name in names] for row in rows]
    right = [all(_is_number(row[index]) for row in cells) for index in range(len(names))]
    heads = [name.replace("_", " ") for name in names]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    lines = [heads, ["-" * width for width in widths], *cells]
    return "\n".join(_line(line, widths, right) for line in lines)


def columns_of(rows: Sequence[Row]) -> list[str]:
    names = dict.fromkeys(name for row in rows for name in row)
    return [name for name in names if all(_fits(row.get(name)) for row in rows)]


def cell(value: Any, *, money: bool = False) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return f"{cell(value.get('amount'), money=True)} {value.get('currency', '')}".strip()
    if money and value != "-" and _is_number(str(value)):
        return amount(value)
    text = MIDNIGHT.sub(r"\1", " ".join(str(value).split()))
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def amount(value: object) -> str:
    return f"{Decimal(str(value)):,.2f}"


def is_money(name: str) -> bool:
    return name.endswith(("_cost", "_savings", "_amount", "_spend")) or name in {
        "amount",
        "savings",
        "cost",
        "excess",
    }


def _fits(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"amount", "currency"}
    return not isinstance(value, list)


def _is_number(text: str) -> bool:
    try:
        Decimal(text.split(" ", maxsplit=1)[0].replace(",", ""))
    except InvalidOperation:
        return text == "-"
    return True


def _line(line: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        text.rjust(width) if is_right else text.ljust(width)
        for text, width, is_right in zip(line, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip()
