"""Lambda functions and log groups."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.logs.models import logs_backends

from local.demo import applications
from local.demo.aws.roles import make_function_role
from local.demo.aws.tags import tags_of
from local.demo.aws.times import ago
from local.demo.lines import Scenario
from local.demo.organization import Account

REGION = "us-east-1"
MB_PER_GB = 1024
FUNCTION_LOGS_DAYS = 30
# What the bill's price of storage makes of what came in: logs are kept compressed.
STORED_SHARE, DAYS_KEPT = 0.15, 765


def place(scenario: Scenario, _now: datetime) -> int:
    for function in applications.FUNCTIONS:
        place_function(scenario, function)
        logs = f"/aws/lambda/{function.name}"
        place_group(scenario, function.account, logs, {}, gigabytes=2.0, retention=FUNCTION_LOGS_DAYS)
    for group in applications.LOG_GROUPS:
        tags = tags_of(applications.log_group_owner(scenario, group))
        stored = STORED_SHARE * DAYS_KEPT * group.gigabytes
        place_group(scenario, group.account, group.path, tags, gigabytes=stored)
    return 2 * len(applications.FUNCTIONS) + len(applications.LOG_GROUPS)


def place_function(scenario: Scenario, function: applications.Function) -> None:
    backend: Any = lambda_backends[function.account.number][REGION]
    made = backend.create_function(
        {
            "FunctionName": function.name,
            "Code": {
                "ImageUri": f"{function.account.number}.dkr.ecr.{REGION}.amazonaws.com/{function.name}:live"
            },
            "PackageType": "Image",
            "Role": make_function_role(function.account.number, function.name),
            "MemorySize": int(function.memory * MB_PER_GB),
            "Timeout": 30,
            "Tags": tags_of(applications.function_owner(scenario, function)),
        }
    )
    made.last_modified = ago(scenario, 40).replace(tzinfo=UTC).isoformat(timespec="milliseconds")


def place_group(
    scenario: Scenario,
    account: Account,
    name: str,
    tags: dict[str, str],
    *,
    gigabytes: float,
    retention: int | None = None,
) -> None:
    backend: Any = logs_backends[account.number][REGION]
    made = backend.create_log_group(name, tags, RetentionInDays=retention)
    made.creation_time = ago(scenario)
    backend.create_log_stream(name, "all")
    made.streams["all"].stored_bytes = int(1e9 * gigabytes)
