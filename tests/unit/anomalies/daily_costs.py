"""Daily cost series for the detector's tests, made from fixed seeds."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from cloudops.anomalies.models import DailySeries, Floats
from cloudops.anomalies.verdict import Verdict

FIRST_DAY = date(2026, 1, 5)


def noise(days: int, sigma: float = 0.03, seed: int = 7) -> Floats:
    return np.exp(np.random.default_rng(seed).normal(0, sigma, days))


def flat(days: int = 150, level: float = 100.0, sigma: float = 0.03) -> Floats:
    return level * noise(days, sigma)


def working_week(days: int = 150, level: float = 100.0) -> Floats:
    weekend = np.arange(days) % 7 >= 5
    return flat(days, level) * np.where(weekend, 0.3, 1.0)


def month_start(days: int = 150, level: float = 100.0) -> Floats:
    first = np.array([(FIRST_DAY + timedelta(days=n)).day <= 2 for n in range(days)])
    return flat(days, level) * np.where(first, 2.5, 1.0)


def growing(days: int = 150, level: float = 100.0) -> Floats:
    return flat(days, level) * 1.003 ** np.arange(days)


def now_and_then(days: int = 150, level: float = 100.0) -> Floats:
    spends = np.random.default_rng(3).random(days) < 0.35
    return flat(days, level, sigma=0.2) * spends


def changed(cost: Floats, factors: Mapping[int, float]) -> Floats:
    changed = cost.copy()
    for day, factor in factors.items():
        changed[day] *= factor
    return changed


def from_day(cost: Floats, day: int, factor: float) -> Floats:
    return np.where(np.arange(len(cost)) >= day, cost * factor, cost)


def daily(
    settled: Floats, *, key: str = "acme/AmazonEC2", first_day: date = FIRST_DAY, **sights: Floats
) -> DailySeries:
    return DailySeries(key=key, first_day=first_day, settled=settled, **sights)


def alerts(verdicts: list[Verdict]) -> list[tuple[int, str | None]]:
    """Day number and rule of every alert."""
    return [(day, verdict.rule) for day, verdict in enumerate(verdicts) if verdict.anomaly]
