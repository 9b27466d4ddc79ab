"""AWS clients, one per service, made at first use: importing boto3 alone costs a third of a second."""

from functools import cache
from typing import Any


@cache
def client(service: str, region: str | None = None, *, attempts: int = 4) -> Any:
    """A boto3 client. It is typed where it is used, since stubs exist per service."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(retries={"mode": "standard", "total_max_attempts": attempts})
    return boto3.client(service, region_name=region, config=config)  # type: ignore[call-overload]
