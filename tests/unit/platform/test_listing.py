import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.platform.listing import cell, rows_of

# What a spreadsheet runs, and what it skips before it looks.
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
# Surrogates cannot be encoded, and no database row holds them or NUL.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.sampled_from(STARTS), TEXT)
def test_no_cell_runs_as_a_formula(start: str, rest: str) -> None:
    shown = cell(start + rest)

    assert shown.startswith("'") or is_plain_number(shown)


@given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers())
def test_numbers_stay_numbers(number: Any) -> None:
    assert cell(str(number)) == str(number)


@pytest.mark.parametrize("text", ["-inf", "+nan", "-1_000", "+1 ", "\t1", "-infinity"])
def test_what_only_python_calls_a_number_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@given(st.lists(st.fixed_dictionaries({"name": TEXT, "cost": TEXT}), min_size=1))
def test_a_list_comes_back_from_its_csv(items: list[dict[str, str]]) -> None:
    read = list(csv.DictReader(io.StringIO(rows_of(items), newline="")))

    assert [{name: text.removeprefix("'") for name, text in row.items()} for row in read] == [
        {name: text.removeprefix("'") for name, text in item.items()} for item in items
    ]


@given(TEXT)
def test_heads_are_as_safe_as_cells(name: str) -> None:
    head = next(csv.reader(io.StringIO(rows_of([{"=" + name: 1}]), newline="")))

    assert head == [f"'={name}"]


def is_plain_number(text: str) -> bool:
    return text.isascii() and all(letter in "0123456789.+-eE" for letter in text)
