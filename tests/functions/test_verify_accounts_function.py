"""dispatch_jobs -> the queue -> verify_accounts: the roles of connected accounts are tried again every day."""

import json
from typing import Any
from uuid import UUID

import pytest

from cloudops.platform import aws
from tests.functions.asking_accounts import ROLE_ARN, connected, connected_by_role, of_account, trusting
from tests.functions.conftest import Company
from tests.functions.invoking import event, invoke, messages, request
from tests.functions.people import ACME
from tests.sts import FailingSts, TrustingSts, anybody, like, nobody, silence


@pytest.fixture
def account(company: Company, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return connected(monkeypatch)


def tick(company: Company) -> list[str]:
    invoke("dispatch_jobs", event("dispatch_jobs.verify"))
    return company.receive("VERIFY_QUEUE_URL")


def recheck(*bodies: str) -> list[str]:
    """The ids of the messages that go back to the queue."""
    answer = invoke("verify_accounts", messages("verify_accounts.one-account", list(bodies)))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def trail() -> list[str]:
    items = request("events.list", query={"entity_type": "cloud_account"}).json["items"]
    return [one["event_type"] for one in reversed(items)]


def test_a_tick_sends_one_message_per_account_whose_role_was_tried(company: Company) -> None:
    tried = {
        connected_by_role(company, number, status=status)["id"]
        for number, status in (
            ("111111111111", "connected"),
            ("222222222222", "insecure"),
            ("333333333333", "unreachable"),
        )
    }
    connected_by_role(company, "444444444444", status="pending")

    sent = [json.loads(body) for body in tick(company)]

    assert {one["params"]["cloud_account_id"] for one in sent} == tried
    assert {(UUID(one["tenant_id"]), one["type"]) for one in sent} == {(ACME, "accounts.verify")}


def test_a_role_that_still_refuses_strangers_stays_connected_without_a_line_of_the_trail(
    company: Company, account: dict[str, Any]
) -> None:
    assert recheck(*tick(company)) == []

    again = of_account("show-account", account).json
    assert (again["status"], again["connected_at"]) == ("connected", account["connected_at"])
    assert again["verified_at"] > account["verified_at"]
    assert trail() == ["connecting", "verified"]


@pytest.mark.parametrize(
    ("trust", "status", "reason"),
    [
        (anybody, "insecure", "without an external id"),
        (like("*"), "insecure", "with a wrong external id"),
        (nobody, "unreachable", "denies us the role"),
    ],
)
def test_a_role_that_changed_is_closed_with_its_reason_and_opens_again_once_it_is_mended(
    company: Company,
    account: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    trust: Any,
    status: str,
    reason: str,
) -> None:
    trusting(monkeypatch, trust)
    assert recheck(*tick(company)) == []
    assert recheck(*tick(company)) == []
    closed = of_account("show-account", account).json

    trusting(monkeypatch, lambda given: given == account["external_id"])
    assert recheck(*tick(company)) == []

    assert closed["status"] == status
    assert reason in closed["status_reason"]
    assert of_account("show-account", account).json["status"] == "connected"
    assert trail() == ["connecting", "verified", "status_changed", "status_changed"]


def test_what_could_not_be_told_closes_the_account_and_is_tried_again_by_the_queue(
    company: Company, account: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = FailingSts(error=silence(), at=1, external_id=account["external_id"])
    monkeypatch.setattr(aws, "token_service", lambda: silent)
    sent = tick(company)

    assert recheck(*sent) == ["message-0"]
    assert of_account("show-account", account).json["status"] == "unreachable"
    assert recheck(*sent) == []
    assert of_account("show-account", account).json["status"] == "connected"


def test_one_account_that_cannot_be_tried_leaves_the_others_alone(
    company: Company, account: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = connected_by_role(company, "222222222222")
    roles = {ROLE_ARN: lambda given: given == account["external_id"]}
    monkeypatch.setattr(aws, "token_service", lambda: TrustingSts(roles=roles))

    assert recheck(*tick(company)) == []

    assert of_account("show-account", account).json["status"] == "connected"
    assert of_account("show-account", other).json["status"] == "unreachable"


def test_an_account_that_was_disconnected_or_never_was_is_no_failure(
    company: Company, account: dict[str, Any]
) -> None:
    sent = tick(company)
    of_account("disconnect", account, headers={"If-Match": "*"})

    assert recheck(*sent) == []
    assert invoke("verify_accounts", event("verify_accounts.one-account")) == {"batchItemFailures": []}
    assert of_account("show-account", account).json["status"] is None
