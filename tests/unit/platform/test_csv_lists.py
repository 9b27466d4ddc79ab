import csv
import io
import json
from typing import Any

import pytest

from cloudops.platform.listing import as_csv, cell

ASKED = {"headers": {"ACCEPT": "text/csv"}}


def answer(body: Any, status: int = 200) -> dict[str, Any]:
    return {
        "statusCode": status,
        "multiValueHeaders": {"Content-Type": ["application/json"], "ETag": ['"1"']},
        "body": json.dumps(body),
    }


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-40.00", "-40.00"),
        ("plain", "plain"),
        ("a=b", "a=b"),
        (None, ""),
        (7, "7"),
        ({"b": 1, "a": "=x"}, '{"a": "=x", "b": 1}'),
        (["i-1", "i-2"], '["i-1", "i-2"]'),
    ],
)
def test_no_cell_begins_like_a_formula(value: Any, written: str) -> None:
    assert cell(value) == written


def test_a_list_is_written_with_all_its_columns() -> None:
    found = as_csv(ASKED, answer({"items": [{"a": "x,y", "b": None}, {"a": 'say "z"', "c": 3}]}))

    rows = list(csv.reader(io.StringIO(found["body"])))
    assert rows == [["a", "b", "c"], ["x,y", "", ""], ['say "z"', "", "3"]]
    assert found["multiValueHeaders"] == {"Content-Type": ["text/csv; charset=utf-8"], "ETag": ['"1"']}


@pytest.mark.parametrize(
    ("event", "given"),
    [
        ({"headers": {"Accept": "application/json"}}, answer({"items": []})),
        ({"headers": None}, answer({"items": []})),
        (ASKED, answer({"title": "no"}, status=422)),
        (ASKED, answer({"id": 1})),
        (ASKED, answer([1, 2])),
    ],
)
def test_what_is_no_list_or_not_asked_for_passes_unchanged(
    event: dict[str, Any], given: dict[str, Any]
) -> None:
    assert as_csv(event, given) == given
