import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from local import api_client
from local.commands.ingest import ingest
from local.commands.jobs import run_job
from local.demo_home import demo_exports, record_demo_metrics
from local.functions import CHECKOUT
from local.home import Home
from local.postgres import READER
from local.stack import Stack

CONTRACTS = CHECKOUT.parent / "shared" / "checks" / "contracts.py"
END = date(2026, 11, 20)


@pytest.fixture(scope="module")
def demo() -> Iterator[Stack]:
    """The demo organisation's last four months, taken in and judged as `cloudops up` does it."""
    home = Home(Path(os.environ["CLOUDOPS_TEST_HOME"]) / uuid4().hex)
    with Stack(home) as stack:
        exports = demo_exports(home, end=END, days=120)
        record_demo_metrics(stack)
        ingest(stack, exports)
        run_job(stack, "anomalies.detect", {"as_of": END.isoformat()})
        run_job(stack, "scans.finops", {"as_of": END.isoformat()})
        yield stack


def test_every_recent_incident_is_an_alert(demo: Stack) -> None:
    alerts = list(api_client.items(demo, "/api/v1/alerts"))

    found = {(one["service_name"] or one["metric_name"], one["window_start"][:10]) for one in alerts}
    assert found >= {
        ("AmazonS3", "2026-10-18"),
        ("AmazonEC2", "2026-10-29"),
        ("AmazonEC2", "2026-11-08"),
        ("AmazonRDS", "2026-11-14"),
        ("p95_latency_ms", "2026-11-16"),
        ("5xx_count", "2026-11-16"),
    }


def test_every_alert_has_advice(demo: Stack) -> None:
    alerts = {one["id"] for one in api_client.items(demo, "/api/v1/alerts")}
    advised = {one["alert_id"] for one in api_client.items(demo, "/api/v1/recommendations")}

    assert alerts
    assert alerts <= advised


def test_the_dashboard_shows_spend_and_savings(demo: Stack) -> None:
    metrics = api_client.get(demo, "/api/dashboard/metrics")

    assert metrics["monthlySpend"] > 0
    assert 0 < metrics["identifiedSavings"] < metrics["monthlySpend"]
    assert 0 < metrics["wastePercentage"] < 100
    assert metrics["resourcesAnalyzed"] > 0
    assert metrics["realizedSavings"] == 0


def test_the_guardrails_contract_is_served_with_rows(demo: Stack) -> None:
    if not CONTRACTS.exists():
        pytest.skip("the contract checks lie beside the checkout, in ../shared")

    checked = subprocess.run(
        [sys.executable, CONTRACTS, demo.postgres.dsn(READER), "--schema", "guardrails", "--rows"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout
