from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, request
from tests.functions.people import ADMIN, OPERATOR, OUTSIDER, VIEWER

PATH = "/api/v1/recommendations"
VERBS = ("start", "complete", "reopen", "dismiss", "assign")


@pytest.fixture
def acme(company: Company) -> Company:
    invoke("make_recommendations", event("make_recommendations.one-tenant"))
    return company


@pytest.fixture(scope="module")
def unchanged(same_company: Company) -> Company:
    """The same for tests that only read or are refused."""
    invoke("make_recommendations", event("make_recommendations.one-tenant"))
    return same_company


def items(**query: str) -> list[dict[str, Any]]:
    reply = request("recommendations.list", query=query)
    assert reply.status == 200, reply.body
    found: list[dict[str, Any]] = reply.json["items"]
    return found


def pages(limit: int) -> Iterator[list[str]]:
    cursor: dict[str, str] = {}
    while True:
        reply = request("recommendations.list", query={"limit": str(limit), **cursor})
        yield [item["id"] for item in reply.json["items"]]
        if reply.json["next_cursor"] is None:
            return
        cursor = {"cursor": reply.json["next_cursor"]}


def path_of(check_id: str, verb: str = "") -> str:
    first, *_ = items(check_id=check_id)
    return f"{PATH}/{first['id']}{f'/{verb}' if verb else ''}"


def test_the_event_as_it_is_lists_open_recommendations(unchanged: Company) -> None:
    reply = request("recommendations.list")

    assert reply.status == 200
    assert {item["status"] for item in reply.json["items"]} == {"open"}


def test_the_largest_saving_comes_first_and_money_is_text(unchanged: Company) -> None:
    savings = [item["monthly_savings"] for item in items()]

    assert all(isinstance(one, str) for one in savings if one is not None)
    amounts = [Decimal(one or 0) for one in savings]
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] > 0


def test_pages_hold_every_recommendation_once(unchanged: Company) -> None:
    found = list(pages(2))

    assert [one for page in found for one in page] == [item["id"] for item in items()]
    assert {len(page) for page in found[:-1]} == {2}


def test_one_is_found_by_the_digits_that_people_read_out(unchanged: Company) -> None:
    first, *_ = items()

    assert first in items(id_prefix=first["id"][:8])
    assert items(id_prefix=first["id"].replace("-", "")) == [first]
    for wrong in ("abc", "REC-1234", "%' or true --"):
        assert request("recommendations.list", query={"id_prefix": wrong}).fields == ["id_prefix"]


def test_lists_are_filtered(unchanged: Company) -> None:
    everything = items()

    for name, column in (
        ("check_id", "check_id"),
        ("type", "type"),
        ("resource", "resource_id"),
        ("kind", "kind"),
    ):
        wanted = everything[0][column]
        assert items(**{name: wanted}) == [item for item in everything if item[column] == wanted]
    assert items(status="done") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "finished"}, "status"),
        ({"limit": "0"}, "limit"),
        ({"alert": "no-uuid"}, "alert"),
        ({"colour": "red"}, "colour"),
        ({"cursor": "nonsense"}, "cursor"),
    ],
)
def test_wrong_parameters_are_named(unchanged: Company, query: dict[str, str], field: str) -> None:
    reply = request("recommendations.list", query=query)

    assert reply.status == 422
    assert field in reply.body


def test_a_recommendation_shows_its_evidence(unchanged: Company) -> None:
    reply = request("recommendations.show", path=path_of("EC2-05"))

    assert reply.status == 200
    assert reply.json["current_config"] == {"instance_type": "m5.xlarge"}
    assert reply.json["recommended_config"] == {"instance_type": "m7g.xlarge"}
    assert reply.json["evidence"]["window"]["last_day"] == "2026-08-31"
    assert "karpenter" in reply.json["evidence"]["price_ratio"]["source"]


def test_a_recommendation_names_the_change_that_carries_it_out(unchanged: Company) -> None:
    shown = request("recommendations.show", path=path_of("S3-06")).json

    assert {**shown["change"], "params": None} == {
        "type": "s3.lifecycle",
        "account_id": shown["account_id"],
        "region": shown["region"],
        "resource_id": "acme-logs",
        "params": None,
    }


def test_what_is_done_by_hand_names_no_change(unchanged: Company) -> None:
    assert request("recommendations.show", path=path_of("EC2-05")).json["change"] is None


