"""A tick or a request -> the queue -> ingest_cost_explorer, with a Cost Explorer that answers what it was given."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import validate_parameters

from cloudops.accounts.models import Role
from cloudops.costs.billing_months import months_before
from cloudops.period import first_of_month
from cloudops.platform import aws
from ingest_cost_explorer import handler
from tests.functions import bill
from tests.functions.asking_accounts import added, connected_by_role, of_source
from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, messages, request
from tests.functions.people import ACME, ADMIN, GLOBEX, OPERATOR, OUTSIDER
from tests.integration.cost_explorer_answers import answer
from tests.permissions.recording import made
from tests.sts import TrustingSts

SHAPE = get_session().get_service_model("ce").operation_model("GetCostAndUsage").input_shape
DENIED = ClientError(
    {
        "Error": {
            "Code": "AccessDeniedException",
            "Message": "User: x is not authorized to perform: ce:GetCostAndUsage",
        }
    },
    "GetCostAndUsage",
)
THROTTLED = ClientError(
    {"Error": {"Code": "LimitExceededException", "Message": "slow down"}}, "GetCostAndUsage"
)


class InMemoryExplorer:
    """Refuses what AWS's model of GetCostAndUsage refuses. `roles` are those it was asked by."""

    def __init__(self) -> None:
        self.roles: list[str | None] = []
        self.pages: list[dict[str, Any] | ClientError] = []
        self.requests: list[dict[str, Any]] = []

    def get_cost_and_usage(self, **request: Any) -> dict[str, Any]:
        validate_parameters(request, SHAPE)
        made("ce", "GetCostAndUsage", request, assumed=self.roles[-1] is not None)
        self.requests.append(request)
        page = self.pages.pop(0)
        if isinstance(page, ClientError):
            raise page
        return page


@pytest.fixture
def explorer(monkeypatch: pytest.MonkeyPatch) -> InMemoryExplorer:
    found = InMemoryExplorer()

    def client_for(service: str, region: None, role: Role | None, **limits: Any) -> Any:
        assert (service, region) == ("ce", None)
        assert limits == {"action": "ce:GetCostAndUsage", "attempts": 1, "read_seconds": 60}
        found.roles.append(role.arn if role else None)
        return found

    monkeypatch.setattr(handler, "client_for", client_for)
    return found


def last_month(day: int = 1) -> date:
    today = datetime.now(UTC).date()
    return first_of_month(first_of_month(today) - timedelta(days=1)).replace(day=day)


def costs(cost: float, *, day: int = 1) -> dict[str, Any]:
    return answer({last_month(day): {("AWS Lambda", bill.PROD): cost}}, estimated=True)


def watched(company: Company, account_id: str = bill.PAYER, **fields: Any) -> dict[str, Any]:
    """A data source that asks a connected account's Cost Explorer for what may still change."""
    account = connected_by_role(company, account_id)
    wanted = {"kind": "cost_explorer", "bucket": None, "prefix": "", "backfill_months": 1}
    return added(account, **{**wanted, **fields})


def allow(daily_calls: int) -> None:
    reply = request("costs.change-cost-explorer", body={"daily_calls": daily_calls})
    assert reply.status == 200, reply.body


def ingest(*bodies: str) -> list[str]:
    """The ids of the messages that go back to the queue."""
    found = invoke("ingest_cost_explorer", messages("ingest_cost_explorer.data-source", list(bodies)))
    return [failure["itemIdentifier"] for failure in found["batchItemFailures"]]


def run(company: Company, source: dict[str, Any], **body: int) -> list[str]:
    """The messages of a run that somebody asked for."""
    assert of_source("run-source", source, body=body).status == 202
    return company.receive("COST_EXPLORER_QUEUE_URL")


def tick(company: Company) -> list[str]:
    """The messages that a tick of the schedule sends."""
    invoke("dispatch_jobs", event("dispatch_jobs.cost-explorer"))
    return company.receive("COST_EXPLORER_QUEUE_URL")


def deliveries(company: Company) -> list[tuple[Any, ...]]:
    return company.rows(
        "select status, period, billing_account_id, estimated_days,"
        " (select sum(billed_cost) from daily_costs c where c.delivery_id = d.id)"
        " from deliveries d where source = 'cost_explorer' order by created_at"
    )


def spending() -> dict[str, Any]:
    found: dict[str, Any] = request("costs.show-cost-explorer").json
    return found


