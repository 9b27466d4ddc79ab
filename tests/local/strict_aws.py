"""A client's view of the strict port."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import EmulatedAws


def client(aws: EmulatedAws, service: str, **config: Any) -> Any:
    """Without retries, so that each call is one call."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=aws.endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


class Refusal:
    code: str
    status: int
    message: str


def refused(call: Any, **parameters: Any) -> Refusal:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    refusal = Refusal()
    refusal.code = caught.value.response["Error"]["Code"]
    refusal.message = caught.value.response["Error"]["Message"]
    refusal.status = caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    return refusal
