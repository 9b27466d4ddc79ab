"""Answers of GetCostAndUsage: which costs are in them, and why one is refused."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cloudops.costs.formats.cost_explorer import (
    UNKNOWN_ACCOUNT,
    MonthOfAnswer,
    is_answer,
    is_answer_file,
    months_of,
    read_answer,
)
from cloudops.costs.formats.errors import (
    DamagedFileError,
    ExportRefusedError,
    InvalidCellError,
    NoRowsError,
)
from cloudops.costs.formats.models import CHARGE_COLUMNS

Change = Callable[[dict[str, Any]], object]


def group(
    *keys: str,
    unblended: str = "1.5",
    amortized: str | None = None,
    net: str | None = None,
    unit: str = "USD",
) -> dict[str, Any]:
    amounts = {"UnblendedCost": unblended, "AmortizedCost": amortized, "NetUnblendedCost": net}
    return {
        "Keys": list(keys),
        "Metrics": {
            name: {"Amount": amount, "Unit": unit} for name, amount in amounts.items() if amount is not None
        },
    }


def day(start: str, end: str, *groups: dict[str, Any], estimated: bool = False) -> dict[str, Any]:
    return {"TimePeriod": {"Start": start, "End": end}, "Groups": list(groups), "Estimated": estimated}


def answer(*days: dict[str, Any], by: tuple[str, ...] = ("SERVICE", "LINKED_ACCOUNT")) -> dict[str, Any]:
    return {
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": key} for key in by],
        "ResultsByTime": list(days),
        "DimensionValueAttributes": [
            {"Value": "111111111111", "Attributes": {"description": "acme-prod"}},
            {"Value": "222222222222", "Attributes": {}},
        ],
    }


def july(*groups: dict[str, Any]) -> dict[str, Any]:
    return answer(day("2026-07-31", "2026-08-01", *groups))


def only(page: dict[str, Any]) -> MonthOfAnswer:
    (month,) = months_of([page])
    return month


def test_a_cost_has_its_day_account_service_and_amounts() -> None:
    month = only(july(group("AWS Lambda", "111111111111", unblended="1.195E-7", amortized="2", net="0.5")))

    (cost,) = month.costs
    assert (cost.day, cost.service) == (date(2026, 7, 31), "AWS Lambda")
    assert (cost.account_id, cost.account_name) == ("111111111111", "acme-prod")
    assert (cost.unblended, cost.amortized, cost.net_unblended) == (
        Decimal("0.0000001195"),
        Decimal(2),
        Decimal("0.5"),
    )
    assert month.period == date(2026, 7, 1)


def test_the_keys_follow_the_group_definitions() -> None:
    page = answer(
        day("2026-07-31", "2026-08-01", group("222222222222", "AWS Glue")), by=("LINKED_ACCOUNT", "SERVICE")
    )

    (cost,) = only(page).costs

    assert (cost.account_id, cost.account_name, cost.service) == ("222222222222", None, "AWS Glue")


def test_without_accounts_the_account_is_unknown() -> None:
    page = answer(day("2026-07-31", "2026-08-01", group("AWS Glue")), by=("SERVICE",))

    assert [cost.account_id for cost in only(page).costs] == [UNKNOWN_ACCOUNT]


def test_a_charge_has_what_the_answer_says_and_nothing_more() -> None:
    line = next(only(july(group('Tax "x"', "111111111111", amortized="2"))).csv()).decode()

    cells = dict(zip(CHARGE_COLUMNS, line.rstrip("\n").split(","), strict=True))
    assert {name: cell for name, cell in cells.items() if cell != r"\N"} == {
        "charge_date": '"2026-07-31"',
        "charge_start": '"2026-07-31 00:00:00+00"',
        "charge_end": '"2026-08-01 00:00:00+00"',
        "account_id": '"111111111111"',
        "account_name": '"acme-prod"',
        "provider": '"aws"',
        "service": '"Tax ""x"""',
        "currency": '"USD"',
        "charge_category": '"Usage"',
        "billed_cost": '"1.5"',
        "effective_cost": '"2"',
        "tags": '"{}"',
    }


def test_the_net_cost_is_the_contracted_one_and_without_amortised_the_effective_is_the_billed() -> None:
    (cost,) = only(july(group("AWS Glue", "1", unblended="3E+1", net="2.5"))).costs

    charge = cost.charge()
    assert (charge["billed_cost"], charge["effective_cost"], charge["contracted_cost"]) == ("30", "30", "2.5")


def test_the_service_tax_is_tax() -> None:
    month = only(july(group("Tax", "1"), group("AWS Glue", "1")))

    assert [cost.charge_category for cost in month.costs] == ["Tax", "Usage"]


