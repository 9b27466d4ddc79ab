"""CloudWatch's GetMetricData for monitored targets: which questions are asked, and what the answers mean."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import batched, groupby
from typing import Any
from uuid import UUID

from cloudops.reliability.models import Datapoint, Kind, MetricName, PositionedTarget

QUERIES_PER_CALL = 500
DATAPOINTS_PER_CALL = 100_800
"""Both are GetMetricData's own limits."""
LATE = timedelta(hours=3)
"""For so long CloudWatch may still change a datapoint."""
FIRST_LOOK = timedelta(days=14)
"""CloudWatch keeps single minutes for 15 days."""
SLICE = timedelta(days=1)
"""Asked for at once, so that a first look needs no more memory than any other."""
MILLISECONDS = Decimal(1000)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One of CloudWatch's metrics; its values times `scale` are in the unit of ours."""

    metric_name: MetricName
    namespace: str
    name: str
    stat: str
    scale: Decimal = Decimal(1)


MEASURES: Mapping[Kind, tuple[Measure, Measure]] = {
    "api_gateway": (
        Measure(metric_name="5xx_count", namespace="AWS/ApiGateway", name="5XXError", stat="Sum"),
        Measure(metric_name="p95_latency_ms", namespace="AWS/ApiGateway", name="Latency", stat="p95"),
    ),
    "load_balancer": (
        Measure(
            metric_name="5xx_count",
            namespace="AWS/ApplicationELB",
            name="HTTPCode_Target_5XX_Count",
            stat="Sum",
        ),
        Measure(
            metric_name="p95_latency_ms",
            namespace="AWS/ApplicationELB",
            name="TargetResponseTime",
            stat="p95",
            scale=MILLISECONDS,
        ),
    ),
    "function": (
        Measure(metric_name="5xx_count", namespace="AWS/Lambda", name="Errors", stat="Sum"),
        Measure(metric_name="p95_latency_ms", namespace="AWS/Lambda", name="Duration", stat="p95"),
    ),
}
TARGETS_PER_CALL = QUERIES_PER_CALL // 2


@dataclass(frozen=True, kw_only=True)
class Span:
    """From `start` up to, not including, `end`; both on the border of a period."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Targets of one project, account, region and period that are asked about together."""

    targets: Sequence[PositionedTarget]
    span: Span

    @property
    def ids(self) -> list[UUID]:
        return [target.id for target in self.targets]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Values by query, why CloudWatch gave none for a query, and what its answer so far lacks."""

    values: defaultdict[str, dict[datetime, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    failures: dict[str, str] = field(default_factory=dict)
    partial: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reading:
    datapoints: Sequence[Datapoint]
    failures: Mapping[UUID, str]


def batches(targets: Iterable[PositionedTarget], *, now: datetime) -> Iterator[Batch]:
    """Targets, sorted by their group, in batches of 500 queries and a day each, the oldest day first.

    New ones and those that fell silent reach far back and are asked about apart from the others.
    """
    for (_, _, _, period), group in groupby(targets, key=group_of):
        end = floored(now, period)
        members = list(group)
        behind = {one.id for one in members if span_of(one, end).start < end - SLICE}
        for apart in (False, True):
            alike = [one for one in members if (one.id in behind) == apart]
            for together in batched(alike, TARGETS_PER_CALL):
                start = min(span_of(one, end).start for one in together)
                yield from (Batch(targets=together, span=part) for part in slices(start, end))


def group_of(target: PositionedTarget) -> tuple[UUID, str, str, int]:
    return target.project_id, target.account_id, target.region, target.period_seconds


def span_of(target: PositionedTarget, end: datetime) -> Span:
    """From three hours before its last datapoint; two weeks where there is none, or none so young."""
    earliest = end - FIRST_LOOK
    start = earliest if target.last_at is None else max(target.last_at - LATE, earliest)
    return Span(start=floored(start, target.period_seconds), end=end)


def floored(at: datetime, period: int) -> datetime:
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % period, UTC)


def slices(start: datetime, end: datetime) -> Iterator[Span]:
    while start < end:
        stop = min(start + SLICE, end)
        yield Span(start=start, end=stop)
        start = stop


def read(cloudwatch: Any, batch: Batch) -> Reading:
    """All pages of the answer to a batch."""
    queries = {query_id(n, m): (n, m) for n in range(len(batch.targets)) for m in range(2)}
    answers = ask(
        cloudwatch, [query(key, batch.targets[n], m) for key, (n, m) in queries.items()], batch.span
    )
    datapoints = [
        point for n, target in enumerate(batch.targets) for point in datapoints_of(target, n, answers)
    ]
    failures = {batch.targets[queries[key][0]].id: reason for key, reason in answers.failures.items()}
    return Reading(datapoints=datapoints, failures=failures)


def query_id(target: int, measure: int) -> str:
    return f"t{target}m{measure}"


def query(key: str, target: PositionedTarget, measure: int) -> dict[str, Any]:
    asked = MEASURES[target.kind][measure]
    dimensions = [{"Name": name, "Value": value} for name, value in target.dimensions.items()]
    return {
        "Id": key,
        "MetricStat": {
            "Metric": {"Namespace": asked.namespace, "MetricName": asked.name, "Dimensions": dimensions},
            "Period": target.period_seconds,
            "Stat": asked.stat,
        },
    }


def ask(cloudwatch: Any, queries: Sequence[dict[str, Any]], span: Span) -> Answers:
    answers = Answers()
    token: dict[str, str] = {}
    while True:
        page = cloudwatch.get_metric_data(
            MetricDataQueries=queries,
            StartTime=span.start,
            EndTime=span.end,
            ScanBy="TimestampAscending",
            MaxDatapoints=DATAPOINTS_PER_CALL,
            **token,
        )
        for result in page["MetricDataResults"]:
            note(result, answers)
        if not page.get("NextToken"):
            # What no further page completed. Its values are true, and the others are asked for again.
            answers.failures.update(answers.partial)
            return answers
        token = {"NextToken": page["NextToken"]}


def note(result: Mapping[str, Any], answers: Answers) -> None:
    key, status = result["Id"], result.get("StatusCode")
    said = "; ".join(message["Value"] for message in result.get("Messages", []))
    reason = f"{status}: {said or 'CloudWatch gave no reason'}"
    if status in {"Forbidden", "InternalError"}:
        answers.failures[key] = reason
        return
    if status == "PartialData":
        answers.partial[key] = reason
    else:
        answers.partial.pop(key, None)
    pairs = zip(result["Timestamps"], result["Values"], strict=True)
    answers.values[key].update((at.astimezone(UTC), Decimal(repr(value))) for at, value in pairs)


def datapoints_of(target: PositionedTarget, number: int, answers: Answers) -> Iterator[Datapoint]:
    errors, latency = (answers.values.get(query_id(number, m), {}) for m in range(2))
    if target.kind == "load_balancer" and query_id(number, 0) not in answers.failures:
        # A load balancer reports no count where there was no error; that it had a latency shows that it ran.
        errors = dict.fromkeys(latency, Decimal(0)) | dict(errors)
    for measure, found in zip(MEASURES[target.kind], (errors, latency), strict=True):
        for at, value in sorted(found.items()):
            yield Datapoint(
                resource_id=target.resource_id,
                metric_name=measure.metric_name,
                at=at,
                value=value * measure.scale,
                namespace=measure.namespace,
                dimensions=target.dimensions,
            )
