import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.platform.listing import as_csv, cell, rows_of, wants_csv

CSV = {"headers": {"Accept": "text/csv"}}
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


def test_objects_are_json_and_nothing_is_empty() -> None:
    assert rows_of([{"tags": {"b": 1, "a": "x"}, "note": None, "on": True}]) == (
        'tags,note,on\r\n"{""a"": ""x"", ""b"": 1}",,True\r\n'
    )


def test_columns_of_all_items_are_there() -> None:
    assert rows_of([{"a": 1}, {"b": 2}]) == "a,b\r\n1,\r\n,2\r\n"


def test_a_list_becomes_csv_with_its_cursor_in_a_header() -> None:
    response = {
        "statusCode": 200,
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "body": json.dumps({"items": [{"id": 1}], "next_cursor": "abc"}),
    }

    answer = as_csv(CSV, response)

    assert answer["body"] == "id\r\n1\r\n"
    assert answer["multiValueHeaders"] == {
        "Content-Type": ["text/csv; charset=utf-8"],
        "X-Next-Cursor": ["abc"],
    }


@pytest.mark.parametrize(
    ("event", "status", "body"),
    [
        ({"headers": {"Accept": "application/json"}}, 200, {"items": []}),
        ({"headers": None}, 200, {"items": []}),
        (CSV, 404, {"title": "no"}),
        (CSV, 200, {"id": 1}),
        (CSV, 200, [1]),
    ],
)
def test_other_answers_pass_unchanged(event: dict[str, Any], status: int, body: Any) -> None:
    response = {"statusCode": status, "body": json.dumps(body)}

    assert as_csv(event, response) == response


def test_the_accept_header_may_be_written_in_any_case() -> None:
    assert wants_csv({"headers": {"aCCept": "text/csv, */*"}})


def is_plain_number(text: str) -> bool:
    return text.isascii() and all(letter in "0123456789.+-eE" for letter in text)
