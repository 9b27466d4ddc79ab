import json
from typing import Any

import psycopg
import pytest

from tests.functions.conftest import Company
from tests.functions.invoking import Reply, event, invoke, messages, request
from tests.functions.people import ACME, ADMIN, CONSULTANT, OPERATOR, OUTSIDER, VIEWER, Person

ACCOUNT = "111122223333"
MISSING = "00000000-0000-4000-8000-000000000000"
OWNERLESS = {"field": "tags.owner", "op": "absent"}
YAML = "policies:\n  - name: {}\n    resource: ebs\n    filters: [{}]\n"


def ask(name: str, row_id: str, *, kind: str = "policies", action: str = "", **changes: Any) -> Reply:
    return request(f"policies.{name}", path=f"/api/v1/{kind}/{row_id}{action}", **changes)


def written(**fields: Any) -> dict[str, Any]:
    reply = request("policies.write", body={**json.loads(event("policies.write")["body"]), **fields})
    assert reply.status == 201, reply.body
    found: dict[str, Any] = reply.json
    return found


def has_resources(company: Company, *resource_ids: str, tenant: Any = ACME) -> None:
    with psycopg.connect(company.database.owner_dsn) as connection:
        for resource_id in resource_ids:
            connection.execute(
                """
                insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, tags,
                                       currency, first_seen, last_seen, scanned_at)
                values (%s, %s, %s, 'aws', 'AmazonEC2', 'EC2', 'web', '{"environment": "prod"}',
                        'USD', now(), now(), now())
                """,
                [tenant, ACCOUNT, resource_id],
            )


def evaluate(company: Company) -> None:
    """Handle what waits in the queue of evaluations."""
    bodies = company.receive("POLICY_QUEUE_URL")
    assert bodies
    assert invoke("scan_policies", messages("scan_policies.one-tenant", bodies)) == {"batchItemFailures": []}


def scanned(company: Company) -> None:
    assert request("policies.scan").status == 202
    evaluate(company)


def test_a_policy_is_written_read_changed_and_removed(company: Company) -> None:
    policy = written()

    shown = ask("show", policy["id"])
    assert (shown.json, policy["built_in"], policy["status"]) == (policy, False, "enabled")
    assert [one["id"] for one in request("policies.list").json["items"]] == [policy["id"]]

    changed = ask("change", policy["id"], headers={"If-Match": shown.headers["etag"]})
    assert (changed.status, changed.json["severity"]) == (200, "critical")
    assert changed.json["expression"] == policy["expression"]

    gone = ask("remove", policy["id"], headers={"If-Match": changed.headers["etag"]})
    assert (gone.status, ask("show", policy["id"]).status) == (204, 404)
    told = company.rows(
        "select event_type, actor from events where entity_type = 'policy' order by created_at"
    )
    assert told == [("created", ADMIN.email), ("changed", ADMIN.email), ("deleted", ADMIN.email)]


def test_nobody_overwrites_a_change_that_he_has_not_seen(company: Company) -> None:
    policy = written()
    etag = ask("show", policy["id"]).headers["etag"]
    ask("change", policy["id"], headers={"If-Match": etag})

    assert ask("change", policy["id"], headers={"If-Match": etag}, body={"severity": "low"}).status == 412
    assert ask("remove", policy["id"], headers={"If-Match": etag}).status == 412


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": "S3 buckets are not public"}, "name"),
        ({"severity": "urgent"}, "severity"),
        ({"provider": "acme"}, "provider"),
        ({"id": "mine"}, "id"),
        ({"expression": {}}, "expression"),
        ({"expression": {"field": "cost", "op": "gt", "value": 1}}, "expression.field"),
        ({"expression": {"any": [{"field": "tags.owner", "op": "gt", "value": 1}]}}, "expression.any.0.op"),
        ({"metadata": {"ticket": 3}}, "metadata.ticket"),
    ],
)
def test_a_wrong_policy_is_refused_by_its_field(
    same_company: Company, fields: dict[str, Any], named: str
) -> None:
    reply = request("policies.write", body={"name": "Owned", "expression": OWNERLESS, **fields})

    assert (reply.status, reply.fields) == (422, [named])