def test_identified_savings_count_overlaps_once(unchanged: Company) -> None:
    reply = request("recommendations.savings")

    best: dict[str, Decimal] = {}
    for item in items():
        amount = Decimal(item["monthly_savings"] or 0)
        best[item["overlap_group"]] = max(amount, best.get(item["overlap_group"], Decimal(0)))
    (in_dollars,) = [one for one in reply.json["items"] if one["currency"] == "USD"]
    assert Decimal(in_dollars["monthly_savings"]) == sum(best.values())


def test_coverage_names_what_was_looked_at(unchanged: Company) -> None:
    reply = request("recommendations.coverage")

    by_check = {one["check_id"]: one for one in reply.json["items"]}
    assert reply.json["judged_at"] is not None
    assert (by_check["EC2-05"]["flagged"], by_check["EC2-05"]["fine"]) == (1, 1)
    assert by_check["RDS-03"]["flagged"] == by_check["RDS-03"]["fine"] == 0


def test_before_the_first_run_nothing_was_looked_at(company: Company) -> None:
    assert request("recommendations.coverage").json == {"items": [], "next_cursor": None, "judged_at": None}


def test_work_by_hand_goes_from_open_to_done(acme: Company) -> None:
    path = path_of("EC2-05")

    begun = request("recommendations.start", path=f"{path}/start")
    done = request("recommendations.complete", path=f"{path}/complete")

    assert (begun.status, begun.json["status"]) == (200, "in_progress")
    assert (done.status, done.json["status"]) == (200, "done")
    assert done.json["done_at"] is not None


def test_a_dismissal_can_be_taken_back(acme: Company) -> None:
    path = path_of("EC2-05")

    dismissed = request("recommendations.dismiss", path=f"{path}/dismiss")
    reopened = request("recommendations.reopen", path=f"{path}/reopen")

    assert (dismissed.json["status"], dismissed.json["dismissed_until"]) == ("dismissed", "2099-01-31")
    assert dismissed.json["dismissed_reason"] == "kept for the audit"
    assert (reopened.json["status"], reopened.json["dismissed_reason"]) == ("open", None)


def test_an_owner_is_given_in_the_name_of_who_asks(acme: Company) -> None:
    reply = request("recommendations.assign", path=path_of("EC2-05", "assign"))

    assert reply.json["owner"] == "bea@acme.example"
    ((actor, new),) = acme.rows(
        "select actor, metadata -> 'new' ->> 'owner' from events where event_type = 'assigned'"
    )
    assert (actor, new) == (OPERATOR.email, "bea@acme.example")


def test_what_was_not_begun_cannot_be_completed(unchanged: Company) -> None:
    reply = request("recommendations.complete", path=path_of("EC2-05", "complete"))

    assert reply.status == 409
    assert "in_progress" not in reply.json["detail"]
    assert items(check_id="EC2-05")[0]["status"] == "open"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": "later", "until": "2001-01-01"}, "until"),
        ({"reason": "later", "unti": "2099-01-01"}, "unti"),
    ],
)
def test_a_dismissal_needs_a_reason_and_a_future(
    unchanged: Company, body: dict[str, str], field: str
) -> None:
    reply = request("recommendations.dismiss", path=path_of("EC2-05", "dismiss"), body=body)

    assert reply.status == 422
    assert field in reply.body
    assert items(check_id="EC2-05")[0]["status"] == "open"


@pytest.mark.parametrize("verb", VERBS)
def test_viewers_change_nothing(unchanged: Company, verb: str) -> None:
    reply = request(f"recommendations.{verb}", path=path_of("EC2-05", verb), person=VIEWER)

    assert reply.status == 403
    assert items(check_id="EC2-05")[0]["status"] == "open"


@pytest.mark.parametrize("verb", VERBS)
def test_another_tenants_recommendation_is_not_there(unchanged: Company, verb: str) -> None:
    reply = request(f"recommendations.{verb}", path=path_of("EC2-05", verb), person=OUTSIDER)

    assert reply.status == 404
    assert items(check_id="EC2-05")[0]["status"] == "open"


def test_another_tenant_sees_none_of_it(unchanged: Company) -> None:
    assert request("recommendations.list", person=OUTSIDER).json["items"] == []
    assert request("recommendations.show", path=path_of("EC2-05"), person=OUTSIDER).status == 404
    assert request("recommendations.savings", person=OUTSIDER).json["items"] == []
    assert request("recommendations.coverage", person=OUTSIDER).json["items"] == []


@pytest.mark.parametrize("verb", ["", *(f"/{one}" for one in VERBS)])
def test_the_events_as_they_are_name_no_recommendation(unchanged: Company, verb: str) -> None:
    name = f"recommendations.{verb.removeprefix('/') or 'show'}"

    assert request(name, person=ADMIN).status == 404