def shown(source: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = of_source("show-source", source).json
    return found


def test_a_tick_sends_one_message_per_source_that_is_due(company: Company) -> None:
    assert tick(company) == []
    due = {watched(company, one)["id"] for one in (bill.PAYER, bill.DEV)}
    watched(company, bill.PROD, enabled=False)

    sent = [json.loads(body) for body in tick(company)]

    assert {one["params"]["data_source_id"] for one in sent} == due
    assert {(UUID(one["tenant_id"]), one["type"]) for one in sent} == {(ACME, "costs.cost_explorer")}
    assert len({one["idempotency_key"] for one in sent}) == 2
    assert tick(company) == []


def test_a_source_is_asked_daily_unless_it_says_otherwise(company: Company) -> None:
    assert watched(company)["schedule"] == "cron(0 4 * * ? *)"
    assert watched(company, bill.DEV, schedule="rate(7 days)")["schedule"] == "rate(7 days)"


def test_all_pages_of_an_answer_become_one_delivery(company: Company, explorer: InMemoryExplorer) -> None:
    source = watched(company)
    explorer.pages = [{**costs(3), "NextPageToken": "more"}, costs(4, day=2)]

    assert ingest(*tick(company)) == []

    assert deliveries(company) == [
        ("current", last_month(), bill.PAYER, [last_month(1), last_month(2)], Decimal(7))
    ]
    first, second = explorer.requests
    assert explorer.roles == [f"arn:aws:iam::{bill.PAYER}:role/cloudops-reader"]
    assert first["TimePeriod"]["Start"] == last_month().isoformat()
    assert first["Metrics"] == ["AmortizedCost", "UnblendedCost"]
    assert (first.get("NextPageToken"), second["NextPageToken"]) == (None, "more")
    assert (spending()["calls_today"], spending()["cost_today"]) == (2, "0.02")
    read = shown(source)
    assert (read["last_error"], read["last_delivery"]["status"]) == (None, "current")
    assert read["last_run_at"]


@pytest.mark.parametrize("status", ["pending", "insecure", "unreachable"])
def test_an_account_that_is_not_connected_is_not_asked_and_says_why(
    company: Company, explorer: InMemoryExplorer, status: str
) -> None:
    other, refused = watched(company, bill.DEV), watched(company)
    company.change("update cloud_accounts set status = %s where account_id = %s", [status, bill.PAYER])
    explorer.pages = [costs(3)]

    assert ingest(*tick(company)) == []

    assert shown(refused)["last_error"] == f"account {bill.PAYER} is {status}; verify it"
    assert shown(other)["last_error"] is None
    assert explorer.roles == [f"arn:aws:iam::{bill.DEV}:role/cloudops-reader"]


def test_our_own_role_asks_for_an_only_tenants_account_alone(
    company: Company, explorer: InMemoryExplorer
) -> None:
    (billed,) = (
        one for one in request("accounts.list-accounts").json["items"] if one["account_id"] == bill.PROD
    )
    wanted = {"kind": "cost_explorer", "cloud_account_id": billed["id"], "backfill_months": 1}
    refused = request("accounts.add-source", body=wanted)
    company.change("delete from tenants where id = %s", [GLOBEX])
    explorer.pages = [costs(3)]

    assert request("accounts.add-source", body=wanted).status == 201
    assert ingest(*tick(company)) == []

    assert (refused.status, refused.fields) == (422, ["cloud_account_id"])
    assert explorer.roles == [None]
    assert [row[2] for row in deliveries(company)] == [bill.PROD]


def test_a_role_that_lacks_the_permission_is_told_by_its_action_and_not_tried_again(
    company: Company, explorer: InMemoryExplorer
) -> None:
    source = watched(company)
    explorer.pages = [DENIED]

    assert ingest(*tick(company)) == []

    read = shown(source)
    assert "not authorized" in read["last_error"]
    assert read["missing_actions"] == ["ce:GetCostAndUsage"]


def test_a_role_that_does_not_let_us_in_is_told(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    source = watched(company)
    monkeypatch.setattr(aws, "token_service", lambda: TrustingSts(roles={}))
    aws.SESSIONS.forget()

    assert ingest(*tick(company)) == []

    read = shown(source)
    assert "denies us the role" in read["last_error"]
    assert read["missing_actions"] == ["sts:AssumeRole"]
    assert spending()["calls_today"] == 0


def test_a_delivery_says_which_days_are_estimates(company: Company, explorer: InMemoryExplorer) -> None:
    watched(company)
    explorer.pages = [costs(3)]
    ingest(*tick(company))

    (found,) = request("costs.list-deliveries", query={"source": "cost_explorer"}).json["items"]

    assert found["estimated_days"] == [last_month().isoformat()]
    assert found["files"] == [f"GetCostAndUsage/{bill.PAYER}/{last_month():%Y-%m}"]


def test_a_message_that_comes_again_asks_nothing(company: Company, explorer: InMemoryExplorer) -> None:
    watched(company)
    explorer.pages = [costs(3)]
    sent = tick(company)

    assert ingest(*sent, *sent) == ingest(*sent) == []

    assert len(explorer.requests) == 1
    assert len(deliveries(company)) == 1


def test_the_budget_ends_a_fetch_whole_and_says_so(company: Company, explorer: InMemoryExplorer) -> None:
    source = watched(company)
    allow(1)
    explorer.pages = [{**costs(3), "NextPageToken": "more"}, costs(4, day=2)]

    assert ingest(*tick(company)) == []

    assert len(explorer.requests) == 1
    assert deliveries(company) == []
    assert (spending()["calls_today"], spending()["refused_today"]) == (1, 1)
    error = shown(source)["last_error"]
    assert error.startswith("1 of 1 calls were made today, each for 0.01 USD")
    ((message,),) = company.rows("select message from events where event_type = 'read_failed'")
    assert error in message


def test_a_source_that_was_removed_is_not_asked(company: Company, explorer: InMemoryExplorer) -> None:
    assert invoke("ingest_cost_explorer", event("ingest_cost_explorer.data-source")) == {
        "batchItemFailures": []
    }

    assert explorer.requests == []


def test_a_call_that_failed_counts_and_its_message_goes_back(
    company: Company, explorer: InMemoryExplorer
) -> None:
    source = watched(company)
    explorer.pages = [THROTTLED, costs(3)]
    sent = tick(company)

    assert ingest(*sent) == ["message-0"]
    assert "slow down" in shown(source)["last_error"]
    assert ingest(*sent) == []

    assert spending()["calls_today"] == 2
    assert [row[-1] for row in deliveries(company)] == [Decimal(3)]


def test_an_answer_that_is_no_bill_is_told_and_not_asked_for_again(
    company: Company, explorer: InMemoryExplorer
) -> None:
    source = watched(company)
    page = costs(3)
    page["ResultsByTime"][0]["Groups"][0]["Metrics"]["UnblendedCost"]["Amount"] = "?"
    explorer.pages = [page]

    assert ingest(*tick(company)) == []

    assert "'?', which is no number" in shown(source)["last_error"]
    assert deliveries(company) == []


def month(back: int) -> date:
    return months_before(first_of_month(datetime.now(UTC).date()), back)


def starts(explorer: InMemoryExplorer) -> list[date]:
    return [date.fromisoformat(one["TimePeriod"]["Start"]) for one in explorer.requests]


def test_a_first_run_goes_back_month_by_month_and_later_ones_do_not(
    company: Company, explorer: InMemoryExplorer
) -> None:
    source = watched(company, backfill_months=3)
    explorer.pages = [costs(3), *[answer({month(back): {("AWS Lambda", bill.PROD): 1}}) for back in (2, 3)]]

    assert ingest(*tick(company)) == []
    assert starts(explorer) == [month(1), month(2), month(3)]
    assert {row[1] for row in deliveries(company)} == {month(1), month(2), month(3)}

    explorer.requests.clear()
    explorer.pages = [costs(3)]
    assert ingest(*run(company, source)) == []
    assert starts(explorer) == [month(1)]


def test_a_backfill_that_the_budget_ended_goes_on_where_it_stopped(
    company: Company, explorer: InMemoryExplorer
) -> None:
    source = watched(company, backfill_months=3)
    allow(2)
    explorer.pages = [costs(3), answer({month(2): {("AWS Lambda", bill.PROD): 1}})]
    assert ingest(*tick(company)) == []
    assert "2 of 2 calls" in shown(source)["last_error"]
    assert {row[1] for row in deliveries(company)} == {month(1), month(2)}

    allow(20)
    explorer.requests.clear()
    explorer.pages = [costs(3), answer({month(3): {("AWS Lambda", bill.PROD): 1}})]
    assert ingest(*run(company, source)) == []

    assert starts(explorer) == [month(1), month(3)]
    assert shown(source)["last_error"] is None


def test_a_run_that_names_its_months_asks_for_them_anew(company: Company, explorer: InMemoryExplorer) -> None:
    source = watched(company)
    explorer.pages = [costs(3), costs(3), answer({month(2): {("AWS Lambda", bill.PROD): 1}})]
    ingest(*tick(company))

    assert ingest(*run(company, source, backfill_months=2)) == []

    assert starts(explorer) == [month(1), month(1), month(2)]


def test_one_bad_message_fails_alone(company: Company, explorer: InMemoryExplorer) -> None:
    watched(company)
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
    watched(company)
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
    watched(company)
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
        ({"daily_calls": -1}, "daily_calls"),
        ({}, "daily_calls"),
        ({"daily_calls": 1, "accounts": []}, "accounts"),
    ],
)
def test_a_budget_that_is_not_valid_names_its_field(
    same_company: Company, body: dict[str, Any], field: str
) -> None:
    reply = request("costs.change-cost-explorer", body=body)

    assert (reply.status, reply.fields) == (422, [field])


def test_a_budget_belongs_to_its_tenant(company: Company) -> None:
    allow(7)

    assert spending()["daily_calls"] == 7
    assert request("costs.show-cost-explorer", person=OUTSIDER).json["daily_calls"] == 20