def test_a_name_is_given_once(company: Company) -> None:
    policy, other = written(), written(name="Other")

    again = request("policies.write")
    renamed = ask("change", other["id"], headers={"If-Match": "*"}, body={"name": policy["name"]})

    assert [(reply.status, reply.fields) for reply in (again, renamed)] == [(422, ["name"])] * 2


def test_a_policy_is_tried_before_it_is_saved(company: Company) -> None:
    has_resources(company, "i-1", "i-2")

    reply = request("policies.test")

    assert reply.status == 200
    assert {one["resource_id"] for one in reply.json["matches"]} >= {"i-1", "i-2"}
    assert reply.json["violations"] == len(reply.json["matches"])
    assert reply.json["matches"][0]["reason"] == "tags.owner is not set"
    assert company.rows("select 1 from policies") == company.rows("select 1 from violations") == []


def test_the_security_policies_are_evaluated_alone_where_that_is_asked_for(company: Company) -> None:
    queued = request("policies.scan", body={"kind": "security"})

    bodies = company.receive("SECURITY_QUEUE_URL")
    assert (queued.status, len(bodies)) == (202, 1)
    assert company.receive("POLICY_QUEUE_URL") == []
    assert invoke("scan_security", messages("scan_security.one-tenant", bodies)) == {"batchItemFailures": []}
    (run,) = request("policies.list-scans").json["items"]
    assert (run["id"], run["kind"]) == (queued.json["id"], "security")


def test_a_scan_is_queued_once_evaluated_once_and_told(company: Company) -> None:
    policy = written()
    has_resources(company, "i-1")
    queued = request("policies.scan")
    bodies = company.receive("POLICY_QUEUE_URL")
    assert (queued.status, len(bodies)) == (202, 1)
    assert request("policies.list-scans").json["items"][0]["finished_at"] is None

    for _ in range(2):
        assert invoke("scan_policies", messages("scan_policies.one-tenant", bodies)) == {
            "batchItemFailures": []
        }

    (run,) = request("policies.list-scans").json["items"]
    assert (run["id"], run["counts"]["opened"]) == (queued.json["id"], 1)
    (violation,) = request("policies.list-violations").json["items"]
    assert (violation["policy_id"], violation["resource_id"], violation["severity"]) == (
        policy["id"],
        "i-1",
        "high",
    )
    assert violation["first_seen"] == violation["last_seen"]
    assert ask("show-violation", violation["id"], kind="violations").json == violation
    assert company.rows("select count(*) from events where event_type = 'policies_evaluated'") == [(1,)]


def test_violations_are_ordered_by_rank_of_severity_and_paged(company: Company) -> None:
    for severity in ("low", "critical", "medium", "high"):
        written(name=severity, severity=severity)
    has_resources(company, "i-1", "i-2")
    scanned(company)

    found, cursor = [], None
    while cursor or not found:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = request("policies.latest-violations", query=query).json
        found += [(one["severity"], one["id"]) for one in page["items"]]
        cursor = page["next_cursor"]

    ranks = ["critical", "critical", "high", "high", "medium", "medium", "low", "low"]
    assert [severity for severity, _ in found] == ranks
    assert len({row_id for _, row_id in found}) == 8
    whole = request("policies.list-violations", query={}).json["items"]
    assert [(one["severity"], one["id"]) for one in whole] == found


def test_the_latest_of_a_resource_are_those_seen_last(company: Company) -> None:
    written()
    has_resources(company, "i-1", "i-2")
    scanned(company)
    company.change(
        "update violations set last_seen = last_seen - interval '1 day' where resource_id = 'i-2'", []
    )
    company.change(
        "insert into violations (tenant_id, id, policy_name, account_id, resource_id, severity, reason, first_seen,"
        " last_seen)"
        " select tenant_id, gen_random_uuid(), 'old', account_id, resource_id, 'critical', 'x', now(), '2020-01-01'"
        " from violations where resource_id = 'i-1'",
        [],
    )

    items = request("policies.latest-violations").json["items"]

    assert [(one["resource_id"], one["severity"]) for one in items] == [("i-1", "high"), ("i-2", "high")]


