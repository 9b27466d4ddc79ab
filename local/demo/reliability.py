"""How well the demo organisation's shop runs: errors and latency of its APIs, with one bad deployment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from local.demo.timeline import Floats

STEP = timedelta(minutes=15)
HISTORY = timedelta(days=15)
"""As long as CloudWatch keeps single minutes."""
AGE = timedelta(days=5)
"""Of the deployment on the day when the demo is made."""
STREAM = 8
NAMESPACE = "AWS/ApiGateway"


@dataclass(frozen=True, kw_only=True)
class MonitoredApi:
    """`latency` is its usual 95th percentile in ms at a quiet hour, `errors` its mean 5xx per quarter of an hour."""

    name: str
    latency: float
    errors: float


@dataclass(frozen=True, kw_only=True)
class ApiSeries:
    """By `starts`, each a quarter of an hour."""

    api: MonitoredApi
    starts: Sequence[datetime]
    latency: Floats
    errors: Floats


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


def deployment(made_on: date) -> Deployment:
    """The one bad release, on an afternoon of the week before the demo was made."""
    start = datetime.combine(made_on - AGE, time(14), UTC)
    return Deployment(api="shop-api", start=start, end=start + timedelta(hours=5), slower=3.2, errors=14.0)


def series(release: Deployment, *, until: datetime, seed: int = 7) -> Iterator[ApiSeries]:
    """From fifteen days before the demo was made. A later `until` only adds to what an earlier one gave."""
    first = datetime.combine(release.start + AGE - HISTORY, time(), UTC)
    starts = [first + STEP * n for n in range((until - first) // STEP)]
    load = load_of(starts)
    for number, api in enumerate(APIS):
        bad = np.array([api.name == release.api and release.start <= at < release.end for at in starts])
        noise = np.random.default_rng([seed, STREAM, number, 0]).lognormal(0, 0.06, len(starts))
        counts = np.random.default_rng([seed, STREAM, number, 1])
        yield ApiSeries(
            api=api,
            starts=starts,
            latency=api.latency * (0.8 + 0.4 * load) * noise * np.where(bad, release.slower, 1),
            errors=counts.poisson(api.errors * load + np.where(bad, release.errors, 0)).astype(np.float64),
        )


def load_of(moments: Sequence[datetime]) -> Floats:
    """Share of the day's peak traffic: busiest in the evening, busier at the weekend."""
    hours = np.array([at.hour + at.minute / 60 for at in moments])
    weekend = np.array([at.weekday() >= 5 for at in moments])
    daily = 0.55 + 0.45 * np.sin((hours - 14) / 24 * 2 * np.pi)
    return np.clip(daily * np.where(weekend, 1.15, 1.0), 0.05, 1.2)
