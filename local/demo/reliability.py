"""How well the demo organisation's shop runs: four weeks of errors and latency with one bad deployment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt

MetricName = Literal["5xx_count", "p95_latency_ms"]

WEEKS = 4
STEP = timedelta(minutes=15)
STEPS_A_DAY = timedelta(days=1) // STEP
STREAM = 8
NAMESPACE = "AWS/ApiGateway"


@dataclass(frozen=True, kw_only=True)
class MonitoredApi:
    """`latency` is its usual 95th percentile in ms at a quiet hour, `errors` its mean 5xx per quarter of an hour."""

    name: str
    latency: float
    errors: float


@dataclass(frozen=True, kw_only=True)
class Sample:
    resource_id: str
    metric_name: MetricName
    at: datetime
    value: Decimal
    namespace: str = NAMESPACE

    @property
    def dimensions(self) -> dict[str, str]:
        return {"ApiName": self.resource_id}


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A release that makes an API slower and lets it fail, until it is rolled back."""

    api: str
    start: datetime
    end: datetime
    slower: float
    errors: float


APIS = (
    MonitoredApi(name="shop-api", latency=180.0, errors=0.4),
    MonitoredApi(name="partner-api", latency=320.0, errors=0.15),
)


def deployment(end: date) -> Deployment:
    """The one bad release, on the afternoon four days before the last day with data."""
    start = datetime.combine(end - timedelta(days=4), time(14), UTC)
    return Deployment(api="shop-api", start=start, end=start + timedelta(hours=5), slower=3.2, errors=14.0)


def samples(*, end: date, seed: int = 7) -> Iterator[Sample]:
    """Every quarter of an hour of the four weeks up to and including the day `end`."""
    start = datetime.combine(end - timedelta(days=WEEKS * 7 - 1), time(), UTC)
    moments = [start + STEP * n for n in range(WEEKS * 7 * STEPS_A_DAY)]
    release = deployment(end)
    for number, api in enumerate(APIS):
        random = np.random.default_rng([seed, STREAM, number])
        bad = np.array([api.name == release.api and release.start <= at < release.end for at in moments])
        load = load_of(moments)
        latency = api.latency * (0.8 + 0.4 * load) * random.lognormal(0, 0.06, len(moments))
        latency *= np.where(bad, release.slower, 1)
        errors = random.poisson(api.errors * load + np.where(bad, release.errors, 0))
        for at, milliseconds, count in zip(moments, latency, errors, strict=True):
            yield Sample(
                resource_id=api.name,
                metric_name="p95_latency_ms",
                at=at,
                value=Decimal(f"{milliseconds:.3f}"),
            )
            yield Sample(resource_id=api.name, metric_name="5xx_count", at=at, value=Decimal(int(count)))


def load_of(moments: list[datetime]) -> npt.NDArray[np.float64]:
    """Share of the day's peak traffic: busiest in the evening, busier at the weekend."""
    hours = np.array([at.hour + at.minute / 60 for at in moments])
    weekend = np.array([at.weekday() >= 5 for at in moments])
    daily = 0.55 + 0.45 * np.sin((hours - 14) / 24 * 2 * np.pi)
    return np.clip(daily * np.where(weekend, 1.15, 1.0), 0.05, 1.2)
