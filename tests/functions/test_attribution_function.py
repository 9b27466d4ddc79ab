"""Rules, previews and explanations through the API, and what they make of ACME's bill."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.functions import bill
from tests.functions.bill import Line
from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, messages, request
from tests.functions.people import ACME, OUTSIDER, VIEWER

WEB, DATA = UUID("7ea30000-0000-4000-8000-000000000001"), UUID("7ea30000-0000-4000-8000-000000000002")
AUGUST = "2026-08"


def add_team(company: Company, team_id: UUID, name: str) -> None:
    company.change("insert into teams (tenant_id, id, name) values (%s, %s, %s)", [ACME, team_id, name])


def attribute(company: Company) -> None:
    for body in company.receive("ATTRIBUTE_QUEUE_URL"):
        answer = invoke("attribute_costs", messages("attribute_costs.one-tenant", [body]))
        assert answer == {"batchItemFailures": []}


def billed(*, team: str | None, currency: str = "USD", newest: bool = True) -> Decimal:
    """What the lines of the newest 30 days, or of the 30 before, say."""
    last = bill.LAST_DAY.toordinal() - (0 if newest else 30)
    return sum(
        (
            line.amount
            for line in bill.lines()
            if line.tags.get("user_team") == team
            and line.currency == currency
            and last - 30 < line.day.toordinal() <= last
        ),
        Decimal(0),
    )


def test_cost_by_team_is_that_of_the_newest_30_days_against_the_30_before(company: Company) -> None:
    add_team(company, WEB, "web")
    company.change("delete from attributions", [])

    assert invoke("dispatch_jobs", event("dispatch_jobs.attribute")) == {"dispatched": 2}
    attribute(company)
    reply = request("costs.by-team")

    assert (reply.json["start"], reply.json["end"]) == ("2026-08-02", "2026-09-01")
    found = {(item["team"], item["currency"]): item for item in reply.json["items"]}
    web, before = billed(team="web"), billed(team="web", newest=False)
    assert Decimal(found["web", "USD"]["cost"]) == web
    assert Decimal(found["web", "USD"]["previous_cost"]) == before
    assert Decimal(found["web", "USD"]["change_percent"]) == round((web - before) / before * 100, 2)
    assert Decimal(found[None, "USD"]["cost"]) == billed(team=None) + billed(team="data")
    assert Decimal(found[None, "EUR"]["cost"]) == billed(team=None, currency="EUR")


def test_a_preview_tells_rows_and_money_and_saves_nothing(company: Company) -> None:
    add_team(company, WEB, "Storefront")

    reply = request("attribution.try-tag-rule")

    (moved,) = reply.json["reattributed"]
    lines = [
        line for line in bill.lines() if line.tags.get("user_team") == "web" and line.day.month in (7, 8)
    ]
    assert (moved["currency"], moved["charges"]) == ("USD", len(lines))
    assert Decimal(moved["billed_cost"]) == sum(line.amount for line in lines)
    assert reply.json["moves"][0]["to_team"] == "Storefront"
    (example,) = reply.json["examples"]
    assert (example["tag_value"], example["normalized_value"]) == ("web", "Storefront")
    assert reply.json["warnings"] == []
    assert request("attribution.list-tag-rules").json["items"] == []


def test_a_saved_rule_is_what_its_preview_told(company: Company) -> None:
    add_team(company, WEB, "Storefront")

    added = request("attribution.add-tag-rule")
    attribute(company)

    assert (added.status, added.json["rule_name"]) == (201, "Production has one name")
    found = {item["team"]: item["cost"] for item in request("costs.by-team").json["items"]}
    assert Decimal(found["Storefront"]) == billed(team="web")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"pattern": "a(?=b)"}, ["pattern"]),
        ({"pattern": r"(a)\1"}, ["pattern"]),
        ({"pattern": "("}, ["pattern"]),
        ({"pattern": "x" * 501}, ["pattern"]),
        ({"pattern": "web", "normalized_value": r"\1"}, ["normalized_value"]),
        ({"normalized_value": None}, ["normalized_key"]),
        ({"pattern": "nobody"}, ["pattern"]),
        ({"pattern": ".*"}, ["pattern"]),
    ],
)
def test_a_tag_rule_that_cannot_be_meant_is_refused_by_its_field(
    same_company: Company, fields: dict[str, str | None], told: list[str]
) -> None:
    rule = {"rule_name": "r", "tag_key": "team", "pattern": "web", "normalized_value": "x", **fields}

    reply = request("attribution.add-tag-rule", body=rule)

    assert (reply.status, reply.fields) == (422, told), reply.body


def test_what_takes_nothing_is_saved_when_forced(company: Company) -> None:
    rule = {"rule_name": "r", "tag_key": "team", "pattern": "nobody", "normalized_value": "x"}

    assert request("attribution.try-tag-rule", body=rule).json["warnings"] == ["matches_nothing"]
    assert request("attribution.add-tag-rule", body=rule, query={"force": "true"}).status == 201
    again = request("attribution.add-tag-rule", body=rule, query={"force": "true"})
    assert (again.status, again.json["title"]) == (409, "Another rule has this name")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": "tag", "tag_key": None}, "tag_key"),
        ({"kind": "account", "tag_key": "team"}, "tag_key"),
        ({"kind": "tag", "match_values": []}, "match_values"),
        ({"kind": "tag", "team_id": None}, "team_id"),
        ({"kind": "team_name"}, "match_values"),
        ({"kind": "tag", "team_id": str(UUID(int=7))}, "team_id"),
        ({"kind": "tag", "match_values": ["nobody"]}, "match_values"),
        ({"kind": "resource_prefix", "tag_key": None, "match_values": [""]}, "match_values[0]"),
    ],
)
def test_an_attribution_rule_that_cannot_be_meant_is_refused_by_its_field(
    company: Company, fields: dict[str, object], told: str
) -> None:
    add_team(company, DATA, "Insights")
    rule = {
        "rule_name": "r",
        "kind": "tag",
        "tag_key": "team",
        "match_values": ["data"],
        "team_id": str(DATA),
    }
    forced = {"force": "true"} if fields.get("team_id") else {}

    reply = request("attribution.add-attribution-rule", body={**rule, **fields}, query=forced)

    assert reply.status == 422, reply.body
    assert reply.fields[0].startswith(told.partition("[")[0])


def test_a_rule_is_changed_by_who_read_it_and_removed(company: Company) -> None:
    added = request("attribution.add-split-rule")
    path = f"/api/v1/split-rules/{added.json['id']}"

    stale = request("attribution.change-split-rule", path=path, headers={"If-Match": '"old"'})
    changed = request("attribution.change-split-rule", path=path, headers={"If-Match": added.headers["etag"]})
    shown = request("attribution.show-split-rule", path=path)
    removed = request("attribution.remove-split-rule", path=path, headers={"If-Match": shown.headers["etag"]})

    assert (stale.status, changed.status, removed.status) == (412, 200, 204)
    assert (shown.json["method"], changed.headers["etag"]) == ("even", shown.headers["etag"])
    assert request("attribution.show-split-rule", path=path).status == 404
    trail = company.rows(
        "select event_type, metadata from events where entity_type = 'split_rule' order by created_at"
    )
    assert [kind for kind, _ in trail] == ["created", "changed", "deleted"]
    assert trail[1][1] == {"old": {"method": "proportional"}, "new": {"method": "even"}}


def test_viewers_and_strangers_change_no_rule(company: Company) -> None:
    added = request("attribution.add-split-rule")
    path = f"/api/v1/split-rules/{added.json['id']}"

    assert request("attribution.add-tag-rule", person=VIEWER).status == 403
    assert request("attribution.change-split-rule", path=path, person=OUTSIDER).status == 404
    assert request("attribution.list-split-rules", person=OUTSIDER).json["items"] == []


def test_the_explanation_of_a_resource_names_its_rule(company: Company) -> None:
    add_team(company, WEB, "web")
    request("attribution.run")
    attribute(company)

    (why,) = request("attribution.explain").json["items"]

    assert [(one["rule_name"], one["team"], one["decides"]) for one in why["matches"]] == [
        ('Tag "team" names a team', "web", ["team"])
    ]
    assert request("attribution.show-attribution").json["pending"] is False
    assert request("attribution.explain", query={}).fields == ["resource_id"]


def test_a_teams_month_as_csv_adds_up_to_its_cost(company: Company) -> None:
    add_team(company, WEB, "web")
    request("attribution.run")
    attribute(company)

    reply = request("costs.showback", headers={"Accept": "text/csv"})

    header, *rows = reply.body.splitlines()
    assert header.startswith("team,month,kind,account_id,service")
    august = sum(
        line.amount for line in bill.lines() if line.tags.get("user_team") == "web" and line.day.month == 8
    )
    assert sum(Decimal(row.split(",")[-2]) for row in rows) == august
    drilled = request("costs.attributed", query={"team": "web", "start": "2026-08-01", "end": "2026-09-01"})
    assert sum(Decimal(item["cost"]) for item in drilled.json["items"]) == august


@pytest.mark.parametrize("name", ["costs.put-unit-counts", "costs.put-unit-counts-as-csv"])
def test_cost_is_told_per_unit_of_business(company: Company, name: str) -> None:
    add_team(company, WEB, "web")
    request("attribution.run")
    attribute(company)

    assert request(name).json == {"stored": 2}
    assert request(name).json == {"stored": 2}

    assert len(request("costs.list-unit-counts").json["items"]) == 2
    items = request("costs.unit-costs").json["items"]
    (web,) = [one for one in items if one["group"] == "web" and one["period_start"] == "2026-08-31"]
    spent = sum(
        line.amount
        for line in bill.lines()
        if line.tags.get("user_team") == "web" and line.day == bill.LAST_DAY
    )
    assert Decimal(web["cost"]) == spent
    assert abs(Decimal(web["unit_cost"]) - spent / 1310) < Decimal("1e-9")


@pytest.mark.parametrize(
    "body",
    ["day,metric_name,count\r\n2026-08-30,orders,many\r\n", "day,metric_name\r\n2026-08-30,orders\r\n"],
)
def test_a_bad_cell_of_a_csv_is_named(same_company: Company, body: str) -> None:
    reply = request("costs.put-unit-counts-as-csv", body=body)

    assert reply.status == 422
    assert "count" in reply.fields[0]


def test_csv_is_taken_where_it_is_meant_alone(same_company: Company) -> None:
    assert request("costs.prefer-source", headers={"Content-Type": "text/csv"}).status == 415


@pytest.mark.parametrize("level", ["by-business-unit", "by-business-group", "by-catalog-service"])
def test_each_level_adds_up_to_the_same_whole(same_company: Company, level: str) -> None:
    def whole(name: str) -> Decimal:
        items = request(name).json["items"]
        return sum((Decimal(item["cost"]) for item in items if item["currency"] == "USD"), Decimal(0))

    assert whole(f"costs.{level}") == whole("costs.by-team") > 0


def self_cost(
    month: str, service: str, currency: str, amount: str, *, source: str = "bill"
) -> dict[str, Any]:
    """As the API tells it, with amounts to the digits that the bill has."""
    return {
        "month": month,
        "service": service,
        "currency": currency,
        "source": source,
        "billed_cost": Decimal(amount),
    }


def test_what_the_product_itself_costs_is_told_by_its_tag_and_its_calls(company: Company) -> None:
    ours, september = {"user_application": "cloudops-guardrails"}, date(2026, 9, 1)
    for day in (september, date(2026, 9, 2)):
        lines = [
            Line(day=day, account=bill.PROD, service="AmazonRDS", amount=Decimal("3.25"), tags=ours),
            Line(day=day, account=bill.PROD, service="AmazonVPC", amount=Decimal("1.125"), tags=ours),
            Line(
                day=day,
                account=bill.DEV,
                service="AmazonVPC",
                amount=Decimal("0.5"),
                currency="EUR",
                tags=ours,
            ),
            Line(
                day=day,
                account=bill.PROD,
                service="AmazonRDS",
                amount=Decimal(40),
                tags={"user_application": "shop"},
            ),
        ]
        company.put_object(
            "cur2/BILLING_PERIOD=2026-09/acme-00001.snappy.parquet", bill.cur2(september, lines)
        )
        company.take_in()
    attribute(company)
    company.change(
        "insert into cost_explorer_calls (tenant_id, call_date, calls)"
        " values (%(acme)s, '2026-09-03', 7), (%(acme)s, '2026-08-30', 5)",
        {"acme": ACME},
    )

    reply = request("costs.self")

    found = [{**item, "billed_cost": Decimal(item["billed_cost"])} for item in reply.json["items"]]
    assert found == [
        self_cost("2026-09-01", "AmazonVPC", "EUR", "0.5"),
        self_cost("2026-09-01", "AmazonRDS", "USD", "3.25"),
        self_cost("2026-09-01", "AmazonVPC", "USD", "1.125"),
        self_cost("2026-09-01", "AWSCostExplorer", "USD", "0.07", source="calls"),
        self_cost("2026-08-01", "AWSCostExplorer", "USD", "0.05", source="calls"),
    ]
    assert (reply.json["tag_key"], reply.json["tag_value"]) == ("application", "cloudops-guardrails")
    assert request("costs.self", person=OUTSIDER).json["items"] == []
