"""What a function has in memory before its first event where Lambda keeps that memory (SnapStart).

Elsewhere AWS's libraries are imported when they are needed: jobs, commands and tests do not wait for them at the start.
"""

from collections.abc import Mapping

# Every API function reads the database's secret first, and most of them queue something in the end.
SERVICES = ("secretsmanager", "sqs")


def prepare(environment: Mapping[str, str]) -> None:
    """Import what the first request would have to, after every restore anew."""
    if environment.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        for service in SERVICES:
            load_client(service)


def load_client(service: str) -> None:
    """Have the session learn the service. A client that signs would fetch credentials, and the snapshot keep them."""
    import boto3  # noqa: PLC0415 - see platform.aws
    from botocore import UNSIGNED  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    boto3.client(service, config=Config(signature_version=UNSIGNED))  # type: ignore[call-overload]
