"""AWS clients, made at first use: importing boto3 alone costs a third of a second."""

import time
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

# An assumed session lives for an hour; a function for a quarter of one.
SESSION_NAME = "cloudops-guardrails"
CLIENTS_KEPT = 64


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role in another account, and the external id that its trust policy asks for."""

    arn: str
    external_id: str | None = None


@cache
def client(service: str) -> Any:
    """A boto3 client. It is typed where it is used, since stubs exist per service."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(retries={"mode": "standard", "total_max_attempts": 4})
    return boto3.client(service, config=config)  # type: ignore[call-overload]


def assumed_client(service: str, region: str, role: Role | None) -> Any:
    """A client for reading in another region and, by a role, in another account; None reads as ourselves."""
    credentials = assumed_credentials(role) if role else ()
    return client_with(service, region, credentials)


type Credentials = tuple[tuple[str, str], ...]


def assumed_credentials(role: Role) -> Credentials:
    """Kept for ten minutes, so that no client outlives its session."""
    return credentials_of_period(role, int(time.monotonic() // 600))


@lru_cache(maxsize=CLIENTS_KEPT)
def credentials_of_period(role: Role, _period: int) -> Credentials:
    external_id = {"ExternalId": role.external_id} if role.external_id else {}
    answer = client("sts").assume_role(
        RoleArn=role.arn, RoleSessionName=SESSION_NAME, DurationSeconds=3600, **external_id
    )
    found = answer["Credentials"]
    return (
        ("aws_access_key_id", found["AccessKeyId"]),
        ("aws_secret_access_key", found["SecretAccessKey"]),
        ("aws_session_token", found["SessionToken"]),
    )


@lru_cache(maxsize=CLIENTS_KEPT)
def client_with(service: str, region: str, credentials: Credentials) -> Any:
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    # Scans share their limits with the customer's own tools: they wait rather than press.
    config = Config(retries={"mode": "standard", "total_max_attempts": 6}, connect_timeout=5, read_timeout=30)
    return boto3.client(service, region_name=region, config=config, **dict(credentials))  # type: ignore[call-overload]
