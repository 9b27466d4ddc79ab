"""Required tags, scans, untagged resources and proposals through the API and the job."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, messages, request
from tests.functions.people import ACME, ADMIN, GLOBEX, OPERATOR, OUTSIDER, VIEWER

WEB, DATA = "i-0a1b2c3d4e5f60001", "i-0a1b2c3d4e5f60002"
UNTAGGED = "compliance.list-untagged"
CHANGE = "compliance.replace-required-tags"
TEAM_ONLY = {"default": [{"key": "Team"}]}


def run(company: Company) -> None:
    """A tick of the schedule, and the scan of each tenant."""
    assert invoke("dispatch_jobs", event("dispatch_jobs.compliance")) == {"dispatched": 2}
    answer_queue(company)


def answer_queue(company: Company) -> None:
    bodies = company.receive("COMPLIANCE_QUEUE_URL")
    assert invoke("scan_compliance", messages("scan_compliance.one-tenant", bodies)) == {
        "batchItemFailures": []
    }


def change(body: dict[str, Any], **changes: Any) -> Any:
    etag = request("compliance.show-required-tags").headers["etag"]
    return request(CHANGE, body=body, person=ADMIN, **{"headers": {"If-Match": etag}, **changes})


def propose(company: Company) -> str:
    """An open proposal that a scan of the bill would not make."""
    proposal_id = str(uuid4())
    company.change(
        """
        insert into tag_proposals (tenant_id, id, account_id, resource_id, tag_key, tag_value, confidence, evidence,
                                   found_at, created_at)
        select tenant_id, %s, account_id, resource_id, 'Service', 'web', 0.8,
               '[{"source": "stack", "group": "web", "value": "web", "agreeing": 3, "tagged": 3, "text": "3 of 3"}]',
               now(), now()
          from resources where tenant_id = %s and resource_id = %s
        """,
        [proposal_id, ACME, WEB],
    )
    return proposal_id


def test_a_tick_scans_every_tenant_and_the_bill_alone_tells_what_lacks_tags(company: Company) -> None:
    run(company)

    (scan,) = request("compliance.list-scans").json["items"]
    items = request(UNTAGGED).json["items"]
    assert (scan["status"], scan["untagged_resources"]) == ("completed", len(items))
    assert {one["source"] for one in items} == {"bill"}
    assert {one["resource_id"]: one["missing_tags"] for one in items}[WEB] == ["Service", "Environment"]
    costs = [float(one["monthly_cost"]) for one in items]
    assert costs == sorted(costs, reverse=True)


def test_the_same_message_twice_makes_one_scan(company: Company) -> None:
    for _ in range(2):
        assert invoke("scan_compliance", event("scan_compliance.one-tenant")) == {"batchItemFailures": []}

    assert len(request("compliance.list-scans").json["items"]) == 1
    assert company.rows("select count(*) from events where entity_type = 'compliance_scan'") == [(1,)]


def test_who_asks_for_a_scan_is_told_which_one_to_wait_for(company: Company) -> None:
    asked = request("compliance.request-scan")
    again = request("compliance.request-scan")
    shown = request("compliance.show-scan", path=f"/api/v1/compliance/scans/{asked.json['id']}")
    answer_queue(company)
    done = request("compliance.show-scan", path=f"/api/v1/compliance/scans/{asked.json['id']}")

    assert (asked.status, asked.json["status"], asked.json["requested_by"]) == (
        202,
        "in_progress",
        OPERATOR.email,
    )
    assert (again.json["id"], shown.json["total_resources"]) == (asked.json["id"], None)
    assert (done.json["status"], done.json["id"]) == ("completed", asked.json["id"])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"account": "111111111111"}, {WEB, "acme-logs"}),
        ({"type": "S3"}, {"acme-logs"}),
        ({"region": "eu-west-1"}, {DATA}),
        ({"missing_tag": "TEAM"}, {"acme-logs"}),
        ({"team": str(uuid4())}, set()),
        ({"unattributed": "true"}, {WEB, DATA, "acme-logs"}),
    ],
)
def test_the_list_is_filtered(company: Company, filters: dict[str, str], expected: set[str]) -> None:
    run(company)

    assert {one["resource_id"] for one in request(UNTAGGED, query=filters).json["items"]} == expected


def test_the_list_is_paged_and_comes_as_csv(company: Company) -> None:
    run(company)
    first = request(UNTAGGED, query={"limit": "2"})
    rest = request(UNTAGGED, query={"cursor": first.json["next_cursor"]})

    csv = request(UNTAGGED, headers={"Accept": "text/csv"})

    found = [one["resource_id"] for page in (first, rest) for one in page.json["items"]]
    assert sorted(found) == sorted([WEB, DATA, "acme-logs"])
    assert csv.body.splitlines()[0].startswith("scan_id,account_id,resource_id,")
    assert len(csv.body.splitlines()) == 4


@pytest.mark.parametrize("cursor", ["x", "WyJhIiwgImIiXQ==", "bnVsbA=="])
@pytest.mark.parametrize("name", [UNTAGGED, "compliance.list-proposals", "compliance.list-scans"])
def test_a_cursor_that_no_list_gave_out_is_named(company: Company, name: str, cursor: str) -> None:
    reply = request(name, query={"cursor": cursor})

    assert (reply.status, reply.fields) == (422, ["cursor"])


def test_before_the_first_scan_there_is_no_list(company: Company) -> None:
    assert (request(UNTAGGED).status, request("compliance.scores").status) == (404, 404)


def test_scores_are_grouped_and_name_what_nobody_owns(company: Company) -> None:
    run(company)

    teams = request("compliance.scores").json
    accounts = request("compliance.scores", query={"group_by": "account"}).json["items"]

    (nobody,) = teams["items"]
    assert (nobody["value"], nobody["name"], nobody["total_resources"], nobody["by_count"]) == (
        "",
        None,
        3,
        "0.00",
    )
    assert [cost["currency"] for cost in nobody["costs"]] == ["USD"]
    assert {one["value"]: one["total_resources"] for one in accounts} == {
        "111111111111": 2,
        "222222222222": 1,
    }


def test_required_tags_are_the_default_ones_until_they_are_set(company: Company) -> None:
    before = request("compliance.show-required-tags")
    after = change(event(CHANGE)["body"])
    shown = request("compliance.show-required-tags")

    assert [tag["key"] for tag in before.json["default"]] == ["Team", "Service", "Environment"]
    assert (after.status, after.json, after.headers["etag"]) == (200, shown.json, shown.headers["etag"])
    assert shown.json["types"]["S3"][1]["allowed_values"] == ["public", "internal", "confidential"]
    assert shown.json["exemptions"][0]["account_id"] == "444455556666"
    ((metadata,),) = company.rows("select metadata from events where entity_type = 'required_tags'")
    assert [tag["key"] for tag in metadata["old"]["default"]] == ["Team", "Service", "Environment"]
    assert [tag["key"] for tag in metadata["new"]["default"]] == ["Team", "Environment"]


def test_no_tags_may_be_required_at_all(company: Company) -> None:
    change({"default": []})
    run(company)

    (scan,) = request("compliance.list-scans").json["items"]
    assert (scan["total_resources"], scan["exempt_resources"], scan["compliance_percentage"]) == (0, 3, None)


def test_a_change_of_a_version_that_somebody_else_changed_is_refused(company: Company) -> None:
    etag = request("compliance.show-required-tags").headers["etag"]
    change(TEAM_ONLY)

    assert change({"default": []}, headers={"If-Match": etag}).status == 412
    assert change({"default": []}, headers={"If-Match": ""}).status == 428
    assert len(request("compliance.show-required-tags").json["default"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"default": [{"key": "Team"}, {"key": "te-am"}]}, "default"),
        ({"default": [{"key": "aws:team"}]}, "default"),
        ({"default": [{"key": "--"}]}, "default"),
        ({"default": [], "types": {"S3": [{"key": "Team", "allowed_values": []}]}}, "types.S3"),
        ({"default": [], "types": {"": [{"key": "Team"}]}}, "types"),
        ({"default": [], "exemptions": [{"reason": "everything"}]}, "exemptions.0"),
        ({"default": [{"key": ""}]}, "default.0.key"),
        ({}, "default"),
    ],
)
def test_what_cannot_be_required_is_named(company: Company, body: dict[str, Any], field: str) -> None:
    reply = change(body)

    assert (reply.status, reply.fields) == (422, [field])


def test_a_proposal_is_accepted_and_nothing_is_said_to_be_written(company: Company) -> None:
    proposal_id = propose(company)

    reply = request("compliance.accept-proposals", body={"ids": [proposal_id]})

    (one,) = reply.json["proposals"]
    assert (one["status"], one["decided_by"]) == ("accepted", OPERATOR.email)
    assert request("compliance.list-proposals", query={"status": "accepted"}).json["items"] == [one]
    assert request("compliance.list-proposals").json["items"] == []
    ((message,),) = company.rows("select message from events where entity_type = 'tag_proposal'")
    assert message == f"{OPERATOR.email} accepted Service=web for {WEB}"


def test_a_proposal_is_rejected_for_a_reason(company: Company) -> None:
    proposal_id = propose(company)

    reply = request("compliance.reject-proposals", body={"ids": [proposal_id], "reason": "it is data's"})
    again = request("compliance.accept-proposals", body={"ids": [proposal_id]})

    assert reply.json["proposals"][0]["reason"] == "it is data's"
    assert again.status == 409


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("compliance.request-scan", VIEWER),
        ("compliance.accept-proposals", VIEWER),
        ("compliance.reject-proposals", VIEWER),
        (CHANGE, OPERATOR),
    ],
)
def test_who_may_only_look_changes_nothing(company: Company, name: str, person: Any) -> None:
    assert request(name, person=person).status == 403


def test_another_tenants_things_are_not_there(company: Company) -> None:
    proposal_id = propose(company)
    change(TEAM_ONLY)
    run(company)
    scan_id = request("compliance.list-scans").json["items"][0]["id"]

    replies = [
        request("compliance.show-scan", path=f"/api/v1/compliance/scans/{scan_id}", person=OUTSIDER),
        request(UNTAGGED, query={"scan": scan_id}, person=OUTSIDER),
        request("compliance.scores", query={"scan": scan_id}, person=OUTSIDER),
        request("compliance.accept-proposals", body={"ids": [proposal_id]}, person=OUTSIDER),
    ]

    assert [reply.status for reply in replies] == [404] * 4
    assert request("compliance.list-proposals", query={}, person=OUTSIDER).json["items"] == []
    assert len(request("compliance.show-required-tags", person=OUTSIDER).json["default"]) == 3
    assert company.rows("select count(*) from untagged_resources where tenant_id = %s", GLOBEX) == [(0,)]


def test_a_message_that_cannot_be_read_goes_back_to_its_queue(company: Company) -> None:
    (record,) = event("scan_compliance.one-tenant")["Records"]
    strange = json.dumps({**json.loads(record["body"]), "type": "scans.finops"})

    result = invoke("scan_compliance", messages("scan_compliance.one-tenant", [strange, record["body"]]))

    assert result == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert len(request("compliance.list-scans").json["items"]) == 1
