"""A change from the request to its evidence, through API and worker, in a connected account of the emulated AWS."""

import json
import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from cloudops.platform import aws
from local.runtime import Context
from tests.functions.asking_accounts import connected_by_role
from tests.functions.conftest import Company
from tests.functions.invoking import Reply, context_of, event, invoke, messages, request
from tests.functions.people import ADMIN, APPROVER, OPERATOR, OUTSIDER, VIEWER, Person

ACCOUNT, REGION = "222233334444", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/cloudops-actor"
OWNER = aws.AssumedRole(role_arn=f"arn:aws:iam::{ACCOUNT}:role/owner", external_id=None)
PERMISSIVE = {
    "agent.approval_required_above_savings": "10000000",
    "actions.enabled": "true",
    "actions.allowed_accounts": ACCOUNT,
    "actions.max_per_day": "20",
    "actions.max_savings_per_day": "5000000",
    "actions.max_share_of_fleet": "100",
    # The whole day; one window ends where the other begins.
    "actions.change_windows": "mon-sun 00:00-12:00,mon-sun 12:00-00:00",
    "actions.protect_tags": "cloudops:protect",
}


@pytest.fixture
def instance(company: Company) -> str:
    """In an account that may be changed, of a tenant that permits it."""
    account = connected_by_role(company, ACCOUNT)
    company.change(
        "update cloud_accounts set action_role_arn = %s, action_role_status = 'connected' where id = %s",
        [ROLE, account["id"]],
    )
    company.change(
        "update memberships set finance_approver = true where user_id in (select id from users where sub = %s)",
        [APPROVER.sub],
    )
    for key, value in PERMISSIVE.items():
        assert configured(key, value).status == 200
    ec2 = aws.session_client("ec2", REGION, aws.SESSIONS.session_of(OWNER))
    made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType="m5.xlarge")
    found: str = made["Instances"][0]["InstanceId"]
    return found


def configured(key: str, value: str, person: Person = ADMIN) -> Reply:
    path = f"/api/v1/automation/configuration/{key}"
    return request("actions.configure", path=path, body={"value": value}, person=person)


def wanted(instance: str, **changes: Any) -> dict[str, Any]:
    body = json.loads(event("actions.request")["body"])
    return {**body, "resource_id": instance, **changes}


def asked(instance: str, *, key: str | None = None, person: Person = OPERATOR, **changes: Any) -> Reply:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return request("actions.request", body=wanted(instance, **changes), headers=headers, person=person)


def of_action(name: str, action: dict[str, Any], rest: str = "", person: Person = OPERATOR) -> Reply:
    return request(f"actions.{name}", path=f"/api/v1/actions/{action['id']}{rest}", person=person)


def of_approval(name: str, approval: dict[str, Any], person: Person = APPROVER) -> Reply:
    rest = "" if name == "show-approval" else f"/{name}"
    return request(f"actions.{name}", path=f"/api/v1/approvals/{approval['id']}{rest}", person=person)


def work(company: Company) -> None:
    """Hand the worker all that waits for it."""
    bodies = company.receive("ACTIONS_QUEUE_URL")
    assert bodies
    answer = invoke(
        "execute_actions",
        messages("execute_actions.one-action", bodies),
        context=long_lived("execute_actions"),
    )
    assert answer == {"batchItemFailures": []}


def long_lived(function: str) -> Context:
    return replace(context_of(function), deadline=time.monotonic() + 900)


