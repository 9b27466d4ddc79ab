import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from local import api_client
from local.cli import main
from local.commands.jobs import run_job
from local.commands.next_bill import bill
from local.demo import compute, planted, scenes
from local.demo.lines import Scenario
from local.demo.organization import ACCOUNTS, DATA, PEOPLE, PROD, TEAMS, Account
from local.demo.reliability import deployment
from local.demo.timeline import Timeline
from local.demo_home import sign_ins, start_accounts
from local.functions import CHECKOUT
from local.home import Home
from local.people import People
from local.postgres import READER, Postgres
from local.proxy_event import Request
from local.stack import Stack, database
from local.web import application
from tests.homes import DEMO_DAYS, DEMO_END, copy_of
from tests.local.serving import free_port, served

CONTRACTS = CHECKOUT.parent / "shared" / "checks" / "contracts.py"
SCENARIO = Scenario(timeline=Timeline(end=DEMO_END, days=DEMO_DAYS), seed=7)
SEEN = """
    select account_id, resource_id, type, name, status, tags, configuration from resources
     where scanned_at is not null
     order by 1, 2
"""
SCANNED = {
    "ALB": 5,
    "AWS Account": 6,
    "Auto Scaling Group": 1,
    "DynamoDB": 3,
    "EBS": 54,
    "EBS Snapshot": 6,
    "EC2": 58,
    "ElastiCache": 5,
    "Elastic IP": 8,
    "Lambda": 7,
    "Log Group": 13,
    "NAT Gateway": 5,
    "RDS": 8,
    "Redshift": 2,
    "S3": 9,
    "Security Group": 7,
}
# What AWS charges nothing for.
FREE = ("AWS Account", "Log Group", "Security Group")


@pytest.fixture(scope="module")
def home(demo_once: Home) -> Iterator[Home]:
    with copy_of(demo_once) as home:
        yield home


@pytest.fixture(scope="module")
def made_at(home: Home) -> datetime:
    """Bills are asked for by day, but what CloudWatch measured is always read up to this hour."""
    return datetime.fromisoformat(home.recall("demo made at") or "")


@pytest.fixture(scope="module")
def first_scan(home: Home) -> list[tuple[Any, ...]]:
    with database(home) as postgres:
        return rows(postgres, SEEN)


@pytest.fixture(scope="module")
def demo(home: Home, made_at: datetime, first_scan: list[tuple[Any, ...]]) -> Iterator[Stack]:
    """Started again and scanned again: the emulated AWS remembers nothing of the first time."""
    with Stack(home) as stack:
        start_accounts(stack, now=made_at)
        run_job(stack, "inventory.scan", {})
        yield stack


