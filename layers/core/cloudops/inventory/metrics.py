"""The metrics that a scanner declares, and how fourteen days of them become a few figures. Pure."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

HOUR = 3600
DAY = 24 * HOUR
WINDOW_DAYS = 14

type Reduction = Callable[[Sequence[float]], float]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One CloudWatch metric of a resource and the figures made of its datapoints, by their key in utilization.

    With `discovered`, its other dimensions are not known beforehand and are asked of ListMetrics. With `split_by`,
    the value of that dimension is added to the keys, as stored/StandardStorage. `only` are the resource types that
    report it, since every query is paid for. With `silent_at_zero`, the service documents that it reports nothing
    while there is nothing to count, so that no datapoints are a figure of 0; of any other metric they are no figure.
    """

    namespace: str
    name: str
    dimension: str
    statistic: str
    figures: Mapping[str, Reduction]
    period: int = HOUR
    fixed: Mapping[str, str] = field(default_factory=dict)
    discovered: bool = False
    split_by: str | None = None
    counts_hours: bool = False
    silent_at_zero: bool = False
    only: frozenset[str] = frozenset()

    def concerns(self, resource_type: str) -> bool:
        return not self.only or resource_type in self.only


@dataclass(frozen=True, kw_only=True)
class Series:
    """Datapoints of one metric, oldest first."""

    times: tuple[datetime, ...] = ()
    values: tuple[float, ...] = ()

    def followed_by(self, times: Sequence[datetime], values: Sequence[float]) -> "Series":
        return Series(times=(*self.times, *times), values=(*self.values, *values))


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def p95(values: Sequence[float]) -> float:
    """The smallest value that 95 % of the datapoints do not exceed."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def total(values: Sequence[float]) -> float:
    return math.fsum(values)


def last(values: Sequence[float]) -> float:
    return values[-1]


def per_second(values: Sequence[float]) -> float:
    """The rate of hourly sums."""
    return math.fsum(values) / (len(values) * HOUR)


def gigabytes_per_month(values: Sequence[float]) -> float:
    """Hourly or daily sums of bytes over the window, as GB of a month of 30.4375 days."""
    return math.fsum(values) / WINDOW_DAYS * 30.4375 / 1e9


def figures_of(metric: Metric, series: Series, suffix: str = "") -> dict[str, float]:
    values = series.values or ((0.0,) if metric.silent_at_zero else ())
    if not values:
        return {}
    return {f"{key}{suffix}": significant(reduce(values)) for key, reduce in metric.figures.items()}


def observation(series: Series) -> dict[str, int | str]:
    """How much of the window a metric that is always reported covers."""
    if not series.times:
        return {"observedHours": 0}
    return {
        "observedHours": len(series.times),
        "firstObserved": series.times[0].isoformat(),
        "lastObserved": series.times[-1].isoformat(),
    }


def significant(value: float) -> float:
    """Six digits: what tells two averages apart, without the noise of their last bits."""
    return float(f"{value:.6g}")
