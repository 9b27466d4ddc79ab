import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.functions import bill
from tests.functions.bill import Line
from tests.functions.invoking import Reply, request
from tests.functions.people import OUTSIDER

pytestmark = pytest.mark.usefixtures("same_company")
AUGUST = {"start": "2026-08-01", "end": "2026-09-01"}
GROUPS: dict[str, Callable[[Line], str | None]] = {
    "service": lambda line: line.service,
    "account": lambda line: line.account,
    "region": lambda line: line.region or "",
    "charge_category": lambda line: line.charge_category,
    "provider": lambda line: "aws",
    "tag:team": lambda line: line.tags.get("user_team"),
    "resource": lambda line: line.resource or None,
    "usage_type": lambda line: line.usage_type or None,
}
FILTERS: dict[str, tuple[str, Callable[[Line], bool]]] = {
    "service": ("AmazonS3", lambda line: line.service == "AmazonS3"),
    "account": (bill.DEV, lambda line: line.account == bill.DEV),
    "region": ("eu-west-1", lambda line: line.region == "eu-west-1"),
    "charge_category": ("Credit", lambda line: line.kind == "Credit"),
    "currency": ("EUR", lambda line: line.currency == "EUR"),
}


def expected(
    group: Callable[[Line], str | None],
    *,
    start: date = date(2026, 8, 1),
    end: date = date(2026, 9, 1),
    monthly: bool = False,
    only: Callable[[Line], bool] = lambda line: True,
) -> dict[tuple[str, str | None, str], Decimal]:
    """Billed cost by period, group and currency."""
    sums: dict[tuple[str, str | None, str], Decimal] = {}
    for line in bill.lines():
        if start <= line.day < end and only(line):
            period = line.day.replace(day=1) if monthly else line.day
            key = (period.isoformat(), group(line), line.currency)
            sums[key] = sums.get(key, Decimal(0)) + line.amount
    return sums


def billed(reply: Reply) -> dict[tuple[str, str | None, str], Decimal]:
    assert reply.status == 200, reply.body
    rows = reply.json["items"]
    found = {
        (row["period_start"], row["group"], row["currency"]): Decimal(row["billed_cost"]) for row in rows
    }
    assert len(found) == len(rows)
    return found


@pytest.mark.parametrize("group_by", GROUPS)
@pytest.mark.parametrize("granularity", ["daily", "monthly"])
def test_costs_add_up_in_every_grouping(group_by: str, granularity: str) -> None:
    reply = request("costs.by-service", query={"group_by": group_by, "granularity": granularity, **AUGUST})

    assert billed(reply) == expected(GROUPS[group_by], monthly=granularity == "monthly")
    assert (reply.json["group_by"], reply.json["granularity"]) == (group_by, granularity)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("group_by", ["account", "tag:team", "resource"])
def test_costs_are_filtered(name: str, group_by: str) -> None:
    value, fits = FILTERS[name]

    reply = request("costs.by-service", query={"group_by": group_by, name: value, **AUGUST})

    assert billed(reply) == expected(GROUPS[group_by], only=fits)
    assert billed(reply)


@pytest.mark.parametrize("group_by", GROUPS)
def test_one_resource_is_drilled_into_by_whatever_the_bill_says_of_it(group_by: str) -> None:
    resource = "i-0a1b2c3d4e5f60001"

    reply = request("costs.by-service", query={"group_by": group_by, "resource": resource, **AUGUST})

    assert billed(reply) == expected(GROUPS[group_by], only=lambda line: line.resource == resource)
    assert billed(reply)


def test_cost_by_team_adds_up_to_the_bill() -> None:
    reply = request("costs.by-service", query={"group_by": "team", "granularity": "monthly", **AUGUST})

    whole = expected(GROUPS["provider"], monthly=True)
    found = billed(reply)
    for currency in {currency for _, _, currency in whole}:
        assert sum(cost for (_, _, of), cost in found.items() if of == currency) == sum(
            cost for (_, _, of), cost in whole.items() if of == currency
        )


@pytest.mark.parametrize("name", ["region", "resource"])
def test_cost_by_team_says_what_it_cannot_be_filtered_by(name: str) -> None:
    reply = request("costs.by-service", query={"group_by": "team", name: "us-east-1", **AUGUST})

    assert (reply.status, reply.json["errors"][0]["field"]) == (422, name)