def planned(company: Company, instance: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A change that waits for approval, and what it waits for."""
    action = asked(instance).json
    work(company)
    (approval,) = request("actions.list-approvals", query={"action": action["id"]}).json["items"]
    return action, approval


def state_of(instance: str) -> tuple[str, str]:
    ec2 = aws.session_client("ec2", REGION, aws.SESSIONS.session_of(OWNER))
    (found,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    return found["InstanceType"], found["State"]["Name"]


def test_a_change_goes_from_the_request_to_evidence_that_reads_back_intact(
    company: Company, instance: str
) -> None:
    dry = request("actions.plan", body=wanted(instance), person=OPERATOR)
    action, approval = planned(company, instance)
    shown = of_approval("show-approval", approval)
    approved = of_approval("approve", approval)
    work(company)

    ended = of_action("show", action).json
    verification = of_action("evidence", action, "/evidence/verification.json").json
    assert dry.status == 200, dry.body
    assert dry.json["digest"] == approval["digest"] == ended["digest"]
    assert shown.json["plan"] == dry.json["plan"]
    assert (approval["status"], approval["approver_role"]) == ("pending", "cfo")
    assert (approved.status, approved.json["status"]) == (200, "approved")
    assert (ended["status"], ended["error"]) == ("completed", None)
    assert [(step["name"], step["status"]) for step in ended["steps"]] == [
        ("stop the instance", "landed"),
        ("change the type", "landed"),
        ("start the instance", "landed"),
    ]
    assert state_of(instance) == ("m5.large", "running")
    assert verification["intact"] is True
    assert verification["content"]["seen"]["instance_type"] == "m5.large"
    assert [one["id"] for one in request("actions.list", query={"status": "completed"}).json["items"]] == [
        action["id"]
    ]
    assert of_action("evidence", action, "/evidence/selfie.json").status == 404


def test_a_dry_run_changes_nothing(company: Company, instance: str) -> None:
    plan = request("actions.plan", body=wanted(instance), person=OPERATOR)

    assert [step["call"]["operation"] for step in plan.json["plan"]["steps"]] == [
        "stop_instances",
        "modify_instance_attribute",
        "start_instances",
    ]
    assert state_of(instance) == ("m5.xlarge", "running")
    assert request("actions.list", query={}).json["items"] == []
    assert company.receive("ACTIONS_QUEUE_URL") == []


def test_an_action_is_found_by_the_digits_that_people_read_out(company: Company, instance: str) -> None:
    action = asked(instance).json

    found = [
        [one["id"] for one in request("actions.list", query={"id_prefix": start}).json["items"]]
        for start in (action["id"][:8], action["id"].replace("-", ""), "0000000000000000")
    ]

    assert found == [[action["id"]], [action["id"]], []]


def test_the_same_key_asks_once(company: Company, instance: str) -> None:
    first, again = asked(instance, key="once"), asked(instance, key="once")

    assert (first.status, again.status) == (202, 202)
    assert first.json["id"] == again.json["id"]
    assert len(request("actions.list", query={}).json["items"]) == 1


def test_off_hours_are_kept_by_the_role_that_stands_beside_the_action_role(
    company: Company, instance: str
) -> None:
    hours = {"stop": "cron(0 19 ? * MON-FRI *)", "start": "cron(0 7 ? * MON-FRI *)", "timezone": "UTC"}

    found = asked(instance, type="schedule.off_hours", params=hours).json
    named = asked(instance, type="schedule.off_hours", params={**hours, "role": ROLE}).json
    company.change("update cloud_accounts set action_role_arn = null where account_id = %s", [ACCOUNT])
    without = asked(instance, type="schedule.off_hours", params=hours)

    assert found["params"] == {**hours, "role": f"{ROLE}-schedules"}
    assert named["type"] == "/problems/resource-busy"
    assert (without.status, without.json["type"]) == (409, "/problems/account-read-only")


def test_tags_that_were_accepted_are_added_once_their_plan_is_approved(
    company: Company, instance: str
) -> None:
    open_one, accepted = proposals(company, instance)

    early = request("actions.request-tags", body={"tag_proposal_id": open_one}, person=OPERATOR)
    request("compliance.accept-proposals", body={"ids": [open_one, accepted]})
    action = request("actions.request-tags", body={"tag_proposal_id": accepted}, person=OPERATOR).json
    work(company)
    (approval,) = request("actions.list-approvals", query={"action": action["id"]}).json["items"]
    of_approval("approve", approval)
    work(company)

    ec2 = aws.session_client("ec2", REGION, aws.SESSIONS.session_of(OWNER))
    tags = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [instance]}])["Tags"]
    assert (early.status, early.json["type"]) == (409, "/problems/proposal-not-accepted")
    assert approval["approver_role"] == "approver"
    assert of_action("show", action).json["status"] == "completed"
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"Service": "web", "Team": "shop"}


def proposals(company: Company, instance: str) -> list[str]:
    """Of two tags, open ones, for an instance that a scan saw."""
    company.change(
        """
        insert into resources (tenant_id, account_id, resource_id, arn, provider, service, type, name, region, currency,
                               first_seen, last_seen)
        select tenant_id, account_id, %s, %s, 'aws', 'AmazonEC2', 'EC2', 'web', %s, 'USD', '2026-01-01', '2026-09-14'
          from cloud_accounts where account_id = %s
        """,
        [instance, f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance}", REGION, ACCOUNT],
    )
    made = [(str(uuid4()), key, value) for key, value in (("Service", "web"), ("Team", "shop"))]
    for proposal_id, key, value in made:
        company.change(
            """
            insert into tag_proposals (tenant_id, id, account_id, resource_id, tag_key, tag_value, confidence, evidence,
                                       found_at, created_at)
            select tenant_id, %s, account_id, resource_id, %s, %s, 0.8, '[]', now(), now()
              from resources where resource_id = %s
            """,
            [proposal_id, key, value, instance],
        )
    return [proposal_id for proposal_id, _, _ in made]


def test_what_is_due_is_brought_back_by_the_schedule(company: Company, instance: str) -> None:
    action = asked(instance).json
    lost = company.receive("ACTIONS_QUEUE_URL")

    invoke("dispatch_jobs", event("dispatch_jobs.actions"))

    assert len(lost) == 1
    work(company)
    assert of_action("show", action).json["status"] == "preflight"


def test_a_worker_whose_time_is_over_leaves_the_rest_to_the_next(company: Company, instance: str) -> None:
    action = asked(instance).json
    tired = replace(context_of("execute_actions"), deadline=time.monotonic() + 1)
    bodies = company.receive("ACTIONS_QUEUE_URL")

    answer = invoke("execute_actions", messages("execute_actions.one-action", bodies), context=tired)

    assert answer == {"batchItemFailures": []}
    assert of_action("show", action).json["status"] == "queued"
    invoke("dispatch_jobs", event("dispatch_jobs.actions"))
    work(company)
    assert of_action("show", action).json["status"] == "preflight"


def test_only_who_may_approve_does(company: Company, instance: str) -> None:
    _, approval = planned(company, instance)

    replies = [of_approval("approve", approval, person) for person in (VIEWER, OPERATOR, ADMIN, OUTSIDER)]

    assert [(reply.status, reply.json["type"].rpartition("/")[2]) for reply in replies] == [
        (403, "approver-too-low"),
        (403, "approver-too-low"),
        (403, "approver-too-low"),
        (404, "approval-request-not-found"),
    ]
    assert of_approval("show-approval", approval).json["status"] == "pending"


def test_approvals_are_listed_with_what_they_are_about(company: Company, instance: str) -> None:
    action, approval = planned(company, instance)

    assert approval["action"]["id"] == action["id"]
    assert approval["action"]["resource_id"] == instance


def test_nobody_approves_what_he_asked_for_himself(company: Company, instance: str) -> None:
    action = asked(instance, person=APPROVER).json
    work(company)
    (approval,) = request("actions.list-approvals", query={"action": action["id"]}).json["items"]

    reply = of_approval("approve", approval, APPROVER)

    assert (reply.status, reply.json["type"]) == (403, "/problems/own-request")


def test_a_rejected_change_ends_with_what_was_said(company: Company, instance: str) -> None:
    action, approval = planned(company, instance)

    rejected = of_approval("reject", approval)
    again = of_approval("approve", approval)

    ended = of_action("show", action).json
    assert (rejected.status, rejected.json["status"]) == (200, "rejected")
    assert (ended["status"], ended["error"]) == (
        "failed",
        "abe@acme.example rejected it: Not before the release.",
    )
    assert (again.status, again.json["type"]) == (409, "/problems/approval-decided")
    assert state_of(instance) == ("m5.xlarge", "running")


def test_a_change_is_called_off_before_it_begins(company: Company, instance: str) -> None:
    action, _ = planned(company, instance)

    called_off = of_action("cancel", action, "/cancel")
    again = of_action("cancel", action, "/cancel")

    assert (called_off.status, called_off.json["status"]) == (200, "failed")
    assert (again.status, again.json["type"]) == (409, "/problems/action-under-way")


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"type": "ec2.explode"}, 422, "type"),
        ({"type": None}, 422, "type"),
        ({"params": {"instance_type": "huge"}}, 422, "instance_type"),
        ({"params": {"instance_type": "m5.large", "force": True}}, 422, "force"),
        ({"params": {}}, 422, "instance_type"),
        ({"resource_id": "i-*"}, 422, "resource_id"),
        ({"account_id": "123"}, 422, "account_id"),
        ({"region": "mars"}, 422, "region"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
def test_a_request_that_is_not_valid_names_its_field(
    same_company: Company, changes: dict[str, Any], status: int, field: str
) -> None:
    reply = asked("i-0a1b2c3d4e5f60718", **changes)

    assert (reply.status, reply.fields) == (status, [field])


def test_a_recommendation_that_is_not_there_is_not_found(same_company: Company) -> None:
    reply = request("actions.request", body={"recommendation_id": str(uuid4())}, person=OPERATOR)

    assert (reply.status, reply.json["type"]) == (404, "/problems/recommendation-not-found")


@pytest.mark.parametrize("name", ["request", "plan"])
def test_viewers_ask_for_nothing(same_company: Company, name: str) -> None:
    assert request(f"actions.{name}", person=VIEWER).status == 403


def test_another_tenants_change_is_not_found(company: Company, instance: str) -> None:
    action, approval = planned(company, instance)

    for reply in (
        of_action("show", action, person=OUTSIDER),
        of_action("cancel", action, "/cancel", person=OUTSIDER),
        of_action("evidence", action, "/evidence/plan.json", person=OUTSIDER),
        of_approval("show-approval", approval, OUTSIDER),
        of_approval("reject", approval, OUTSIDER),
    ):
        assert reply.status == 404
    assert request("actions.list", query={}, person=OUTSIDER).json["items"] == []


def test_an_account_that_may_only_be_read_is_not_changed(company: Company, instance: str) -> None:
    company.change(
        "update cloud_accounts set action_role_status = 'insecure' where account_id = %s", [ACCOUNT]
    )

    dry = request("actions.plan", body=wanted(instance), person=OPERATOR)
    action = asked(instance).json
    work(company)

    assert (dry.status, dry.json["type"]) == (409, "/problems/account-read-only")
    assert "a role to act by" in of_action("show", action).json["error"]


def test_configuration_is_read_by_all_and_written_by_admins(company: Company) -> None:
    before = {one["key"]: one["value"] for one in request("actions.show-configuration").json["items"]}
    refused = configured("actions.enabled", "true", OPERATOR)
    taken = configured("actions.enabled", "true")
    shown = {one["key"]: one["value"] for one in request("actions.show-configuration").json["items"]}
    path = "/api/v1/automation/configuration/actions.enabled"
    away = request("actions.take-away", path=path, person=ADMIN)
    again = request("actions.take-away", path=path, person=ADMIN)

    assert set(before.values()) == {None}
    assert (refused.status, taken.status) == (403, 200)
    assert (shown["actions.enabled"], taken.json["updated_by"]) == ("true", "ada@acme.example")
    assert (away.status, again.status, again.json["type"]) == (204, 404, "/problems/key-not-set")


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("actions.enabled", "yes", "value"),
        ("actions.change_windows", "always", "value"),
        ("actions.max_share_of_fleet", "101", "value"),
        ("actions.unknown", "1", "key"),
    ],
)
def test_a_value_that_its_key_cannot_have_is_refused(
    same_company: Company, key: str, value: str, field: str
) -> None:
    reply = configured(key, value)

    assert (reply.status, reply.fields) == (422, [field])


def test_the_kinds_of_change_are_told_with_what_they_lose(same_company: Company) -> None:
    found = {one["type"]: one for one in request("actions.types").json["items"]}

    assert len(found) == 15
    assert found["ebs.delete"]["undone_by"] is None
    assert found["ec2.resize"]["restarts"] is True
