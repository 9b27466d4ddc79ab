"""The reading of errors and latency over a CloudWatch that is as strict as AWS's: names, limits, pages, late values."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any
from uuid import UUID

import pytest

from cloudops.reliability import cloudwatch as reading
from cloudops.reliability.cloudwatch import batches, read
from cloudops.reliability.models import Kind, PositionedTarget
from local.aws import EmulatedAws
from tests.local.strict_aws import client

NOW = datetime(2026, 11, 2, 12, 2, tzinfo=UTC)
FIRST, SECOND = NOW - timedelta(minutes=22), NOW - timedelta(minutes=17)
LATEST = NOW - timedelta(minutes=12)
# As AWS documents them per service, not as our code has them.
PUBLISHED: dict[Kind, tuple[str, str, str, str]] = {
    "api_gateway": ("AWS/ApiGateway", "ApiName", "5XXError", "Latency"),
    "load_balancer": (
        "AWS/ApplicationELB", "LoadBalancer", "HTTPCode_Target_5XX_Count", "TargetResponseTime",
    ),
    "function": ("AWS/Lambda", "FunctionName", "Errors", "Duration"),
}  # fmt: skip


@pytest.fixture
def cloudwatch() -> Iterator[Any]:
    aws = EmulatedAws()
    yield client(aws, "cloudwatch")
    aws.stop()


def target(number: int, kind: Kind) -> PositionedTarget:
    return PositionedTarget(
        id=UUID(int=number),
        project_id=UUID(int=0),
        kind=kind,
        resource_id=f"{kind}-{number}",
        account_id="111111111111",
        region="us-east-1",
        name=f"app/{number}/50dc6c495c0c9188" if kind == "load_balancer" else f"name-{number}",
        stage=None,
        period_seconds=300,
        created_by="ann@acme.example",
        created_at=NOW,
        last_at=LATEST,
    )


def put(
    cloudwatch: Any, one: PositionedTarget, at: datetime, *, errors: list[float], latencies: list[float]
) -> None:
    namespace, dimension, error, latency = PUBLISHED[one.kind]
    named = {"Dimensions": [{"Name": dimension, "Value": one.name}], "Timestamp": at}
    cloudwatch.put_metric_data(
        Namespace=namespace,
        MetricData=[
            {**named, "MetricName": error, "Values": errors},
            {**named, "MetricName": latency, "Values": latencies},
        ],
    )


def points(cloudwatch: Any, *targets: PositionedTarget) -> dict[str, dict[str, list[Decimal]]]:
    """Values by resource and metric, oldest first."""
    found: defaultdict[str, defaultdict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for batch in batches(targets, now=NOW):
        answer = read(cloudwatch, batch)
        assert answer.failures == {}
        for point in answer.datapoints:
            found[point.resource_id][point.metric_name].append(point.value)
    return {resource: dict(metrics) for resource, metrics in found.items()}


@pytest.mark.parametrize(("kind", "scale"), [("api_gateway", 1), ("load_balancer", 1000), ("function", 1)])
def test_each_kind_is_read_under_the_names_that_aws_publishes(
    cloudwatch: Any, kind: Kind, scale: int
) -> None:
    one = target(1, kind)
    put(cloudwatch, one, FIRST, errors=[1, 2, 4], latencies=[float(value) for value in range(1, 101)])

    found = points(cloudwatch, one)

    assert found == {one.resource_id: {"5xx_count": [7], "p95_latency_ms": [95 * scale]}}


def test_more_targets_than_one_call_takes_are_read_to_their_last_page(
    cloudwatch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "DATAPOINTS_PER_CALL", 300)
    targets = [target(number, "function") for number in range(1, 252)]
    named = [
        {"MetricName": name, "Dimensions": [{"Name": "FunctionName", "Value": one.name}], "Timestamp": at,
         "Value": float(number)}
        for number, one in enumerate(targets, start=1)
        for name in ("Errors", "Duration")
        for at in (FIRST, SECOND)
    ]  # fmt: skip
    for together in batched(named, 500):
        cloudwatch.put_metric_data(Namespace="AWS/Lambda", MetricData=list(together))

    found = points(cloudwatch, *targets)

    assert found == {
        one.resource_id: {"5xx_count": [number] * 2, "p95_latency_ms": [number] * 2}
        for number, one in enumerate(targets, start=1)
    }


def test_a_value_that_came_late_is_read_again_with_the_next_run(cloudwatch: Any) -> None:
    one = target(1, "api_gateway")
    put(cloudwatch, one, FIRST, errors=[1], latencies=[100])
    before = points(cloudwatch, one)

    put(cloudwatch, one, FIRST, errors=[3], latencies=[900])
    after = points(cloudwatch, replace(one, last_at=FIRST))

    assert before[one.resource_id] == {"5xx_count": [1], "p95_latency_ms": [100]}
    assert after[one.resource_id] == {"5xx_count": [4], "p95_latency_ms": [900]}
