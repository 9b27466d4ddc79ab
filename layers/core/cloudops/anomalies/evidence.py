"""What one evaluation sees: three days on their three sights, against what was forecast for each."""

from dataclasses import dataclass

import numpy as np

from cloudops.anomalies.baseline import MEMORY_DAYS
from cloudops.anomalies.ledger import UNBORN, Ledger
from cloudops.anomalies.models import Bools, Floats, Indices
from cloudops.anomalies.order_statistics import known_or_zero, second_extremes

SIGHTS = 3
"""Lag 0: today on first sight, 1: yesterday on second sight, 2: the day before, settled."""
LEAST_AGE = 14
INTERMITTENT = 0.05
"""Share of days whose spend the weekday does not foretell."""
BIG_SPEND = 100.0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Arrays are (series,) or (series, lags). Comparisons with NaN are false, so unknown days raise nothing."""

    ledger: Ledger
    today: int
    seen: Floats
    """Cost as it was seen."""
    cost: Floats
    """The same, unknown on planned days."""
    expected: Floats
    """Logarithm of cost + offset, like `excess`."""
    sigma: Floats
    excess: Floats
    cost_excess: Floats
    floor: Floats
    """Least excess in currency that is worth an alert."""
    explained: Bools
    """No more than the same place in earlier months has shown."""
    ready: Bools
    intermittent: Bools

    z: Floats
    """`excess` in standard deviations."""

    def past_extremes(self, rows: Indices) -> tuple[Floats, Floats]:
        """Second lowest and second highest of the past residuals: all but one."""
        end = max(0, self.today - SIGHTS)
        return second_extremes(self.ledger.past[rows, max(0, end - MEMORY_DAYS) : end])


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`strength` is 1 where the rule is just about to fire; `lag` says which sight it is about."""

    fires: Bools
    lag: Indices
    strength: Floats


def newest_first(fires: Bools, strength: Floats) -> Finding:
    """Of several sights that fire, report the latest day."""
    lag = np.argmax(fires, axis=1)
    rows = np.arange(len(fires))
    best = np.where(fires.any(axis=1), strength[rows, lag], np.fmax.reduce(strength, axis=1, initial=0.0))
    return Finding(fires=fires.any(axis=1), lag=lag, strength=best)


def on_rows(count: int, rows: Indices, fires: Bools, lag: Indices, strength: Floats) -> Finding:
    """A finding of all series from one about a few: costly questions are only asked of candidates."""
    everywhere = nothing(count)
    everywhere.fires[rows] = fires
    everywhere.lag[rows] = lag
    everywhere.strength[rows] = strength
    return everywhere


def nothing(count: int) -> Finding:
    return Finding(
        fires=np.zeros(count, dtype=np.bool_), lag=np.zeros(count, dtype=np.int64), strength=np.zeros(count)
    )


def gather(ledger: Ledger, today: int) -> Evidence:
    days = [day for day in range(today, today - SIGHTS, -1) if day >= 0]
    panel = ledger.panel
    seen = _columns((panel.first_sight, panel.second_sight, panel.settled), days)
    cost = np.where(_columns((panel.planned,) * SIGHTS, days) > 0, np.nan, seen)
    expected = _columns((ledger.expected,) * SIGHTS, days)
    typical = np.maximum(np.exp(expected) - ledger.offset, 0)
    intermittent = _intermittent(ledger, today)
    sigma = _columns((ledger.sigma,) * SIGHTS, days)
    excess = np.log(np.maximum(cost, 0) + ledger.offset) - expected
    return Evidence(
        ledger=ledger,
        today=today,
        seen=seen,
        cost=cost,
        expected=expected,
        sigma=sigma,
        excess=excess,
        z=excess / sigma,
        cost_excess=cost - typical,
        floor=ledger.settings.min_excess * np.sqrt(np.maximum(1, known_or_zero(typical) / BIG_SPEND)),
        explained=excess <= _columns((ledger.month_high,) * SIGHTS, days) + sigma,
        ready=_ready(ledger, today) & ~intermittent,
        intermittent=intermittent,
    )


def _columns(sources: tuple[Floats | Bools, ...], days: list[int]) -> Floats:
    columns = np.full((len(sources[0]), SIGHTS), np.nan)
    for lag, day in enumerate(days):
        columns[:, lag] = sources[lag][:, day]
    return columns


def _ready(ledger: Ledger, today: int) -> Bools:
    since = np.where(ledger.born == UNBORN, 0, today - ledger.born)
    least = ledger.settings.min_history_days
    return np.asarray((ledger.history >= least) & (since >= least))


def _intermittent(ledger: Ledger, today: int) -> Bools:
    """Days with and without spend alternate, and the weekday does not say which."""
    end = max(0, today - SIGHTS + 1)
    # The irregular share of days cannot exceed the idle share.
    age = np.clip(end - ledger.born, 0, MEMORY_DAYS)
    rows = np.flatnonzero((age >= LEAST_AGE) & (ledger.idle > INTERMITTENT * age))
    intermittent = np.zeros(len(ledger.born), dtype=np.bool_)
    if len(rows):
        intermittent[rows] = _irregular_share(ledger, rows, end) > INTERMITTENT
    return intermittent


def _irregular_share(ledger: Ledger, rows: Indices, end: int) -> Floats:
    start = max(0, end - MEMORY_DAYS)
    cost = np.full((len(rows), MEMORY_DAYS), np.nan)
    cost[:, MEMORY_DAYS - (end - start) :] = np.where(
        np.arange(start, end) >= ledger.born[rows, None], ledger.panel.settled[rows, start:end], np.nan
    )
    by_week = cost.reshape(len(rows), MEMORY_DAYS // 7, 7)
    known = np.maximum((~np.isnan(by_week)).sum(axis=1), 1)
    share = (by_week > ledger.offset / 10).sum(axis=1) / known
    return np.asarray(np.minimum(share, 1 - share).mean(axis=1))
