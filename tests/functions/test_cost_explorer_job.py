"""dispatch_jobs -> the queue -> ingest_cost_explorer, with a Cost Explorer that answers what it was given."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import validate_parameters

from cloudops.period import first_of_month
from ingest_cost_explorer import handler
from tests.functions import bill
from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, messages, request
from tests.functions.people import ACME, ADMIN, OPERATOR, OUTSIDER
from tests.integration.cost_explorer_answers import answer
from tests.permissions.recording import made

SHAPE = get_session().get_service_model("ce").operation_model("GetCostAndUsage").input_shape
ACCOUNTS = {"accounts": [{"billing_account_id": bill.PAYER}]}
THROTTLED = ClientError(
    {"Error": {"Code": "LimitExceededException", "Message": "slow down"}}, "GetCostAndUsage"
)


class InMemoryExplorer:
    """Refuses what AWS's model of GetCostAndUsage refuses."""

    def __init__(self) -> None:
        self.pages: list[dict[str, Any] | ClientError] = []
        self.requests: list[dict[str, Any]] = []

    def get_cost_and_usage(self, **request: Any) -> dict[str, Any]:
        validate_parameters(request, SHAPE)
        made("ce", "GetCostAndUsage", request)
        self.requests.append(request)
        page = self.pages.pop(0)
        if isinstance(page, ClientError):
            raise page
        return page


@pytest.fixture
def explorer(monkeypatch: pytest.MonkeyPatch) -> InMemoryExplorer:
    found = InMemoryExplorer()
    monkeypatch.setattr(handler, "client", lambda service, *, attempts: found)
    return found


def last_month(day: int = 1) -> date:
    today = datetime.now(UTC).date()
    return first_of_month(first_of_month(today) - timedelta(days=1)).replace(day=day)


def costs(cost: float, *, day: int = 1) -> dict[str, Any]:
    return answer({last_month(day): {("AWS Lambda", bill.PROD): cost}}, estimated=True)


def configure(**settings: Any) -> None:
    reply = request("costs.change-cost-explorer", body={"daily_calls": 20, **ACCOUNTS, **settings})
    assert reply.status == 200, reply.body


def ingest(*bodies: str) -> list[str]:
    """The ids of the messages that go back to the queue."""
    found = invoke("ingest_cost_explorer", messages("ingest_cost_explorer.one-account", list(bodies)))
    return [failure["itemIdentifier"] for failure in found["batchItemFailures"]]


def tick(company: Company, **params: Any) -> list[str]:
    """The messages that a tick of the schedule sends."""
    invoke("dispatch_jobs", {**event("dispatch_jobs.cost-explorer"), "params": params})
    return company.receive("COST_EXPLORER_QUEUE_URL")


def deliveries(company: Company) -> list[tuple[Any, ...]]:
    return company.rows(
        "select status, period, billing_account_id, estimated_days,"
        " (select sum(billed_cost) from daily_costs c where c.delivery_id = d.id)"
        " from deliveries d where source = 'cost_explorer' order by created_at"
    )


def shown() -> dict[str, Any]:
    found: dict[str, Any] = request("costs.show-cost-explorer").json
    return found


def test_a_tick_sends_one_message_per_tenant_and_listed_account(company: Company) -> None:
    assert tick(company) == []
    configure(accounts=[{"billing_account_id": one} for one in (bill.PAYER, bill.DEV)])

    sent = [json.loads(body) for body in tick(company)]

    assert [one["params"] for one in sent] == [
        {"billing_account_id": bill.PAYER},
        {"billing_account_id": bill.DEV},
    ]
    assert {(UUID(one["tenant_id"]), one["type"]) for one in sent} == {(ACME, "costs.cost_explorer")}
    assert len({one["idempotency_key"] for one in sent}) == 2


