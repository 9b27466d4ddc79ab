import pytest

from local.tables import amount, cell, columns_of, table


def test_money_stands_right_aligned_with_two_decimals() -> None:
    rows = [
        {"group": "AmazonEC2", "billed_cost": "1234.5", "currency": "USD"},
        {"group": None, "billed_cost": "-0.004", "currency": "USD"},
    ]

    assert table(rows).splitlines() == [
        "group      billed cost  currency",
        "---------  -----------  --------",
        "AmazonEC2     1,234.50  USD",
        "-                -0.00  USD",
    ]


def test_no_rows_are_said_to_be_none() -> None:
    assert table([]) == "nothing to show"


def test_nested_fields_are_left_out_unless_they_are_money() -> None:
    rows = [{"id": 1, "evidence": {"a": 1}, "saving": {"amount": "5", "currency": "EUR"}, "tags": ["x"]}]

    assert columns_of(rows) == ["id", "saving"]
    assert table(rows).splitlines()[-1] == " 1  5.00 EUR"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (True, "yes"),
        (False, "no"),
        ("two\nlines", "two lines"),
        ("x" * 80, "x" * 71 + "…"),
        (7, "7"),
    ],
)
def test_a_cell_is_one_short_line(value: object, text: str) -> None:
    assert cell(value) == text


def test_amounts_are_exact_beyond_a_floats_digits() -> None:
    assert amount("12345678901234567890.12") == "12,345,678,901,234,567,890.12"
