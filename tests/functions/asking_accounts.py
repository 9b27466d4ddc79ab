"""Cloud accounts and data sources as the tests ask for them."""

from collections.abc import Mapping
from typing import Any

import pytest

from cloudops.platform import aws
from tests.functions.conftest import Company
from tests.functions.invoking import Reply, request
from tests.sts import Trust, TrustingSts

ROLE_ARN = "arn:aws:iam::123456789012:role/cloudops-reader"


def ask(name: str, kind: str, row: Mapping[str, Any] | str, *, action: str = "", **changes: Any) -> Reply:
    """The event `accounts.<name>`, for a row that was answered before or for an id."""
    row_id = row if isinstance(row, str) else row["id"]
    return request(f"accounts.{name}", path=f"/api/v1/{kind}/{row_id}{action}", **changes)


def of_account(name: str, row: Mapping[str, Any] | str, **changes: Any) -> Reply:
    return ask(name, "cloud-accounts", row, action="/verify" if name == "verify" else "", **changes)


def of_source(name: str, row: Mapping[str, Any] | str, **changes: Any) -> Reply:
    return ask(name, "data-sources", row, action="/run" if name == "run-source" else "", **changes)


def trusting(monkeypatch: pytest.MonkeyPatch, trust: Trust) -> None:
    """Let AWS decide by that trust policy of the role."""
    sts = TrustingSts(roles={ROLE_ARN: trust})
    monkeypatch.setattr(aws, "token_service", lambda: sts)


def connected(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An account whose role was verified, and goes on to trust us."""
    account = request("accounts.connect").json
    trusting(monkeypatch, lambda given: given == account["external_id"])
    verified: dict[str, Any] = of_account("verify", account).json
    return verified


def connected_by_role(company: Company, account_id: str, *, status: str = "connected") -> dict[str, Any]:
    """An account of ACME whose role was found in that status."""
    role_arn = f"arn:aws:iam::{account_id}:role/cloudops-reader"
    wanted = {"account_id": account_id, "role_arn": role_arn, "regions": ["eu-west-1"]}
    account: dict[str, Any] = request("accounts.connect", body=wanted).json
    company.change("update cloud_accounts set status = %s where id = %s", [status, account["id"]])
    return account


def added(account: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    wanted = {"kind": "cur2", "bucket": "acme-exports", "prefix": "new/", "cloud_account_id": account["id"]}
    reply = request("accounts.add-source", body={**wanted, **fields})
    assert reply.status == 201, reply.body
    source: dict[str, Any] = reply.json
    return source
