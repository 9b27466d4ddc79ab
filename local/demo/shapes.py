"""How daily usage moves: each function gives one factor per day of a timeline."""

from __future__ import annotations

import numpy as np

from local.demo.timeline import Floats, Timeline

SHOPPERS = (0.95, 0.93, 0.94, 0.97, 1.05, 1.11, 1.05)
OFFICE = (1.0, 1.02, 1.03, 1.02, 0.96, 0.22, 0.18)
PIPELINES = (1.04, 1.03, 1.02, 1.02, 1.01, 0.95, 0.93)
EVEN = (1.0,) * 7


def weekly(timeline: Timeline, profile: tuple[float, ...]) -> Floats:
    return np.asarray(profile, dtype=np.float64)[timeline.weekday]


def growth(timeline: Timeline, yearly: float) -> Floats:
    """Compound growth that reaches 1 on the present day; `yearly` of 0.3 means 30 % more than a year before."""
    factors: Floats = (1.0 + yearly) ** (-timeline.age / 365.0)
    return factors


def noise(timeline: Timeline, random: np.random.Generator, sigma: float) -> Floats:
    """Log-normal noise with a memory of about two days, standard deviation `sigma` on the log scale."""
    memory = 0.5
    shocks = random.standard_normal(timeline.days) * sigma * np.sqrt(1 - memory**2)
    level = np.empty(timeline.days)
    carried = 0.0
    for day, shock in enumerate(shocks):
        carried = memory * carried + shock
        level[day] = carried
    factors: Floats = np.exp(level)
    return factors


def month_start(timeline: Timeline, factor: float, days: int = 2) -> Floats:
    return np.where(timeline.day_of_month <= days, factor, 1.0)


def alive(timeline: Timeline, *, born: int | None = None, gone: int | None = None) -> Floats:
    """1 while a resource is there, 0 before and after; `born` and `gone` are days before the present one."""
    launched = True if born is None else timeline.age <= born
    kept = True if gone is None else timeline.age > gone
    return np.broadcast_to(np.logical_and(launched, kept), timeline.days).astype(np.float64)


def ramp(timeline: Timeline, *, from_age: int, daily: float) -> Floats:
    """1 until `from_age` days before the present one, from then on compound growth by `daily`, which ends there."""
    rising = np.clip(from_age + 1 - timeline.age, 0, from_age + 1)
    factors: Floats = (1.0 + daily) ** rising.astype(np.float64)
    return factors