def test_violations_are_filtered_and_counted_by_severity(company: Company) -> None:
    policy = written()
    has_resources(company, "i-1", "i-2")
    scanned(company)
    team = MISSING.replace("0000-4000", "0001-4000")
    company.change("insert into teams (tenant_id, id, name) values (%s, %s, 'Shop')", [ACME, team])
    company.change("update resources set team_id = %s where resource_id = 'i-1'", [team])

    def found(**query: str) -> list[str]:
        reply = request("policies.list-violations", query=query)
        return sorted(one["resource_id"] for one in reply.json["items"])

    assert found(team=team) == ["i-1"]
    assert found(policy=policy["id"], severity="high", status="open", account=ACCOUNT) == ["i-1", "i-2"]
    assert found(resource="i-2") == ["i-2"]
    assert found(severity="low") == found(status="fixed") == found(account="1") == []
    counts = {one["severity"]: one for one in request("policies.summary").json["items"]}
    assert list(counts) == ["critical", "high", "medium", "low"]
    assert counts["high"] == {"severity": "high", "open": 2, "suppressed": 0, "fixed": 0}


def test_an_exception_is_asked_for_approved_and_suppresses(company: Company) -> None:
    policy = written()
    has_resources(company, "i-1")
    scanned(company)
    wanted = {**json.loads(event("policies.request-exception")["body"]), "policy_id": policy["id"]}

    asked = request("policies.request-exception", body=wanted)
    assert (asked.status, asked.json["status"], asked.json["requested_by"]) == (
        201,
        "pending",
        OPERATOR.email,
    )
    approved = ask("approve-exception", asked.json["id"], kind="exceptions", action="/approve")

    assert (approved.status, approved.json["status"], approved.json["approver"]) == (
        200,
        "approved",
        ADMIN.email,
    )
    assert request("policies.list-violations", query={"status": "suppressed"}).json["items"]
    assert request("policies.list-exceptions", query={"status": "approved"}).json["items"] == [approved.json]
    rejected = ask("reject-exception", asked.json["id"], kind="exceptions", action="/reject")
    assert (rejected.json["status"], rejected.json["decision"]) == ("rejected", "Mend it now.")
    assert request("policies.list-violations").json["items"][0]["status"] == "open"


def test_nobody_approves_his_own_request(company: Company) -> None:
    policy = written()
    wanted = {"policy_id": policy["id"], "reason": "Mine.", "expires_at": "2099-01-01T00:00:00Z"}
    late = request("policies.request-exception", body=wanted, person=ADMIN)
    assert (late.status, late.fields) == (422, ["expires_at"])
    past = request("policies.request-exception", body={**wanted, "expires_at": "2020-01-01T00:00:00Z"})
    assert (past.status, past.fields) == (422, ["expires_at"])

    asked = request(
        "policies.request-exception", person=ADMIN, body={**wanted, "expires_at": "2026-12-31T00:00:00Z"}
    )
    own = ask("approve-exception", asked.json["id"], kind="exceptions", action="/approve")

    assert (own.status, own.json["type"]) == (403, "/problems/own-request")


@pytest.mark.parametrize(
    ("name", "person", "allowed"),
    [
        ("write", OPERATOR, False),
        ("change", OPERATOR, False),
        ("remove", OPERATOR, False),
        ("import", OPERATOR, False),
        ("test", VIEWER, False),
        ("test", OPERATOR, True),
        ("scan", VIEWER, False),
        ("scan", OPERATOR, True),
        ("request-exception", VIEWER, False),
        ("approve-exception", OPERATOR, False),
        ("reject-exception", OPERATOR, False),
        ("list", VIEWER, True),
        ("list-violations", VIEWER, True),
        ("list-exceptions", VIEWER, True),
        ("summary", VIEWER, True),
    ],
)
def test_what_each_role_may_do(same_company: Company, name: str, person: Person, allowed: bool) -> None:
    assert (request(f"policies.{name}", person=person).status != 403) is allowed


@pytest.mark.parametrize(
    "name",
    ["show", "change", "remove", "show-violation", "show-exception", "approve-exception", "reject-exception"],
)
def test_what_is_not_there_is_not_found(same_company: Company, name: str) -> None:
    assert request(f"policies.{name}").status == 404


def test_another_tenants_are_not_there(company: Company) -> None:
    policy = written()
    has_resources(company, "i-1")
    scanned(company)
    (violation,) = request("policies.list-violations").json["items"]

    for person in (OUTSIDER, CONSULTANT):
        headers = {"X-Tenant-Id": str(OUTSIDER.tenant)}
        assert ask("show", policy["id"], person=person, headers=headers).status == 404
        assert (
            ask("show-violation", violation["id"], kind="violations", person=person, headers=headers).status
            == 404
        )
    wanted = {"policy_id": policy["id"], "reason": "x", "expires_at": "2026-12-31T00:00:00Z"}
    foreign = request("policies.request-exception", body=wanted, person=OUTSIDER)
    assert (foreign.status, foreign.fields) == (422, ["policy_id"])


