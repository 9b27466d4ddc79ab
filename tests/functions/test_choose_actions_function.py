"""dispatch_jobs -> actions-choose -> choose_actions -> actions-execute, and what the API tells of it."""

import json
from uuid import UUID, uuid4

import psycopg

from tests.functions.conftest import Company
from tests.functions.invoking import Reply, event, invoke, request
from tests.functions.people import ACME, GLOBEX, OUTSIDER

PERMISSIVE = {
    "agent.autonomous_mode": "true",
    "agent.max_autonomous_risk_level": "40",
    "agent.approval_required_above_savings": "1000000",
    "agent.auto_execute_types": "resize",
    "actions.enabled": "true",
    "actions.allowed_accounts": "111122223333",
    "actions.max_per_run": "5",
    "actions.max_per_day": "20",
    "actions.max_savings_per_run": "1000000",
    "actions.max_savings_per_day": "5000000",
    "actions.max_share_of_fleet": "100",
    "actions.change_windows": "mon-sun 00:00-12:00,mon-sun 12:00-00:00",
    "actions.protect_tags": "cloudops:protect",
}
CONFIGURED = """
    insert into system_config (tenant_id, id, key, value, updated_by) values (%s, gen_random_uuid(), %s, %s, 'ada')
"""
RESOURCE = """
    insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region, monthly_cost,
                           currency, first_seen, last_seen)
    values (%s, '111122223333', 'i-0123456789abcdef9', 'aws', 'AmazonEC2', 'EC2', 'server', 'eu-central-1', 100, 'USD',
            '2026-09-01', '2026-09-14')
"""
RECOMMENDATION = """
    insert into recommendations (tenant_id, id, project_id, check_id, kind, type, severity, title, description,
                                 action_steps, impact, provider, account_id, region, resource_id, recommended_config,
                                 monthly_savings, currency, overlap_group, risk, confidence)
    select tenant_id, gen_random_uuid(), id, 'EC2-02', 'rightsizing', 'resize', 'low', 'Resize', 'It is too large',
           '1. Resize', 'It restarts', 'aws', '111122223333', 'eu-central-1', 'i-0123456789abcdef9',
           '{"instanceType": "m5.large"}', 50, 'USD', 'i-0123456789abcdef9', 20, 0.9
      from projects where tenant_id = %s limit 1
"""
SUCCESS = """
    insert into actions (tenant_id, id, type, account_id, region, resource_id, requested_by_name, status, plan, digest,
                         risk, due_at, result, started_at, finished_at, created_at, updated_at)
    values (%s, %s, 'ec2.resize', '111122223333', 'eu-central-1', 'i-0123456789abcdef0', 'oscar', 'completed', '{}',
            repeat('0', 64), 30, now() - interval '3 days', '{"evidence": {}}', now() - interval '3 days',
            now() - interval '3 days', now() - interval '3 days', now() - interval '3 days')
"""


def prepare(company: Company) -> None:
    """A resize that the system may carry out on its own."""
    for key, value in PERMISSIVE.items():
        company.change(CONFIGURED, [ACME, key, value])
    company.change(RESOURCE, [ACME])
    company.change(RECOMMENDATION, [ACME])
    with psycopg.connect(company.database.superuser_dsn) as connection:
        # Actions begin as queued; these ended long ago.
        connection.execute("set local session_replication_role = replica")
        for _ in range(3):
            connection.execute(SUCCESS, [ACME, uuid4()])


def choose() -> None:
    assert invoke("choose_actions", event("choose_actions.one-tenant")) == {"batchItemFailures": []}


def considered(**query: str) -> Reply:
    return request("actions.list-considerations", query=query)


def test_a_tick_sends_one_message_per_tenant(company: Company) -> None:
    assert invoke("dispatch_jobs", event("dispatch_jobs.choose")) == {"dispatched": 2}

    sent = [json.loads(body) for body in company.receive("CHOOSE_QUEUE_URL")]
    assert {UUID(one["tenant_id"]) for one in sent} == {ACME, GLOBEX}
    assert {one["type"] for one in sent} == {"actions.choose"}


def test_what_may_be_done_is_asked_for_once_however_often_the_message_comes(company: Company) -> None:
    prepare(company)

    choose()
    choose()

    ((action_id, status, autonomous),) = company.rows(
        "select id, status, autonomous from actions where autonomous"
    )
    sent = [json.loads(body) for body in company.receive("ACTIONS_QUEUE_URL")]
    assert (status, autonomous) == ("queued", True)
    assert {one["params"]["action_id"] for one in sent} == {str(action_id)}
    (acted,) = considered(verdict="acted").json["items"]
    assert acted["action_id"] == str(action_id)
    assert acted["reason"] == "within what agent.* and actions.* let the system do on its own"
    assert considered(run=acted["run_id"], recommendation=acted["recommendation_id"]).json["items"]


def test_a_tenant_that_configured_nothing_is_left_alone(company: Company) -> None:
    choose()

    (run,) = request("actions.list-runs").json["items"]
    assert (run["refusal"], run["considered"], run["acted"]) == ("actions.enabled permits nothing", 0, 0)
    assert company.receive("ACTIONS_QUEUE_URL") == []


def test_what_was_held_is_told_with_its_reason_also_as_csv(company: Company) -> None:
    prepare(company)
    company.change("update system_config set value = '1' where key = %s", ["agent.max_autonomous_risk_level"])
    choose()

    reasons = [
        one["reason"]
        for one in request("actions.list-considerations").json["items"]
        if one["check_id"] == "EC2-02"
    ]
    csv = request("actions.list-considerations", headers={"Accept": "text/csv"}).body

    assert "its risk of 30 % is above agent.max_autonomous_risk_level" in reasons
    assert csv.startswith("id,run_id,recommendation_id,check_id,action_type,action_id,verdict,reason,at\r\n")


def test_types_tell_what_they_have_earned(company: Company) -> None:
    prepare(company)

    types = {one["type"]: one for one in request("actions.autonomous-types").json["items"]}

    assert types["ec2.resize"]["earned"] is True
    assert types["ec2.resize"]["successes_in_a_row"] == types["ec2.resize"]["successes_needed"] == 3
    assert types["ebs.delete"]["earned"] is False


def test_another_tenant_sees_none_of_it(company: Company) -> None:
    prepare(company)
    choose()

    for name in ("actions.list-considerations", "actions.list-runs"):
        assert request(name, person=OUTSIDER).json["items"] == []


def test_a_verdict_that_is_none_is_named(company: Company) -> None:
    reply = considered(verdict="perhaps")

    assert (reply.status, reply.fields) == (422, ["verdict"])