def test_months_stand_apart_with_their_totals_per_currency_and_estimated_days() -> None:
    pages = [
        answer(
            day(
                "2026-07-31", "2026-08-01", group("A", "1", unblended="1.25"), group("B", "1", unblended="2")
            ),
            day("2026-08-01", "2026-08-02", group("A", "1", unblended="4", unit="CNY"), estimated=True),
        ),
        answer(day("2026-08-01", "2026-08-02", group("B", "1", unblended="-1"), estimated=True)),
    ]

    first, second = months_of(pages)

    assert (first.period, first.totals, first.estimated_days) == (
        date(2026, 7, 1),
        {"USD": Decimal("3.25")},
        [],
    )
    assert second.totals == {"CNY": Decimal(4), "USD": Decimal(-1)}
    assert second.estimated_days == [date(2026, 8, 1)]
    assert [cost.service for cost in second.costs] == ["A", "B"]


def monthly(page: dict[str, Any]) -> None:
    page["ResultsByTime"][0]["TimePeriod"] = {"Start": "2026-07-01", "End": "2026-08-01"}


def hourly(page: dict[str, Any]) -> None:
    page["ResultsByTime"][0]["TimePeriod"] = {"Start": "2026-07-01T00:00:00Z", "End": "2026-07-01T01:00:00Z"}


def by_tag(page: dict[str, Any]) -> None:
    page["GroupDefinitions"][1] = {"Type": "TAG", "Key": "team"}


def by_region(page: dict[str, Any]) -> None:
    page["GroupDefinitions"][0]["Key"] = "REGION"


def amount(text: str) -> Change:
    def change(page: dict[str, Any]) -> None:
        page["ResultsByTime"][0]["Groups"][0]["Metrics"]["UnblendedCost"]["Amount"] = text

    return change


def without_cost(page: dict[str, Any]) -> None:
    metrics = page["ResultsByTime"][0]["Groups"][0]["Metrics"]
    metrics["UsageQuantity"] = metrics.pop("UnblendedCost")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (monthly, ExportRefusedError, "2026-07-01 to 2026-08-01 is not one day; ask with the granularity"),
        (hourly, ExportRefusedError, "2026-07-01T00:00:00Z is no day"),
        (by_tag, ExportRefusedError, "grouped by SERVICE, team; ask for SERVICE and LINKED_ACCOUNT"),
        (by_region, ExportRefusedError, "grouped by REGION, LINKED_ACCOUNT"),
        (lambda page: page.pop("GroupDefinitions"), ExportRefusedError, "grouped by nothing"),
        (amount("a lot"), InvalidCellError, "'a lot', which is no number"),
        (amount("NaN"), InvalidCellError, "'NaN', which is no number"),
        (without_cost, InvalidCellError, "2026-07-31: AWS Glue, 1 has no UnblendedCost"),
        (lambda page: page["ResultsByTime"][0]["Groups"][0]["Keys"].pop(), DamagedFileError, "no answer of"),
        (lambda page: page["ResultsByTime"][0].pop("TimePeriod"), DamagedFileError, "TimePeriod"),
        (lambda page: page.update(ResultsByTime="soon"), DamagedFileError, "no answer of GetCostAndUsage"),
        (lambda page: page.update(ResultsByTime=[]), NoRowsError, "holds no costs"),
        (lambda page: page["ResultsByTime"][0].update(Groups=[]), NoRowsError, "holds no costs"),
        (
            lambda page: page["ResultsByTime"][0]["Groups"][0].update(Keys=["a\0b", "1"]),
            InvalidCellError,
            "NUL character",
        ),
    ],
)
def test_what_is_no_daily_cost_by_service_is_refused_with_the_reason(
    change: Change, error: type[ExportRefusedError], words: str
) -> None:
    page = july(group("AWS Glue", "1"))
    change(page)

    with pytest.raises(error, match=words):
        months_of([page])


def test_a_file_is_told_by_its_content(tmp_path: Path) -> None:
    recording = tmp_path / "whatever.bin"
    recording.write_text("\ufeff \n" + json.dumps(july(group("AWS Glue", "1"))), encoding="utf-8")
    table = tmp_path / "answer.json"
    table.write_text('a,"ResultsByTime"\n', encoding="utf-8")

    assert is_answer_file(recording)
    assert not is_answer_file(table)
    assert not is_answer(b'{"total": "20.03"}')
    assert [month.period for month in read_answer(recording)] == [date(2026, 7, 1)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps({**july(group("A", "1")), "NextPageToken": "t"}), "the pages after this one are missing"),
        (json.dumps(july(group("A", "1")))[:-20], "not whole JSON"),
        ('{"ResultsByTime": ' + "[" * 100_000, "not whole JSON"),
    ],
)
def test_a_recording_that_is_not_whole_is_refused(tmp_path: Path, text: str, words: str) -> None:
    recording = tmp_path / "answer.json"
    recording.write_text(text)

    with pytest.raises(ExportRefusedError, match=words):
        read_answer(recording)