def test_months_are_grouped_by_tag() -> None:
    reply = request("costs.monthly-by-tag")

    assert billed(reply) == expected(GROUPS["tag:team"], start=date(2026, 6, 1), monthly=True)


def test_without_dates_the_30_days_up_to_the_last_with_data_are_shown() -> None:
    reply = request("costs.by-service")

    assert billed(reply) == expected(GROUPS["service"], start=date(2026, 8, 2))
    assert [reply.json[name] for name in ("start", "end", "data_through")] == [
        "2026-08-02",
        "2026-09-01",
        "2026-08-31",
    ]


def test_without_a_start_the_30_days_before_the_end_are_shown() -> None:
    reply = request("costs.by-service", query={"end": "2026-07-31"})

    assert billed(reply) == expected(GROUPS["service"], start=date(2026, 7, 1), end=date(2026, 7, 31))


def test_the_end_is_exclusive() -> None:
    reply = request("costs.by-service", query={"start": "2026-08-20", "end": "2026-08-21"})

    assert {period for period, _, _ in billed(reply)} == {"2026-08-20"}


def test_money_is_decimal_text_and_currencies_are_apart() -> None:
    reply = request("costs.by-service", query={"group_by": "account", "granularity": "monthly", **AUGUST})

    rows = [row for row in reply.json["items"] if row["group"] == bill.DEV]
    assert {row["currency"] for row in rows} == {"USD", "EUR"}
    for row in rows:
        assert all(isinstance(row[name], str) for name in ("billed_cost", "effective_cost", "list_cost"))
        assert row["effective_cost"] == row["list_cost"] == row["billed_cost"]


def test_an_empty_tenant_has_no_costs() -> None:
    reply = request("costs.by-service", person=OUTSIDER)

    assert (reply.status, reply.json["items"], reply.json["data_through"]) == (200, [], None)


def test_a_range_without_charges_is_empty() -> None:
    assert billed(request("costs.by-service", query={"start": "2020-01-01", "end": "2020-02-01"})) == {}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": "yesterday"}, "start"),
        ({"end": "2026-02-30"}, "end"),
        ({"start": "1785542400"}, "start"),
        ({"start": "2026-08-01T00:00:00"}, "start"),
        ({"start": "2026-08-01", "end": "2026-08-01"}, "start"),
        ({"start": "2026-08-02", "end": "2026-08-01"}, "start"),
        ({"end": "0001-01-02"}, "end"),
        ({"start": "9999-12-31"}, "start"),
        ({"group_by": "owner"}, "group_by"),
        ({"group_by": "tag:"}, "group_by"),
        ({"group_by": "tag:a\0b"}, "group_by"),
        ({"granularity": "hourly"}, "granularity"),
        ({"charge_category": "Refund"}, "charge_category"),
        ({"currency": "usd"}, "currency"),
        ({"service": "a\0b"}, "service"),
        ({"service": ["AmazonEC2", "AmazonS3"]}, "service"),
        ({"limit": "10"}, "limit"),
        ({"Service": "AmazonEC2"}, "Service"),
    ],
)
def test_a_question_that_is_not_valid_names_its_parameter(query: dict[str, Any], field: str) -> None:
    reply = request("costs.by-service", query=query)

    assert reply.status == 422, reply.body
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.fields == [field]


def test_csv_has_the_same_rows_and_no_cell_that_a_spreadsheet_runs() -> None:
    reply = request("costs.as-csv")
    rows = list(csv.DictReader(io.StringIO(reply.body)))
    asked_as_json = request("costs.as-csv", headers={"Accept": "application/json"})

    assert (reply.status, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert len(rows) == len(asked_as_json.json["items"])
    assert {row["group"] for row in rows} >= {"AmazonEC2", "'=HYPERLINK(1)"}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "@", "+"))]


def test_negative_amounts_stay_numbers_in_csv() -> None:
    reply = request(
        "costs.as-csv", query={"group_by": "charge_category", "charge_category": "Credit", **AUGUST}
    )

    (row,) = csv.DictReader(io.StringIO(reply.body))
    assert Decimal(row["billed_cost"]) == -40


def test_a_problem_stays_a_problem_for_who_asks_for_csv() -> None:
    reply = request("costs.as-csv", query={"start": "yesterday"})

    assert (reply.status, reply.headers["content-type"]) == (422, "application/problem+json")