def test_built_in_policies_can_be_disabled_but_not_rewritten(company: Company) -> None:
    scanned(company)
    any_version = {"If-Match": "*"}

    disabled = ask("change", "aws-root-mfa", headers=any_version, body={"status": "disabled"})
    rewritten = ask("change", "aws-root-mfa", headers=any_version, body={"expression": OWNERLESS})

    assert (disabled.status, disabled.json["status"]) == (200, "disabled")
    assert (rewritten.status, rewritten.json["type"]) == (409, "/problems/built-in-policy")
    assert ask("remove", "aws-root-mfa", headers=any_version).status == 409


def test_policies_of_cloud_custodian_are_imported_as_drafts(company: Company) -> None:
    tried = request("policies.import", body={**json.loads(event("policies.import")["body"]), "dry_run": True})
    assert (tried.status, tried.json["policies"][0]["id"]) == (200, None)
    assert request("policies.list").json["items"] == []

    reply = request("policies.import")

    (imported,) = reply.json["policies"]
    assert imported["notes"] == ["its actions are left out: policies here change nothing"]
    found = ask("show", imported["id"]).json
    assert (found["status"], found["resource_types"]) == ("draft", ["EBS"])
    assert found["expression"]["all"][1] == {"field": "tags.keep", "op": "absent"}
    twice = request("policies.import")
    assert (twice.status, twice.fields) == (422, ["document.policies.0.name"])


@pytest.mark.parametrize(
    ("document", "field", "reason"),
    [
        (YAML.format("x", "{type: metrics, days: 3}"), "document.policies.0.filters.0.type", "not known"),
        (YAML.format("x", "{Encrypted: {a: b}}"), "document.policies.0.filters.0.Encrypted", "neither"),
        ("policies: [", "document", "line 1"),
        ("a: &a [1]\nb: *a\n", "document", "anchors"),
        ("!!python/object:os.system {}", "document", "line 1"),
        ("[" * 5000, "document", ""),
        ("a: 2001-99-99", "document", ""),
    ],
)
def test_a_document_that_does_not_map_is_refused_with_its_place(
    same_company: Company, document: str, field: str, reason: str
) -> None:
    reply = request("policies.import", body={"document": document})

    assert (reply.status, reply.fields) == (422, [field])
    assert reason in reply.json["errors"][0]["detail"]


@pytest.mark.parametrize("cursor", ["x", "WyI5IiwgIjIwMjYiLCAieCJd", "WzFd"])
def test_a_cursor_that_no_list_gave_out_is_refused(same_company: Company, cursor: str) -> None:
    for name in ("list", "list-violations", "latest-violations", "list-exceptions", "list-scans"):
        if not (name == "list" and cursor.startswith("W")):
            assert request(f"policies.{name}", query={"cursor": cursor}).status == 422


@pytest.mark.parametrize(
    ("tick", "job", "queue"),
    [
        ("dispatch_jobs.scans-policy", "scan_policies", "POLICY_QUEUE_URL"),
        ("dispatch_jobs.scans-security", "scan_security", "SECURITY_QUEUE_URL"),
    ],
)
def test_a_tick_evaluates_the_policies_of_every_tenant_once(
    company: Company, tick: str, job: str, queue: str
) -> None:
    assert invoke("dispatch_jobs", event(tick)) == {"dispatched": 2}

    bodies = company.receive(queue)
    for _ in range(2):
        assert invoke(job, messages(f"{job}.one-tenant", bodies)) == {"batchItemFailures": []}

    assert company.rows("select count(*), count(distinct tenant_id) from policy_scans") == [(2, 2)]
    assert company.rows("select count(*) from events where event_type = 'policies_evaluated'") == [(2,)]


def test_a_message_of_another_kind_goes_back_to_its_queue(company: Company) -> None:
    (record,) = event("scan_security.one-tenant")["Records"]

    answer = invoke("scan_policies", messages("scan_policies.one-tenant", [record["body"]]))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
