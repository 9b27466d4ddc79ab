"""Accounts as the tests connect them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cloudops.accounts import use_cases as accounts
from cloudops.accounts.models import CloudAccount, ConnectionStatus, NewConnection, Verdict
from cloudops.actor import Actor
from tests.integration.tenant import Tenant

NOW = datetime(2026, 9, 14, 8, 30, tzinfo=UTC)
ANN = Actor(name="ann@acme.example")
PROD = "111122223333"
ROLE_ARN = f"arn:aws:iam::{PROD}:role/cloudops-reader"
GOOD = Verdict(status=ConnectionStatus.CONNECTED)
BAD = Verdict(status=ConnectionStatus.INSECURE, reason="the role opens without an external id")


def connect(tenant: Tenant, **fields: Any) -> CloudAccount:
    wanted = {"account_id": PROD, "role_arn": ROLE_ARN, "regions": ["eu-west-1"], **fields}
    with tenant.transaction() as connection:
        return accounts.connect(connection, NewConnection(**wanted), actor=ANN, now=NOW)


def change(tenant: Tenant, account_id: UUID, *, if_match: str = "*", **fields: Any) -> CloudAccount:
    with tenant.transaction() as connection:
        return accounts.change(connection, account_id, fields, if_match=if_match, actor=ANN)


def judge(tenant: Tenant, account_id: UUID, verdict: Verdict, *, now: datetime = NOW) -> CloudAccount:
    with tenant.transaction() as connection:
        role = accounts.role_to_verify(connection, account_id)
        return accounts.record_verdict(connection, account_id, role, verdict, actor=ANN, now=now)


def disconnect(tenant: Tenant, account_id: UUID) -> None:
    with tenant.transaction() as connection:
        accounts.disconnect(connection, account_id, if_match="*", actor=ANN)


def show(tenant: Tenant, account_id: UUID) -> CloudAccount:
    with tenant.transaction() as connection:
        return accounts.show_account(connection, account_id)


def connected(tenant: Tenant, **fields: Any) -> CloudAccount:
    return judge(tenant, connect(tenant, **fields).id, GOOD)
