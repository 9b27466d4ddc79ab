"""The S3 client that a data source is read by."""

from typing import Any

from cloudops.accounts.models import Reading
from cloudops.platform.aws import assumed_client


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
