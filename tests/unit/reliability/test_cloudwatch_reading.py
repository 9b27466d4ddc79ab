"""Which questions GetMetricData is asked, and what its answers mean."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from cloudops.reliability.cloudwatch import Batch, Span, batches, read
from cloudops.reliability.models import Kind, PositionedTarget

NOW = datetime(2026, 9, 14, 8, 33, 20, tzinfo=UTC)
BORDER = datetime(2026, 9, 14, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def target(
    number: int = 1, kind: Kind = "api_gateway", *, last: datetime | None = BORDER, **fields: Any
) -> PositionedTarget:
    found = PositionedTarget(
        id=UUID(int=number),
        project_id=UUID(int=0),
        kind=kind,
        resource_id=f"resource-{number}",
        account_id="111111111111",
        region="eu-west-1",
        name=f"name-{number}",
        stage=None,
        period_seconds=300,
        created_by="ann@acme.example",
        created_at=NOW,
        last_at=last,
    )
    return replace(found, **fields)


class InMemoryCloudWatch:
    """Answers each call with the next page."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = list(pages)
        self.requests: list[dict[str, Any]] = []

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return self.pages.pop(0)


def result(key: str, *values: tuple[datetime, float], **fields: Any) -> dict[str, Any]:
    times = {"Timestamps": [at for at, _ in values], "Values": [value for _, value in values]}
    return {"Id": key, "StatusCode": "Complete", **times, **fields}


def page(*results: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"MetricDataResults": list(results), **fields}


def batch(*targets: PositionedTarget) -> Batch:
    return Batch(targets=targets, span=Span(start=BORDER - HOUR, end=BORDER))


def points(cloudwatch: InMemoryCloudWatch, *targets: PositionedTarget) -> list[tuple[str, str, Decimal]]:
    found = read(cloudwatch, batch(*targets)).datapoints
    return [(point.resource_id, point.metric_name, point.value) for point in found]


@pytest.mark.parametrize(
    ("kind", "errors", "latency", "dimension"),
    [
        ("api_gateway", ("AWS/ApiGateway", "5XXError"), ("AWS/ApiGateway", "Latency"), "ApiName"),
        (
            "load_balancer",
            ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"),
            ("AWS/ApplicationELB", "TargetResponseTime"),
            "LoadBalancer",
        ),
        ("function", ("AWS/Lambda", "Errors"), ("AWS/Lambda", "Duration"), "FunctionName"),
    ],
)
def test_each_kind_is_asked_for_its_errors_and_its_latency(
    kind: Kind, errors: tuple[str, str], latency: tuple[str, str], dimension: str
) -> None:
    cloudwatch = InMemoryCloudWatch(page())

    read(cloudwatch, batch(target(kind=kind)))

    (request,) = cloudwatch.requests
    stats = [one["MetricStat"] for one in request["MetricDataQueries"]]
    assert [(one["Metric"]["Namespace"], one["Metric"]["MetricName"]) for one in stats] == [errors, latency]
    assert [one["Stat"] for one in stats] == ["Sum", "p95"]
    assert [one["Metric"]["Dimensions"] for one in stats] == [[{"Name": dimension, "Value": "name-1"}]] * 2
    assert {one["Period"] for one in stats} == {300}
    assert (request["StartTime"], request["EndTime"]) == (BORDER - HOUR, BORDER)


def test_a_stage_is_a_dimension_of_its_own() -> None:
    assert target(stage="live").dimensions == {"ApiName": "name-1", "Stage": "live"}


def test_all_pages_are_read() -> None:
    cloudwatch = InMemoryCloudWatch(
        page(result("t0m1", (BORDER - HOUR, 120.5), StatusCode="PartialData"), NextToken="a"),
        page(result("t0m0", (BORDER - HOUR, 2.0)), result("t0m1", (BORDER, 130.25))),
    )

    found = points(cloudwatch, target())

    assert found == [
        ("resource-1", "5xx_count", Decimal("2.0")),
        ("resource-1", "p95_latency_ms", Decimal("120.5")),
        ("resource-1", "p95_latency_ms", Decimal("130.25")),
    ]
    assert [request.get("NextToken") for request in cloudwatch.requests] == [None, "a"]


def test_seconds_of_a_load_balancer_become_milliseconds_without_a_rounding_error() -> None:
    cloudwatch = InMemoryCloudWatch(page(result("t0m1", (BORDER, 0.123))))

    assert points(cloudwatch, target(kind="load_balancer"))[-1][2] == Decimal("123.000")


