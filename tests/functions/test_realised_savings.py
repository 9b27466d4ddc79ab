import json
from datetime import timedelta
from decimal import Decimal

import pytest

from cloudops.dashboard.use_cases import summarize
from cloudops.platform import database
from tests.functions.carried_out import ACTION, DATA, carry_out
from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, request
from tests.functions.people import ACME, OUTSIDER


@pytest.fixture
def measured(company: Company) -> Company:
    carry_out(company)
    assert invoke("measure_savings", event("measure_savings.one-tenant")) == {"batchItemFailures": []}
    return company


def test_a_message_looks_up_on_the_bill_what_the_changes_of_a_tenant_saved(measured: Company) -> None:
    reply = request("actions.savings")

    assert reply.status == 200
    (found,) = reply.json["items"]
    assert (found["action_id"], found["resource_id"], found["status"]) == (str(ACTION), DATA, "measured")
    assert (found["projected_monthly"], found["currency"]) == ("150", "USD")
    saved = (Decimal(found["expected_daily"]) - Decimal(found["after_daily"])) * Decimal("30.4375")
    assert abs(Decimal(found["measured_monthly"]) - saved) < Decimal("0.0001")
    assert 140 < saved < 170


def test_an_action_shows_what_it_saves_beside_what_was_projected(measured: Company) -> None:
    shown = request("actions.show", path=f"/api/v1/actions/{ACTION}").json

    assert shown["monthly_savings"] == "150"
    assert shown["savings"] == request("actions.savings").json["items"][0]


def test_the_dashboard_counts_what_was_measured_and_nothing_else(measured: Company) -> None:
    (found,) = request("actions.savings").json["items"]

    assert request("dashboard.metrics").json["realizedSavings"] == round(
        Decimal(found["measured_monthly"]) * 1000
    )


def test_what_an_action_saves_counts_from_its_end_on(measured: Company) -> None:
    (found,) = request("actions.savings").json["items"]
    ((end,),) = measured.rows("select finished_at from actions where id = %s", ACTION)

    with database.transaction(ACME) as connection:
        summary = summarize(connection, now=end + timedelta(days=29))
        later = summarize(connection, now=end + timedelta(days=30))

    saved = Decimal(found["measured_monthly"])
    assert (summary.before.realized_savings, summary.now.realized_savings) == (0, saved)
    assert later.before.realized_savings == saved


def test_before_the_bill_tells_nothing_is_realised(company: Company) -> None:
    carry_out(company)

    assert request("actions.show", path=f"/api/v1/actions/{ACTION}").json["savings"] is None
    assert request("dashboard.metrics").json["realizedSavings"] == 0


def test_another_tenant_sees_none_of_it(measured: Company) -> None:
    assert request("actions.savings", person=OUTSIDER).json == {"items": [], "next_cursor": None}


def test_the_schedule_sends_one_message_per_tenant(company: Company) -> None:
    assert invoke("dispatch_jobs", event("dispatch_jobs.savings")) == {"dispatched": 2}

    assert {json.loads(body)["type"] for body in company.receive("SAVINGS_QUEUE_URL")} == {"savings.measure"}
