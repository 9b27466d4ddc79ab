"""Fourteen days of CloudWatch for a batch of resources, in as few calls as GetMetricData allows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cloudops.inventory.calls import chunks
from cloudops.inventory.metrics import WINDOW_DAYS, Metric, Series, figures_of, observation
from cloudops.inventory.models import Json, ScannedResource
from cloudops.inventory.scanner import Scanner

QUERIES_PER_CALL = 500

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


def read_series(client: Any, queries: Sequence[Query], *, now: datetime) -> list[Series]:
    """One series per query, in order. CloudWatch pages by datapoints: one query may span pages, oldest first."""
    end = now.replace(minute=0, second=0, microsecond=0)
    series = [Series()] * len(queries)
    arguments = {
        "MetricDataQueries": [query.line(f"q{number}") for number, query in enumerate(queries)],
        "StartTime": end - timedelta(days=WINDOW_DAYS),
        "EndTime": end,
        "ScanBy": "TimestampAscending",
    }
    for page in client.get_paginator("get_metric_data").paginate(**arguments):
        for result in page["MetricDataResults"]:
            number = int(result["Id"].removeprefix("q"))
            series[number] = series[number].followed_by(
                result.get("Timestamps", ()), result.get("Values", ())
            )
    return series


def measure(
    client: Any,
    resources: Sequence[ScannedResource],
    scanner: Scanner,
    discovered: Discovered,
    *,
    now: datetime,
) -> list[ScannedResource]:
    """The resources with their figures, as the scanner places them."""
    figures: dict[int, dict[str, Json]] = defaultdict(dict)
    for batch in chunks(list(queries_of(resources, scanner, discovered)), QUERIES_PER_CALL):
        for query, series in zip(batch, read_series(client, batch, now=now), strict=True):
            figures[query.place] |= figures_of(query.metric, series, query.suffix)
            if query.metric.counts_hours:
                figures[query.place] |= observation(series)
    return [
        scanner.measured(resource, {**figures[place], "periodDays": WINDOW_DAYS})
        if place in figures
        else resource
        for place, resource in enumerate(resources)
    ]


def without_measures(resources: Iterable[ScannedResource], missing: Sequence[str]) -> list[ScannedResource]:
    return [
        replace(resource, missing_actions=tuple(dict.fromkeys((*resource.missing_actions, *missing))))
        for resource in resources
    ]