def test_a_load_balancer_that_ran_without_an_error_had_none() -> None:
    cloudwatch = InMemoryCloudWatch(
        page(result("t0m0", (BORDER, 7.0)), result("t0m1", (BORDER - HOUR, 0.1), (BORDER, 0.2)))
    )

    errors = [
        value
        for _, metric, value in points(cloudwatch, target(kind="load_balancer"))
        if metric == "5xx_count"
    ]

    assert errors == [0, 7]


@pytest.mark.parametrize("status", ["Forbidden", "InternalError", "PartialData"])
def test_errors_that_nobody_counted_are_not_none(status: str) -> None:
    cloudwatch = InMemoryCloudWatch(
        page(result("t0m0", StatusCode=status), result("t0m1", (BORDER - HOUR, 0.1), (BORDER, 0.2)))
    )

    reading = read(cloudwatch, batch(target(kind="load_balancer")))

    assert [point.metric_name for point in reading.datapoints] == ["p95_latency_ms"] * 2
    assert reading.failures == {UUID(int=1): f"{status}: CloudWatch gave no reason"}


@pytest.mark.parametrize("kind", ["api_gateway", "function"])
def test_no_other_kind_is_given_zeros(kind: Kind) -> None:
    cloudwatch = InMemoryCloudWatch(page(result("t0m1", (BORDER, 20.0))))

    assert [metric for _, metric, _ in points(cloudwatch, target(kind=kind))] == ["p95_latency_ms"]


@pytest.mark.parametrize("status", ["Forbidden", "InternalError"])
def test_a_query_that_fails_leaves_the_others_alone(status: str) -> None:
    message = [{"Code": "x", "Value": "not yours"}]
    cloudwatch = InMemoryCloudWatch(
        page(result("t0m0", StatusCode=status, Messages=message), result("t1m0", (BORDER, 1.0)))
    )

    reading = read(cloudwatch, batch(target(1), target(2)))

    assert reading.failures == {UUID(int=1): f"{status}: not yours"}
    assert [point.resource_id for point in reading.datapoints] == ["resource-2"]


def test_what_no_further_page_completes_is_told_and_kept() -> None:
    cloudwatch = InMemoryCloudWatch(page(result("t0m0", (BORDER, 2.0), StatusCode="PartialData")))

    reading = read(cloudwatch, batch(target()))

    assert [point.value for point in reading.datapoints] == [2]
    assert reading.failures == {UUID(int=1): "PartialData: CloudWatch gave no reason"}


def test_the_window_reaches_three_hours_behind_the_last_datapoint_up_to_the_last_whole_period() -> None:
    (only,) = batches([target(last=BORDER - HOUR)], now=NOW)

    assert only.span == Span(start=BORDER - 4 * HOUR, end=BORDER)


@pytest.mark.parametrize("last", [None, BORDER - timedelta(days=80)])
def test_a_first_look_goes_back_two_weeks_day_by_day(last: datetime | None) -> None:
    found = list(batches([target(last=last)], now=NOW))

    spans = [one.span for one in found]
    assert (spans[0].start, spans[-1].end) == (BORDER - timedelta(days=14), BORDER)
    assert len(spans) == 14
    assert all(one.end == other.start for one, other in pairwise(spans))


def test_no_call_has_more_than_500_queries() -> None:
    found = list(batches([target(number) for number in range(1, 602)], now=NOW))

    assert [len(one.targets) for one in found] == [250, 250, 101]
    cloudwatch = InMemoryCloudWatch(page())
    read(cloudwatch, found[0])
    ids = [one["Id"] for one in cloudwatch.requests[0]["MetricDataQueries"]]
    assert len(ids) == len(set(ids)) == 500


def test_a_new_target_does_not_make_the_others_look_back() -> None:
    known, new = target(1), target(2, last=None)

    found = list(batches([known, new], now=NOW))

    assert found[0] == Batch(targets=(known,), span=Span(start=BORDER - 3 * HOUR, end=BORDER))
    assert {one.targets for one in found[1:]} == {(new,)}


def test_other_accounts_regions_and_periods_are_asked_apart() -> None:
    targets = [
        target(1),
        target(2, region="us-east-1"),
        target(3, account_id="222222222222"),
        target(4, account_id="222222222222", period_seconds=3600),
    ]

    found = list(batches(targets, now=NOW))

    assert [one.ids for one in found] == [[UUID(int=number)] for number in (1, 2, 3, 4)]
    assert found[-1].span.end == datetime(2026, 9, 14, 8, tzinfo=UTC)
