"""Datapoints in the emulated CloudWatch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import Dimension, MetricAggregatedDatum, MetricDatum, cloudwatch_backends

from local.demo import reliability
from local.demo.organization import PROD
from local.demo.reliability import Deployment
from local.demo.utilization import Series

REGION = "us-east-1"


def record(found: Iterable[Series]) -> int:
    return sum(keep(one.account.number, one.region, datapoints(one)) for one in found)


def record_apis(release: Deployment, *, until: datetime) -> int:
    recorded = 0
    for one in reliability.series(release, until=until):
        dimensions = [Dimension("ApiName", one.api.name)]
        for name, values in (("Latency", one.latency), ("5XXError", one.errors)):
            found = [
                single(reliability.NAMESPACE, name, dimensions, at, value)
                for at, value in zip(one.starts, values.tolist(), strict=True)
            ]
            recorded += keep(PROD.number, REGION, found)
    return recorded


def keep(account_id: str, region: str, datums: Sequence[Any]) -> int:
    cloudwatch_backends[account_id][region].metric_data.extend(datums)
    return len(datums)


def datapoints(series: Series) -> list[Any]:
    # One list of dimensions for all: some hundred thousand of them would take their time and room.
    dimensions = [Dimension(name, value) for name, value in series.dimensions.items()]
    rows: Iterator[tuple[datetime, float, float]] = zip(
        series.starts, series.mean.tolist(), series.most.tolist(), strict=True
    )
    if series.count == 1:
        return [single(series.namespace, series.name, dimensions, at, value) for at, value, _ in rows]
    return [statistics(series, dimensions, at, mean, most) for at, mean, most in rows]


def single(namespace: str, name: str, dimensions: list[Dimension], at: datetime, value: float) -> MetricDatum:
    datum = MetricDatum(namespace, name, value, [], at)
    datum.dimensions = dimensions
    return datum


def statistics(
    series: Series, dimensions: list[Dimension], at: datetime, mean: float, most: float
) -> MetricAggregatedDatum:
    datum = MetricAggregatedDatum(
        series.namespace, series.name, min(mean, most), most, series.count, mean * series.count, [], at
    )
    datum.dimensions = dimensions
    return datum
