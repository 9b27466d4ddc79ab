import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from local import api_client
from local.commands.jobs import run_job
from local.commands.up import make_demo
from local.demo import planted
from local.demo.lines import Scenario
from local.demo.organization import ACCOUNTS, PEOPLE, TEAMS
from local.demo.reliability import deployment
from local.demo.timeline import Timeline
from local.demo_home import sign_ins, start_accounts
from local.functions import CHECKOUT
from local.home import Home
from local.people import People
from local.postgres import READER
from local.proxy_event import Request
from local.stack import Stack

CONTRACTS = CHECKOUT.parent / "shared" / "checks" / "contracts.py"
# The demo has asked for no change yet.
ACTIONS = ("--except", "governance.actions", "--except", "governance.action_events")
END = date(2026, 11, 20)
# Bills are asked for by day, but what CloudWatch measured is always read up to this hour.
NOW = datetime.now(UTC)
SCENARIO = Scenario(timeline=Timeline(end=END, days=120), seed=7)
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
    "Elastic IP": 7,
    "Lambda": 6,
    "Log Group": 12,
    "NAT Gateway": 4,
    "RDS": 7,
    "Redshift": 2,
    "S3": 9,
    "Security Group": 7,
}
# What AWS charges nothing for.
FREE = ("AWS Account", "Log Group", "Security Group")


@pytest.fixture(scope="module")
def home() -> Home:
    return Home(Path(os.environ["CLOUDOPS_TEST_HOME"]) / uuid4().hex)


@pytest.fixture(scope="module")
def first_scan(home: Home) -> list[tuple[Any, ...]]:
    """The demo organisation's last four months, taken in and judged as `cloudops up` does it, and then stopped."""
    with Stack(home) as stack:
        make_demo(stack, end=END, now=NOW, days=120)
        return rows(stack, SEEN)


@pytest.fixture(scope="module")
def demo(home: Home, first_scan: list[tuple[Any, ...]]) -> Iterator[Stack]:
    """Started again and scanned again: the emulated AWS remembers nothing of the first time."""
    with Stack(home) as stack:
        start_accounts(stack, now=NOW)
        run_job(stack, "inventory.scan", {})
        yield stack


def rows(stack: Stack, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.postgres.dsn(READER)) as connection:
        return connection.execute(query).fetchall()


def test_every_recent_incident_is_an_alert(demo: Stack) -> None:
    alerts = list(api_client.items(demo, "/api/v1/alerts"))

    found = {(one["service_name"] or one["metric_name"], one["window_start"][:10]) for one in alerts}
    released_on = deployment(NOW.date()).start.date().isoformat()
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
    outcomes = rows(demo, "select distinct status, missing_actions from scan_items")
    counts = dict(
        rows(demo, "select type, count(*) from resources where scanned_at is not null group by type")
    )

    assert outcomes == [("scanned", [])]
    assert counts == SCANNED


def test_what_is_scanned_is_what_the_bill_names(demo: Stack) -> None:
    unbilled = rows(
        demo,
        "select type, name from resources where scanned_at is not null and monthly_cost = 0 order by 1, 2",
    )

    assert [(kind, name) for kind, name in unbilled if kind not in FREE] == [
        ("Auto Scaling Group", "storefront"),
        ("EC2", "cluster-node-4"),
    ]


def test_what_was_planted_is_found_and_nothing_else(demo: Stack) -> None:
    flagged = rows(
        demo, "select check_id, resource_id from coverage where source = 'inventory' and verdict = 'flagged'"
    )

    assert set(flagged) == planted.findings(SCENARIO)


def test_what_was_planted_is_worth_money_at_the_bills_rates(demo: Stack) -> None:
    idle = rows(
        demo,
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
            f"Bearer {demo.tokens.issue(sub=account.sub, email=account.email, now=NOW)}",
        )
        answer = demo.gateway.handle(Request(method="GET", path="/api/v1/alerts", headers=[bearer]))
        seen[person.email] = answer.status

    assert set(seen.values()) == {200}
    assert len(sign_ins(demo.home)) == len(PEOPLE)
    assert rows(demo, "select count(*) from memberships where finance_approver") == [(1,)]


def test_the_dashboard_shows_spend_and_savings(demo: Stack) -> None:
    metrics = api_client.get(demo, "/api/dashboard/metrics")

    assert metrics["monthlySpend"] > 0
    assert 0 < metrics["identifiedSavings"] < metrics["monthlySpend"]
    assert 0 < metrics["wastePercentage"] < 100
    assert metrics["resourcesAnalyzed"] > 0
    assert metrics["realizedSavings"] == 0


@pytest.mark.parametrize("schema", ["guardrails", "sibyl", "cloudaudit", "governance"])
def test_the_documents_contracts_are_served_with_rows(demo: Stack, schema: str) -> None:
    if not CONTRACTS.exists():
        pytest.skip("the contract checks lie beside the checkout, in ../shared")

    checked = subprocess.run(
        [sys.executable, CONTRACTS, demo.postgres.dsn(READER), "--schema", schema, *ACTIONS, "--rows"],
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


def test_a_later_start_has_the_same_resources_behind_the_same_roles(
    demo: Stack, first_scan: list[tuple[Any, ...]]
) -> None:
    assert rows(demo, SEEN) == first_scan
    assert rows(demo, "select count(*) from resources where status = 'gone'") == [(0,)]
    assert rows(demo, "select count(*) from monitored_targets") == [(2,)]
