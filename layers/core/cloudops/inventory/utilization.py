"""Fourteen days of CloudWatch for a batch of resources, in as few calls as GetMetricData allows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cloudops.inventory.calls import chunks
from cloudops.inventory.metrics import WINDOW_DAYS, Metric, Series, figures_of, observation
from cloudops.inventory.models import UNMEASURED, Json, ScannedResource
from cloudops.inventory.scanner import Scanner

QUERIES_PER_CALL = 500
METRICS_ACTION = "cloudwatch:GetMetricData"
UNANSWERED, COMPLETE, PARTIAL, FORBIDDEN = "Unanswered", "Complete", "PartialData", "Forbidden"

type Dimensions = tuple[tuple[str, str], ...]
type Discovered = Mapping[tuple[str, str], Mapping[str, Sequence[Dimensions]]]
"""Dimension sets by the metric's namespace and name, then by the resource's own dimension value."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One line of a GetMetricData call; `place` is the resource's position in its batch."""

    place: int
    metric: Metric
    dimensions: Dimensions

    @property
    def suffix(self) -> str:
        split_by = self.metric.split_by
        return dict(self.dimensions).get(split_by, "") if split_by else ""

    def line(self, query_id: str) -> dict[str, Any]:
        return {
            "Id": query_id,
            "MetricStat": {
                "Metric": {
                    "Namespace": self.metric.namespace,
                    "MetricName": self.metric.name,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in self.dimensions],
                },
                "Period": self.metric.period,
                "Stat": self.metric.statistic,
            },
            "ReturnData": True,
        }


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A query's datapoints of all pages. CloudWatch answers 200 and tells per query whether these are all of them."""

    series: Series = field(default_factory=Series)
    status: str = UNANSWERED
    messages: tuple[str, ...] = ()

    def followed_by(self, result: Mapping[str, Any]) -> "Reading":
        """More pages complete a partial answer, and mend no other."""
        if self.status not in (UNANSWERED, COMPLETE, PARTIAL):
            return self
        return Reading(
            series=self.series.followed_by(result.get("Timestamps", ()), result.get("Values", ())),
            status=result.get("StatusCode", UNANSWERED),
            messages=tuple(message["Value"] for message in result.get("Messages", ())),
        )

    @property
    def reason(self) -> str:
        return f"{self.status}: {'; '.join(self.messages) or 'CloudWatch gave no reason'}"


def discover(client: Any, scanner: Scanner) -> Discovered:
    """Which dimension sets exist of metrics whose dimensions somebody else chose."""
    wanted = {(one.namespace, one.name): one.dimension for one in scanner.metrics if one.discovered}
    found: dict[tuple[str, str], dict[str, list[Dimensions]]] = {}
    for (namespace, name), dimension in wanted.items():
        sets: dict[str, list[Dimensions]] = defaultdict(list)
        for page in client.get_paginator("list_metrics").paginate(Namespace=namespace, MetricName=name):
            for metric in page["Metrics"]:
                pairs = tuple((one["Name"], one["Value"]) for one in metric["Dimensions"])
                if value := dict(pairs).get(dimension):
                    sets[value].append(pairs)
        found[namespace, name] = sets
    return found


def queries_of(
    resources: Sequence[ScannedResource], scanner: Scanner, discovered: Discovered
) -> Iterator[Query]:
    for place, resource in enumerate(resources):
        if resource.metric_name is None or not scanner.is_measured(resource):
            continue
        for metric in scanner.metrics:
            if metric.concerns(resource.type):
                for dimensions in dimensions_of(metric, resource.metric_name, discovered):
                    yield Query(place=place, metric=metric, dimensions=dimensions)


def dimensions_of(metric: Metric, value: str, discovered: Discovered) -> Sequence[Dimensions]:
    if metric.discovered:
        return discovered.get((metric.namespace, metric.name), {}).get(value, ())
    return (((metric.dimension, value),),)


def read(client: Any, queries: Sequence[Query], *, now: datetime) -> list[Reading]:
    """One reading per query, in order. CloudWatch pages by datapoints: one query may span pages, oldest first."""
    end = now.replace(minute=0, second=0, microsecond=0)
    readings = [Reading()] * len(queries)
    arguments = {
        "MetricDataQueries": [query.line(f"q{number}") for number, query in enumerate(queries)],
        "StartTime": end - timedelta(days=WINDOW_DAYS),
        "EndTime": end,
        "ScanBy": "TimestampAscending",
    }
    for page in client.get_paginator("get_metric_data").paginate(**arguments):
        for result in page["MetricDataResults"]:
            number = int(result["Id"].removeprefix("q"))
            readings[number] = readings[number].followed_by(result)
    return readings


def measure(
    client: Any,
    resources: Sequence[ScannedResource],
    scanner: Scanner,
    discovered: Discovered,
    *,
    now: datetime,
) -> list[ScannedResource]:
    """The resources with their figures, as the scanner places them, or why they could not be measured."""
    figures: dict[int, dict[str, Json]] = defaultdict(dict)
    failures: dict[int, list[Reading]] = defaultdict(list)
    for batch in chunks(list(queries_of(resources, scanner, discovered)), QUERIES_PER_CALL):
        for query, reading in zip(batch, read(client, batch, now=now), strict=True):
            if reading.status != COMPLETE:
                failures[query.place].append(reading)
            figures[query.place] |= figures_told(query, reading.series)
    return [
        unmeasured(resource, failures[place])
        if place in failures
        else scanner.measured(resource, {**figures[place], "periodDays": WINDOW_DAYS})
        if place in figures
        else resource
        for place, resource in enumerate(resources)
    ]


def figures_told(query: Query, series: Series) -> dict[str, Json]:
    hours = observation(series) if query.metric.counts_hours else {}
    return {**figures_of(query.metric, series, query.suffix), **hours}


def unmeasured(resource: ScannedResource, failures: Sequence[Reading]) -> ScannedResource:
    """Some of its figures would pass for all of them, so that it is left with none."""
    denied = any(reading.status == FORBIDDEN for reading in failures)
    (found,) = without_measures([resource], [METRICS_ACTION] if denied else [])
    return replace(found, utilization={UNMEASURED: failures[0].reason})


def without_measures(resources: Iterable[ScannedResource], missing: Sequence[str]) -> list[ScannedResource]:
    return [
        replace(resource, missing_actions=tuple(dict.fromkeys((*resource.missing_actions, *missing))))
        for resource in resources
    ]
