"""The first document's contract: its field names, its integers, its times, and what is taken in."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cloudops.paging import Cursor
from tests.functions.carried_out import ACTION, DATA, carry_out
from tests.functions.conftest import Company
from tests.functions.invoking import Reply, event, invoke, request
from tests.functions.people import ACME, OPERATOR, OUTSIDER, VIEWER
from tests.functions.test_dashboard_function import thousandths

FIELDS = {
    "resources": "id resourceId resourceType region currentConfig utilizationMetrics monthlyCost"
    " lastAnalyzed createdAt",
    "cost-reports": "id reportDate serviceCategory resourceId cost usage usageType region createdAt",
    "recommendations": "id resourceId type priority title description currentConfig recommendedConfig"
    " projectedMonthlySavings projectedAnnualSavings riskLevel status createdAt updatedAt",
    "history": "id recommendationId executedBy executionDate beforeConfig afterConfig actualSavings status"
    " errorMessage slackMessageId createdAt",
    "approvals": "id recommendationId requestedBy approverRole status approvedBy approvalDate"
    " comments slackThreadId createdAt",
    "configuration": "id key value description updatedBy updatedAt createdAt",
    "users": "id username role createdAt",
}
TAKEN = ["resource", "cost-report", "recommendation", "history", "approval", "configuration"]
SHOWN = [*TAKEN, "user"]
LISTS = dict(zip(SHOWN, FIELDS, strict=True))
MONEY = [
    ("resource", "monthlyCost"),
    ("cost-report", "cost"),
    ("recommendation", "projectedMonthlySavings"),
    ("recommendation", "projectedAnnualSavings"),
    ("history", "actualSavings"),
]


def body_of(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event(f"autopilot.take-{case}")["body"])
    return found


def take(case: str, **changes: Any) -> Reply:
    return request(f"autopilot.take-{case}", body={**body_of(case), **changes})


def show(case: str, record_id: str, **changes: Any) -> Reply:
    name = f"autopilot.show-{case}"
    return request(name, path=event(name)["path"].rpartition("/")[0] + f"/{record_id}", **changes)


def listed(case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = request(f"autopilot.list-{LISTS[case]}").json
    return found


@pytest.mark.parametrize("case", SHOWN)
def test_records_have_the_documents_fields_and_are_shown_by_id(company: Company, case: str) -> None:
    if case in TAKEN:
        take(case)

    (*_, record) = listed(case)

    assert list(record) == FIELDS[LISTS[case]].split()
    assert show(case, record["id"]).json == record
    assert all(text.endswith("Z") for name, text in record.items() if name.endswith("At"))


@pytest.mark.parametrize("case", TAKEN)
def test_what_was_sent_comes_back_as_it_was_sent(company: Company, case: str) -> None:
    reply = take(case)

    changed = {"recommendation": {"status"}, "configuration": {"description", "updatedBy"}}
    sent = {name: value for name, value in body_of(case).items() if name not in changed.get(case, ())}
    assert reply.status == 201
    assert sent.items() <= reply.json.items()
    assert reply.json in listed(case)


@pytest.mark.parametrize(("case", "field"), MONEY)
@pytest.mark.parametrize("amount", [245.76, 245.0, "245760", True, None, 2**63])
def test_money_is_an_integer_and_nothing_else(
    same_company: Company, case: str, field: str, amount: object
) -> None:
    reply = take(case, **{field: amount})

    assert (reply.status, reply.headers["content-type"]) == (422, "application/problem+json")
    assert reply.fields == [field]


@pytest.mark.parametrize("case", TAKEN)
def test_a_field_that_the_document_does_not_name_is_refused_by_name(same_company: Company, case: str) -> None:
    assert take(case, password="hunter2").fields == ["password"]


@pytest.mark.parametrize(
    ("case", "field"), [(case, field) for case in TAKEN for field in body_of(case) if case != "configuration"]
)
def test_a_field_that_is_missing_is_refused_by_name(same_company: Company, case: str, field: str) -> None:
    optional = {"utilizationMetrics", "id", "approvedBy", "approvalDate", "comments"}
    optional |= {"resourceId"} if case == "cost-report" else set()
    body = {name: value for name, value in body_of(case).items() if name != field}

    reply = request(f"autopilot.take-{case}", body=body, person=VIEWER)

    assert (reply.status, reply.fields) == ((403, []) if field in optional else (422, [field]))


@pytest.mark.parametrize(
    ("case", "field", "value"),
    [
        ("recommendation", "type", "review"),
        ("recommendation", "riskLevel", 15.505),
        ("recommendation", "riskLevel", 101),
        ("recommendation", "projectedAnnualSavings", 3_006_000),
        ("cost-report", "usage", 1_000_000),
        ("cost-report", "reportDate", 1_760_000_000),
        ("cost-report", "reportDate", "2025-10-01T00:00:00"),
        ("history", "status", "completed"),
        ("history", "beforeConfig", "{}"),
        ("approval", "status", "expired"),
        ("configuration", "key", "agent.do_anything"),
        ("configuration", "value", "risky"),
    ],
)
def test_what_is_no_value_of_a_field_is_refused_by_name(
    same_company: Company, case: str, field: str, value: object
) -> None:
    reply = take(case, **{field: value})

    assert (reply.status, reply.fields) == (422, [field])


@pytest.mark.parametrize("case", TAKEN)
def test_viewers_send_nothing_and_only_admins_configure(same_company: Company, case: str) -> None:
    assert request(f"autopilot.take-{case}", person=VIEWER).status == 403
    assert case != "configuration" or request(f"autopilot.take-{case}", person=OPERATOR).status == 403


def test_users_cannot_be_sent(same_company: Company) -> None:
    reply = request(
        "autopilot.list-users", method="POST", query={}, body={"username": "eve", "password": "hunter2"}
    )

    assert (reply.status, reply.headers["allow"]) == (405, "GET")
    assert "hunter2" not in reply.body


def test_an_approval_from_outside_authorises_nothing(company: Company) -> None:
    approval, recommendation = take("approval"), take("recommendation")
    asked = request("actions.request", body={"recommendation_id": recommendation.json["id"]})

    assert (approval.json["status"], recommendation.json["status"]) == ("approved", "pending")
    assert asked.status == 409
    assert request("actions.list-approvals", query={}).json["items"] == []
    assert request("actions.list", query={}).json["items"] == []


def test_what_another_tool_says_it_saved_is_not_realised_and_its_costs_are_on_no_bill(
    company: Company,
) -> None:
    before = request("dashboard.metrics").json

    take("history")
    take("cost-report", reportDate="2026-08-01T00:00:00Z")

    assert request("dashboard.metrics").json == before


def test_a_record_that_comes_again_replaces_what_came_before(company: Company) -> None:
    for case, change in (
        ("history", {"status": "failed"}),
        ("approval", {"status": "rejected"}),
        ("cost-report", {"cost": 1}),
        ("recommendation", {"title": "Make it much smaller"}),
    ):
        first = take(case, id="4ec00000-0000-4000-8000-0000000000aa").json
        again = take(case, id=first["id"], **change).json

        assert change.items() <= again.items()
        assert [one["id"] for one in listed(case)].count(first["id"]) == 1


def test_a_recommendation_of_our_own_is_not_replaced(company: Company) -> None:
    company.change(
        """insert into recommendations (tenant_id, id, project_id, check_id, kind, type, severity, title, description,
               action_steps, impact, overlap_group, risk, confidence)
           select %s, %s, id, 'EC2-01', 'rightsizing', 'resize', 'low', 't', 'd', 's', 'i', 'o', 10, 0.9
             from projects where tenant_id = %s""",
        [ACME, body_of("recommendation")["id"], ACME],
    )

    assert take("recommendation").status == 409


def test_a_resource_on_the_bill_keeps_its_cost_and_takes_on_the_configuration(company: Company) -> None:
    ((cost, before),) = company.rows(
        "select monthly_cost, count(*) over () from resources where resource_id = %s", DATA
    )

    taken = take("resource", resourceId=DATA, monthlyCost=1).json

    assert taken["monthlyCost"] == round(cost * 1000)
    assert taken["currentConfig"]["vcpus"] == 8
    assert company.rows("select count(*) from resources where resource_id = %s", DATA) == [(before,)]


def test_a_key_is_set_in_the_name_of_whoever_is_signed_in(company: Company) -> None:
    taken = take("configuration").json
    shown = {one["key"]: one["value"] for one in request("actions.show-configuration").json["items"]}

    assert (taken["value"], taken["updatedBy"]) == ("5.0", "ada@acme.example")
    assert shown["agent.max_autonomous_risk_level"] == "5.0"
    assert company.rows("select actor from events where entity_type = 'system_config'") == [
        ("ada@acme.example",)
    ]


def test_cost_reports_are_the_months_of_the_bill_the_latest_first(company: Company) -> None:
    take("cost-report")
    found, pages, cursor = [], 0, None
    while pages == 0 or cursor:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        reply = request("autopilot.list-cost-reports", query=query)
        found += reply.json
        pages, cursor = pages + 1, reply.headers.get("x-next-cursor")

    totals = {
        month: sum(one["cost"] for one in found if one["reportDate"] == f"2026-0{month}-01T00:00:00Z")
        for month in (6, 7, 8)
    }
    assert totals == {month: thousandths(month) for month in (6, 7, 8)}
    assert [one["reportDate"] for one in found] == sorted((one["reportDate"] for one in found), reverse=True)
    assert len({one["id"] for one in found}) == len(found)
    assert (found[-1]["serviceCategory"], found[-1]["cost"]) == ("EC2-Instance", 814_000)
    assert {one["usageType"] for one in found if one["serviceCategory"] == "EC2-Instance"} == {
        "Instance-Hours"
    }


@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
def test_a_cursor_from_the_end_of_times_is_survived(same_company: Company, year: str) -> None:
    cursor = Cursor(at=datetime.fromisoformat(year).replace(tzinfo=UTC), id=UUID(int=0)).encode()

    assert request("autopilot.list-cost-reports", query={"cursor": cursor}).status == 200


def test_history_shows_what_actions_did_and_what_bills_say_they_save(company: Company) -> None:
    carry_out(company)
    before = show("history", str(ACTION)).json
    invoke("measure_savings", event("measure_savings.one-tenant"))
    after = show("history", str(ACTION)).json

    assert before == {
        "id": str(ACTION),
        "recommendationId": None,
        "executedBy": "oscar@acme.example",
        "executionDate": "2026-07-20T09:00:00Z",
        "beforeConfig": {"type": "m7g.large", "state": "running"},
        "afterConfig": {"type": "m7g.medium", "state": "running"},
        "actualSavings": 0,
        "status": "success",
        "errorMessage": None,
        "slackMessageId": None,
        "createdAt": "2026-07-20T09:00:00Z",
    }
    assert after["actualSavings"] == request("dashboard.metrics").json["realizedSavings"] > 0


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"status": "failed", "error": "AWS refused"}, ("failed", "AWS refused", {}, "oscar@acme.example")),
        (
            {"status": "rolled_back", "error": "not verified"},
            ("failed", "not verified", {"type": "m7g.large", "state": "running"}, "oscar@acme.example"),
        ),
        (
            {"status": "verifying", "ended": None, "autonomous": True},
            ("in-progress", None, {"type": "m7g.medium", "state": "running"}, "system"),
        ),
    ],
)
def test_history_has_three_words_for_the_status_of_an_action(
    company: Company, changes: dict[str, Any], shown: tuple[object, ...]
) -> None:
    carry_out(company, **changes)

    entry = show("history", str(ACTION)).json

    assert (entry["status"], entry["errorMessage"], entry["afterConfig"], entry["executedBy"]) == shown


@pytest.mark.parametrize(
    ("status", "role", "shown"),
    [
        ("pending", "approver", ("pending", None)),
        ("approved", "approver", ("approved", "a0000000-0000-4000-8000-0000000000ff")),
        ("approved", "system", ("approved", "system")),
        ("rejected", "cfo", ("rejected", None)),
        ("expired", "cfo", ("rejected", None)),
        ("void", "admin", ("rejected", None)),
    ],
)
def test_approvals_have_three_words_for_their_status(
    company: Company, status: str, role: str, shown: tuple[object, ...]
) -> None:
    carry_out(company)
    with psycopg.connect(company.database.superuser_dsn) as connection:
        connection.execute("set local session_replication_role = replica")
        connection.execute(
            "insert into approval_requests (tenant_id, id, action_id, digest, requested_by_name,"
            " approver_role, status,"
            " expires_at, decided_at, created_at, updated_at)"
            " values (%(tenant)s, %(id)s, %(id)s, repeat('0', 64), 'oscar', %(role)s, %(status)s, '2026-07-21',"
            " case when %(status)s <> 'pending' then timestamptz '2026-07-20' end, '2026-07-20', '2026-07-20')",
            {"tenant": ACME, "id": ACTION, "role": role, "status": status},
        )
        connection.execute(
            "insert into approval_decisions (tenant_id, request_id, user_id, user_name, decision, decided_at)"
            " values (%s, %s, 'a0000000-0000-4000-8000-0000000000ff', 'abe', 'approved', '2026-07-20')",
            [ACME, ACTION],
        )

    record = show("approval", str(ACTION)).json

    assert (record["status"], record["approvedBy"]) == shown
    assert record["requestedBy"] == ("system" if role == "system" else "oscar")


def test_another_tenants_records_are_not_there(company: Company) -> None:
    ids = {case: take(case).json["id"] for case in TAKEN}

    for case, record_id in ids.items():
        assert show(case, record_id, person=OUTSIDER).status == 404
        assert request(f"autopilot.list-{LISTS[case]}", person=OUTSIDER).json == []


def test_lists_go_on_page_by_page(company: Company) -> None:
    for number in range(3):
        take("history", createdAt=f"2025-10-0{number + 1}T00:00:00Z")

    first = request("autopilot.list-history", query={"limit": "2"})
    second = request("autopilot.list-history", query={"limit": "2", "cursor": first.headers["x-next-cursor"]})

    days = [one["createdAt"][:10] for one in [*first.json, *second.json]]
    assert days == ["2025-10-03", "2025-10-02", "2025-10-01"]
    assert "x-next-cursor" not in second.headers
