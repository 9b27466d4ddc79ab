"""/api/v1/recommendations/exceptions and .../coverage/ledger, from the finding to the acceptance and back."""

from typing import Any

import pytest

from tests.functions.conftest import Company
from tests.functions.invoking import Reply, event, invoke, request
from tests.functions.people import APPROVER, OPERATOR, OUTSIDER, VIEWER

CHECK = "EC2-05"


@pytest.fixture
def acme(company: Company) -> Company:
    invoke("make_recommendations", event("make_recommendations.one-tenant"))
    return company


@pytest.fixture(scope="module")
def unchanged(same_company: Company) -> Company:
    """The same for tests that only read or are refused."""
    invoke("make_recommendations", event("make_recommendations.one-tenant"))
    return same_company


def ledger(**query: str) -> list[dict[str, Any]]:
    reply = request("recommendations.ledger", query=query)
    assert reply.status == 200, reply.body
    found: list[dict[str, Any]] = reply.json["items"]
    return found


def flagged() -> dict[str, Any]:
    (found,) = ledger(check_id=CHECK, verdict="flagged")
    return found


def accept(line: dict[str, Any], **fields: Any) -> Reply:
    wanted = {name: line[name] for name in ("check_id", "account_id", "resource_id")}
    return request("recommendations.accept", body={**wanted, "reason": "kept for the audit", **fields})


def end(exception_id: str, **changes: Any) -> Reply:
    path = f"/api/v1/recommendations/exceptions/{exception_id}/end"
    return request("recommendations.end-exception", path=path, **changes)


def status() -> str:
    (found,) = request("recommendations.list", query={"check_id": CHECK}).json["items"]
    return str(found["status"])


def test_the_event_as_it_is_lists_what_was_found_fine_and_why(unchanged: Company) -> None:
    reply = request("recommendations.ledger")

    assert reply.status == 200
    assert {one["verdict"] for one in reply.json["items"]} == {"fine"}
    assert all(one["reason"] for one in reply.json["items"])


def test_the_ledger_adds_up_to_the_coverage(unchanged: Company) -> None:
    (counted,) = (
        one for one in request("recommendations.coverage").json["items"] if one["check_id"] == CHECK
    )

    lines = ledger(check_id=CHECK, limit="1000")

    for verdict in ("flagged", "fine", "not_enough_data", "no_permission", "excepted"):
        assert counted[verdict] == len([one for one in lines if one["verdict"] == verdict])


def test_the_ledger_is_paged_and_comes_as_csv(unchanged: Company) -> None:
    first = request("recommendations.ledger", query={"limit": "2"}).json
    second = request(
        "recommendations.ledger",
        query={"limit": "2", "cursor": first["next_cursor"]},
        headers={"Accept": "text/csv"},
    )

    assert len(first["items"]) == 2
    header, *rows = second.body.splitlines()
    assert header.startswith("check_id,provider,account_id,service,region,resource_id,source,verdict,reason")
    assert len(rows) == 2
    assert first["items"] != ledger(limit="4")[2:]


@pytest.mark.parametrize("query", [{"verdict": "wrong"}, {"cursor": "x"}, {"limit": "0"}])
def test_wrong_parameters_of_the_ledger_are_named(unchanged: Company, query: dict[str, str]) -> None:
    reply = request("recommendations.ledger", query=query)

    assert (reply.status, reply.fields) == (422, list(query))


def test_an_accepted_finding_is_closed_until_its_exception_ends(acme: Company) -> None:
    line = flagged()
    accepted = accept(line, until="2099-01-31")

    assert (accepted.status, accepted.json["created_by"]) == (201, APPROVER.email)
    assert status() == "expired"
    assert {one["check_id"]: one["excepted"] for one in request("recommendations.coverage").json["items"]}[
        CHECK
    ] == 1
    (excepted,) = ledger(check_id=CHECK, verdict="excepted")
    assert excepted["reason"] == "Accepted until 2099-01-31: kept for the audit"
    assert request("recommendations.list-exceptions").json["items"] == [accepted.json]

    ended = end(accepted.json["id"])
    invoke("make_recommendations", event("make_recommendations.one-tenant"))

    assert (ended.status, ended.json["ended_by"]) == (200, APPROVER.email)
    assert status() == "open"
    assert request("recommendations.list-exceptions").json["items"] == []
    assert request("recommendations.list-exceptions", query={"standing": "false"}).json["items"] == [
        ended.json
    ]
    trail = request("events.list", query={"entity_type": "check_exception"}).json["items"]
    assert [(one["event_type"], one["actor"]) for one in trail] == [
        ("ended", APPROVER.email),
        ("created", APPROVER.email),
    ]


def test_a_run_excepts_what_was_accepted(acme: Company) -> None:
    accept(flagged(), resource_id=None)

    invoke("make_recommendations", event("make_recommendations.one-tenant"))

    assert status() == "expired"
    assert len(ledger(check_id=CHECK, verdict="excepted")) == 1


def test_the_same_is_accepted_once(acme: Company) -> None:
    line = flagged()
    accept(line)

    again = accept(line)

    assert (again.status, again.json["type"]) == (409, "/problems/already-accepted")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"check_id": "EBS-99"}, "check_id"),
        ({"account_id": None}, "account_id"),
        ({"reason": ""}, "reason"),
        ({"until": "2001-01-01"}, "until"),
        ({"resource": "i-1"}, "resource"),
    ],
)
def test_what_is_not_valid_names_its_field(unchanged: Company, fields: dict[str, Any], field: str) -> None:
    reply = accept(flagged(), **fields)

    assert (reply.status, reply.fields) == (422, [field])
    assert request("recommendations.list-exceptions", query={}).json["items"] == []


def test_approvers_accept_and_nobody_below(acme: Company) -> None:
    accepted = accept(flagged()).json

    for person in (VIEWER, OPERATOR):
        assert request("recommendations.accept", person=person).status == 403
        assert end(accepted["id"], person=person).status == 403
        assert request("recommendations.list-exceptions", person=person).json["items"] == [accepted]
        assert request("recommendations.ledger", person=person).status == 200


def test_another_tenants_exceptions_are_not_there(acme: Company) -> None:
    accepted = accept(flagged()).json

    assert end(accepted["id"], person=OUTSIDER).status == 404
    assert request("recommendations.list-exceptions", person=OUTSIDER).json["items"] == []
    assert request("recommendations.ledger", person=OUTSIDER, query={}).json["items"] == []