def test_all_pages_of_an_answer_become_one_delivery(company: Company, explorer: InMemoryExplorer) -> None:
    configure()
    explorer.pages = [{**costs(3), "NextPageToken": "more"}, costs(4, day=2)]

    assert ingest(*tick(company)) == []

    assert deliveries(company) == [
        ("current", last_month(), bill.PAYER, [last_month(1), last_month(2)], Decimal(7))
    ]
    first, second = explorer.requests
    assert first["TimePeriod"]["Start"] == last_month().isoformat()
    assert first["Metrics"] == ["AmortizedCost", "UnblendedCost"]
    assert (first.get("NextPageToken"), second["NextPageToken"]) == (None, "more")
    settings = shown()
    assert (settings["calls_today"], settings["cost_today"]) == (2, "0.02")
    assert settings["accounts"][0]["last_error"] is None
    assert settings["accounts"][0]["last_fetched_at"]


def test_a_delivery_says_which_days_are_estimates(company: Company, explorer: InMemoryExplorer) -> None:
    configure()
    explorer.pages = [costs(3)]
    ingest(*tick(company))

    (found,) = request("costs.list-deliveries", query={"source": "cost_explorer"}).json["items"]

    assert found["estimated_days"] == [last_month().isoformat()]
    assert found["files"] == [f"GetCostAndUsage/{bill.PAYER}/{last_month():%Y-%m}"]


def test_a_message_that_comes_again_asks_nothing(company: Company, explorer: InMemoryExplorer) -> None:
    configure()
    explorer.pages = [costs(3)]
    sent = tick(company)

    assert ingest(*sent, *sent) == ingest(*sent) == []

    assert len(explorer.requests) == 1
    assert len(deliveries(company)) == 1


def test_the_budget_ends_a_fetch_whole_and_says_so(company: Company, explorer: InMemoryExplorer) -> None:
    configure(daily_calls=1)
    explorer.pages = [{**costs(3), "NextPageToken": "more"}, costs(4, day=2)]

    assert ingest(*tick(company)) == []

    assert len(explorer.requests) == 1
    assert deliveries(company) == []
    settings = shown()
    assert (settings["calls_today"], settings["refused_today"]) == (1, 1)
    assert settings["accounts"][0]["last_error"].startswith("1 of 1 calls were made today, each for 0.01 USD")
    ((message,),) = company.rows("select message from events where event_type = 'cost_explorer_refused'")
    assert settings["accounts"][0]["last_error"] in message


def test_an_account_that_is_not_listed_is_not_asked(company: Company, explorer: InMemoryExplorer) -> None:
    assert invoke("ingest_cost_explorer", event("ingest_cost_explorer.one-account")) == {
        "batchItemFailures": []
    }

    assert explorer.requests == []


def test_a_call_that_failed_counts_and_its_message_goes_back(
    company: Company, explorer: InMemoryExplorer
) -> None:
    configure()
    explorer.pages = [THROTTLED, costs(3)]
    sent = tick(company)

    assert ingest(*sent) == ["message-0"]
    assert "slow down" in shown()["accounts"][0]["last_error"]
    assert ingest(*sent) == []

    assert shown()["calls_today"] == 2
    assert [row[-1] for row in deliveries(company)] == [Decimal(3)]


def test_an_answer_that_is_no_bill_is_told_and_not_asked_for_again(
    company: Company, explorer: InMemoryExplorer
) -> None:
    configure()
    page = costs(3)
    page["ResultsByTime"][0]["Groups"][0]["Metrics"]["UnblendedCost"]["Amount"] = "?"
    explorer.pages = [page]

    assert ingest(*tick(company)) == []

    assert "'?', which is no number" in shown()["accounts"][0]["last_error"]
    assert deliveries(company) == []


def test_a_backfill_goes_back_to_its_month(company: Company, explorer: InMemoryExplorer) -> None:
    configure()
    explorer.pages = [costs(3)]
    since = last_month() - timedelta(days=40)

    ingest(*tick(company, since=since.isoformat()))

    assert explorer.requests[0]["TimePeriod"]["Start"] == first_of_month(since).isoformat()


