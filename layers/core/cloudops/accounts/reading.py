"""The clients that accounts and data sources are read by."""

import json
from typing import Any

from cloudops.accounts.models import Reading, Role
from cloudops.platform.aws import ACCOUNT_READ_SECONDS, assumed_client, client


def client_of(reading: Reading) -> Any:
    """A client of the source's role, confined to its bucket and prefix; None where we read as ourselves."""
    if reading.role is None:
        return None
    return assumed_client(
        "s3",
        None,
        reading.role.arn,
        reading.role.external_id,
        session_policy=reading.session_policy,
        session_name="cloudops-bills",
    )


def client_for(
    service: str,
    region: str | None,
    role: Role | None,
    *,
    action: str,
    attempts: int = 4,
    read_seconds: int = ACCOUNT_READ_SECONDS,
) -> Any:
    """A client by a role's session that may do `action` and nothing else, or as ourselves without a role.

    Raises RoleRefusedError and RoleUnreachableError.
    """
    if role is None:
        return client(service, region, attempts=attempts, read_seconds=read_seconds)
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}
    return assumed_client(
        service,
        region,
        role.arn,
        role.external_id,
        session_policy=json.dumps(policy),
        session_name=f"cloudops-{service}",
        attempts=attempts,
        read_seconds=read_seconds,
    )