def rows(postgres: Postgres, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(postgres.dsn(READER)) as connection:
        return connection.execute(query).fetchall()


def test_every_recent_incident_is_an_alert(demo: Stack, made_at: datetime) -> None:
    alerts = list(api_client.items(demo, "/api/v1/alerts"))

    found = {(one["service_name"] or one["metric_name"], one["window_start"][:10]) for one in alerts}
    released_on = deployment(made_at.date()).start.date().isoformat()
    assert found >= {
        ("AmazonS3", "2026-10-18"),
        ("AmazonEC2", "2026-10-29"),
        ("AmazonEC2", "2026-11-08"),
        ("AmazonRDS", "2026-11-14"),
        ("p95_latency_ms", released_on),
        ("5xx_count", released_on),
    }
    assert {one["resource_id"] for one in alerts if one["alert_type"] == "reliability"} == {"shop-api"}


def test_every_alert_has_advice(demo: Stack) -> None:
    alerts = {one["id"] for one in api_client.items(demo, "/api/v1/alerts")}
    advised = {one["alert_id"] for one in api_client.items(demo, "/api/v1/recommendations")}

    assert alerts
    assert alerts <= advised


def test_every_account_is_connected_by_a_role_that_refuses_strangers(demo: Stack) -> None:
    accounts = list(api_client.items(demo, "/api/v1/cloud-accounts"))

    assert {one["account_id"]: one["status"] for one in accounts} == {
        account.number: "connected" for account in ACCOUNTS
    }


def test_a_scan_sees_what_runs_and_lacks_nothing(demo: Stack) -> None:
    outcomes = rows(demo.postgres, "select distinct status, missing_actions from scan_items")
    counts = dict(
        rows(demo.postgres, "select type, count(*) from resources where scanned_at is not null group by type")
    )

    assert outcomes == [("scanned", [])]
    assert counts == SCANNED


def test_what_is_scanned_is_what_the_bill_names(demo: Stack) -> None:
    unbilled = rows(
        demo.postgres,
        "select type, name from resources where scanned_at is not null and monthly_cost = 0 order by 1, 2",
    )

    assert [(kind, name) for kind, name in unbilled if kind not in FREE] == [
        ("Auto Scaling Group", "storefront"),
        ("EC2", "cluster-node-4"),
    ]


def test_what_was_planted_is_found_and_nothing_else(demo: Stack) -> None:
    flagged = rows(
        demo.postgres,
        "select check_id, resource_id from coverage where source = 'inventory' and verdict = 'flagged'",
    )

    assert set(flagged) == planted.findings(SCENARIO)


def test_what_was_planted_is_worth_money_at_the_bills_rates(demo: Stack) -> None:
    idle = rows(
        demo.postgres,
        "select title, monthly_savings from recommendations"
        " where check_id in ('EC2-01', 'RDS-01', 'NET-14') and alert_id is null",
    )

    assert len(idle) == 4
    assert all(savings > 0 for _, savings in idle)


def test_somebody_of_each_role_can_sign_in(demo: Stack) -> None:
    people = People(demo.home)
    seen = {}
    for person in PEOPLE:
        account = people.find(person.email)
        assert account
        bearer = (
            "Authorization",
            f"Bearer {demo.tokens.issue(sub=account.sub, email=account.email, now=datetime.now(UTC))}",
        )
        answer = demo.gateway.handle(Request(method="GET", path="/api/v1/alerts", headers=[bearer]))
        seen[person.email] = answer.status

    assert set(seen.values()) == {200}
    assert len(sign_ins(demo.home)) == len(PEOPLE)
    assert rows(demo.postgres, "select count(*) from memberships where finance_approver") == [(1,)]


def test_the_dashboard_shows_spend_and_savings(demo: Stack) -> None:
    metrics = api_client.get(demo, "/api/dashboard/metrics")

    assert metrics["monthlySpend"] > 0
    assert 0 < metrics["identifiedSavings"] < metrics["monthlySpend"]
    assert 0 < metrics["wastePercentage"] < 100
    assert metrics["resourcesAnalyzed"] > 0


@pytest.mark.parametrize("schema", ["autopilot", "guardrails", "sibyl", "cloudaudit", "governance"])
def test_the_documents_contracts_are_served_with_rows(demo: Stack, schema: str) -> None:
    if not CONTRACTS.exists():
        pytest.skip("the contract checks lie beside the checkout, in ../shared")

    checked = subprocess.run(
        [sys.executable, CONTRACTS, demo.postgres.dsn(READER), "--schema", schema, "--rows"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_every_team_has_a_cost_and_something_stays_unallocated(demo: Stack) -> None:
    found = {one["team"]: float(one["cost"]) for one in api_client.items(demo, "/api/v1/costs/by_team")}

    assert set(found) == {*(team.name for team in TEAMS), None}
    assert all(found[team.name] > 0 for team in TEAMS)


def test_an_accepted_violation_is_suppressed(demo: Stack) -> None:
    accepted = list(api_client.items(demo, "/api/v1/violations", [("status", "suppressed")]))

    assert len(accepted) == 1


def test_a_later_start_has_the_same_resources_changed_as_they_were(
    demo: Stack, first_scan: list[tuple[Any, ...]]
) -> None:
    """The first scan was before the changes."""
    found = rows(demo.postgres, SEEN)

    changed = [(now[1], now[6]) for now, then in zip(found, first_scan, strict=True) if now != then]
    assert [(one, configuration.get("instanceType")) for one, configuration in changed] == [
        (machine("scheduler", 0), "m5.large")
    ]
    assert rows(demo.postgres, "select count(*) from resources where status = 'gone'") == [(0,)]
    assert rows(demo.postgres, "select count(*) from monitored_targets") == [(2,)]


def test_its_first_changes_are_in_every_state_that_people_meet(demo: Stack) -> None:
    first = "select type, status, resource_id from actions order by created_at limit 7"

    assert rows(demo.postgres, first) == [
        ("ec2.resize", "completed", machine("scheduler", 0)),
        ("ec2.resize", "rolled_back", machine("scheduler", 1)),
        ("rds.resize", "failed", "catalog"),
        ("ec2.stop", "failed", machine("mail-relay", 1)),
        ("ec2.stop", "preflight", machine("prototype", 0)),
        ("ebs.modify", "preflight", scenes.gp2_volumes(SCENARIO)[1]),
        ("ebs.modify", "queued", scenes.gp2_volumes(SCENARIO)[0]),
    ]


def test_what_does_not_come_up_well_is_rolled_back_and_the_terminal_says_so(
    demo: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    ill = machine("scheduler", 1)

    with up(demo):
        listed = cloudops(demo, capsys, "actions")

    (line,) = [line for line in listed.splitlines() if ill in line]
    assert "rolled_back" in line
    assert "the resource is not well after the change" in line
    assert standing(DATA, ill) == ("m5.xlarge", "running")


def test_a_change_is_proposed_approved_and_made_and_its_saving_shows_on_the_next_bill(
    demo: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    oversized = machine("personalization", 0)
    query = [("check_id", "EC2-02"), ("resource", oversized)]
    (proposed,) = api_client.items(demo, "/api/v1/recommendations", query)
    jonas, nora = scenes.APPROVES.email, scenes.APPROVES_FOR_FINANCE.email

    with up(demo):
        planned = json.loads(cloudops(demo, capsys, "act", proposed["id"], "--dry-run"))
        asked = cloudops(demo, capsys, "act", proposed["id"], "--as", jonas)
        (approval,) = [
            one for one in api_client.items(demo, "/api/v1/approvals") if one["digest"] == planned["digest"]
        ]
        alone = refused(demo, capsys, "approve", approval["id"], "--as", jonas)
        before = standing(PROD, oversized)
        done = cloudops(demo, capsys, "approve", approval["id"], "--as", nora)

    assert "is preflight" in asked
    assert "Nobody approves his own request" in alone
    assert (before, standing(PROD, oversized)) == (("m6i.2xlarge", "running"), ("m6i.large", "running"))
    assert f"ec2.resize on {oversized} is completed" in done
    assert api_client.get(demo, "/api/dashboard/metrics")["realizedSavings"] == 0

    bill(demo, days=(datetime.now(UTC).date() - DEMO_END).days + 14)
    with up(demo):
        shown = cloudops(demo, capsys, "savings")

    measured = {one["resource_id"]: one for one in api_client.items(demo, "/api/v1/actions/savings")}
    assert measured.keys() == {oversized, machine("scheduler", 0)}
    for one in measured.values():
        assert one["status"] == "measured"
        assert float(one["measured_monthly"]) == pytest.approx(float(one["projected_monthly"]), rel=0.01)
    assert oversized in shown
    total = sum(float(one["measured_monthly"]) for one in measured.values())
    assert api_client.get(demo, "/api/dashboard/metrics")["realizedSavings"] == pytest.approx(
        1000 * total, abs=1
    )


def machine(fleet: str, number: int) -> str:
    (found,) = [
        str(one.owner.resource_id)
        for one in compute.instances(SCENARIO)
        if (one.fleet.name, one.number) == (fleet, number)
    ]
    return found


def standing(account: Account, instance: str) -> tuple[str, str]:
    """Its type and state in the emulated account itself."""
    from moto.ec2.models import ec2_backends  # noqa: PLC0415 - it loads moto, as the demo does

    found = ec2_backends[account.number]["us-east-1"].get_instance(instance)
    return found.instance_type, found.state


@contextmanager
def up(stack: Stack) -> Iterator[None]:
    """As `cloudops up` serves it, so that commands find it."""
    with served(application(stack.gateway), free_port()) as address:
        stack.home.replace("address", address)
        stack.home.replace("up", str(os.getpid()))
        stack.pollers.start()
        try:
            yield
        finally:
            stack.pollers.stop()
            stack.home.forget("up")


def cloudops(stack: Stack, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments, "--home", str(stack.home.path)]) == 0
    return capsys.readouterr().out


def refused(stack: Stack, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main([*arguments, "--home", str(stack.home.path)]) == 1
    return capsys.readouterr().err