def test_one_bad_message_fails_alone(company: Company, explorer: InMemoryExplorer) -> None:
    configure()
    explorer.pages = [costs(3)]
    (good,) = tick(company)

    assert ingest("{}", good, json.dumps({**json.loads(good), "params": {}})) == ["message-0", "message-2"]
    assert len(deliveries(company)) == 1


def test_a_fetch_beside_a_cur_bill_is_reconciled_and_not_added(
    company: Company, explorer: InMemoryExplorer
) -> None:
    month, lines = date(2026, 8, 1), [one for one in bill.lines() if one.day == date(2026, 8, 3)]
    names = {
        "AmazonEC2": "Amazon Elastic Compute Cloud - Compute",
        "AmazonS3": "Amazon Simple Storage Service",
    }
    told = {(names[one.service], one.account): float(one.amount) for one in lines if one.service in names}
    configure()
    explorer.pages = [answer({date(2026, 8, 3): told})]

    ingest(*tick(company))

    found = request("costs.reconciliation", query={"period": "2026-08-15", "limit": "1000"}).json
    on_day = [row for row in found["items"] if row["day"] == "2026-08-03" and row["currency"] == "USD"]
    assert {row["status"] for row in on_day} == {"agrees"}
    assert len(on_day) == len(told)
    assert found["counts"]["missing"] > 0
    assert company.rows("select status from deliveries where period = %s order by source", month) == [
        ("shadow",),
        ("current",),
    ]


def test_reconciliation_is_paged_and_comes_as_csv(company: Company, explorer: InMemoryExplorer) -> None:
    configure()
    explorer.pages = [answer({date(2026, 8, 3): {("AWS Lambda", bill.PROD): 1}})]
    ingest(*tick(company))

    asked = {"period": "2026-08-01", "limit": "2", "status": "missing"}
    first = request("costs.reconciliation", query=asked)
    uncounted = request("costs.reconciliation", query={**asked, "counts": "false"})
    cursor = first.json["next_cursor"]
    second = request(
        "costs.reconciliation",
        query={**asked, "cursor": cursor},
        headers={"Accept": "text/csv"},
    )

    assert len(first.json["items"]) == 2
    assert uncounted.json == {**first.json, "counts": None}
    header, *rows = second.body.splitlines()
    assert header.startswith("period,billing_account_id,against_id,against_source")
    assert len(rows) == 2
    assert second.headers["x-next-cursor"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "period"),
        ({"period": "2026-08"}, "period"),
        ({"period": "2026-08-01", "status": "wrong"}, "status"),
        ({"period": "2026-08-01", "tolerance_share": "2"}, "tolerance_share"),
        ({"period": "2026-08-01", "tolerance_amount": "-1"}, "tolerance_amount"),
        ({"period": "2026-08-01", "cursor": "x"}, "cursor"),
    ],
)
def test_a_question_that_is_not_valid_names_its_field(
    same_company: Company, query: dict[str, str], field: str
) -> None:
    reply = request("costs.reconciliation", query=query)

    assert (reply.status, reply.fields) == (422, [field])


def test_only_admins_change_what_costs_money(same_company: Company) -> None:
    assert request("costs.change-cost-explorer", person=OPERATOR).status == 403
    assert request("costs.change-cost-explorer", person=ADMIN).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"daily_calls": -1, "accounts": []}, "daily_calls"),
        ({"daily_calls": 1, "accounts": [{"billing_account_id": "acme"}]}, "accounts.0.billing_account_id"),
        (
            {"daily_calls": 1, "accounts": [{"billing_account_id": bill.PAYER, "metrics": ["Usage"]}]},
            "accounts.0.metrics.0",
        ),
        ({"daily_calls": 1}, "accounts"),
    ],
)
def test_settings_that_are_not_valid_name_their_field(
    same_company: Company, body: dict[str, Any], field: str
) -> None:
    reply = request("costs.change-cost-explorer", body=body)

    assert (reply.status, reply.fields) == (422, [field])


def test_settings_belong_to_their_tenant(company: Company) -> None:
    configure()

    assert request("costs.show-cost-explorer", person=OUTSIDER).json["accounts"] == []
