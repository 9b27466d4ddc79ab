"""How long calls of AWS may take."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from cloudops.accounts.models import Role
from cloudops.accounts.reading import client_for
from cloudops.platform import aws, objects

SESSION = aws.Session(
    access_key_id="ASIAEXAMPLE",
    secret_access_key="secret",
    token="token",
    expires_at=datetime(2026, 9, 14, tzinfo=UTC),
)
# What API Gateway waits for.
REQUEST_SECONDS = 29
ROLE = Role(arn="arn:aws:iam::111122223333:role/reader", external_id="id-1")


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    monkeypatch.setattr(aws.SESSIONS, "_assume", lambda _: SESSION)
    forget_clients()
    yield
    forget_clients()


def forget_clients() -> None:
    for made in (aws.client, aws.session_client):
        made.cache_clear()
    aws.SESSIONS.forget()


def limits(client: Any) -> tuple[float, float]:
    return client.meta.config.connect_timeout, client.meta.config.read_timeout


@pytest.mark.parametrize("service", ["sqs", "s3", "secretsmanager", "cognito-idp"])
def test_a_call_of_a_request_leaves_it_time_to_answer(service: str) -> None:
    client = aws.client(service)

    attempts = client.meta.config.retries["total_max_attempts"]
    assert [attempts * limit < REQUEST_SECONDS for limit in limits(client)] == [True, True]


def test_a_whole_file_may_take_longer() -> None:
    assert limits(objects.bodies()) == (3, 60)


@pytest.mark.parametrize(("role", "connect"), [(None, 3), (ROLE, 5)])
def test_an_account_is_read_as_long_by_a_role_as_by_ourselves(role: Role | None, connect: int) -> None:
    reading = client_for("cloudwatch", None, role, action="cloudwatch:GetMetricData")
    asking = client_for("ce", None, role, action="ce:GetCostAndUsage", attempts=1, read_seconds=60)

    assert (limits(reading), limits(asking)) == ((connect, 30), (connect, 60))
