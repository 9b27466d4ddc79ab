"""What one evaluation sees: three days on their three sights, against what was forecast for each."""

from dataclasses import dataclass

import numpy as np

from cloudops.anomalies.ledger import UNBORN, Ledger
from cloudops.anomalies.models import Bools, Floats, Indices
from cloudops.anomalies.order_statistics import second_extremes

SIGHTS = 3
"""Lag 0: today on first sight, 1: yesterday on second sight, 2: the day before, settled."""
MEMORY_DAYS = 112
INTERMITTENT_WEEKS = 16
INTERMITTENT = 0.05
BIG_SPEND = 100.0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Arrays are (series,) or (series, lags). Comparisons with NaN are false, so unknown days raise nothing."""

    ledger: Ledger
    today: int
    cost: Floats
    expected: Floats
    """Logarithm of cost + offset, like `excess`."""
    sigma: Floats
    excess: Floats
    cost_excess: Floats
    floor: Floats
    """Least excess in currency that is worth an alert."""
    past_low: Floats
    past_high: Floats
    explained: Bools
    """No more than the same place in earlier months has shown."""
    ready: Bools
    intermittent: Bools

    @property
    def z(self) -> Floats:
        return self.excess / self.sigma


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


def gather(ledger: Ledger, today: int) -> Evidence:
    days = [day for day in range(today, today - SIGHTS, -1) if day >= 0]
    panel = ledger.panel
    cost = _columns((panel.first_sight, panel.second_sight, panel.settled), days)
    expected = _columns((ledger.expected,) * SIGHTS, days)
    typical = np.maximum(np.exp(expected) - ledger.offset, 0)
    low, high = _memory(ledger, today)
    intermittent = _intermittent(ledger, today)
    sigma = _columns((ledger.sigma,) * SIGHTS, days)
    excess = np.log(np.maximum(cost, 0) + ledger.offset) - expected
    return Evidence(
        ledger=ledger,
        today=today,
        cost=cost,
        expected=expected,
        sigma=sigma,
        excess=excess,
        cost_excess=cost - typical,
        floor=ledger.settings.min_excess * np.sqrt(np.maximum(1, np.nan_to_num(typical) / BIG_SPEND)),
        past_low=low,
        past_high=high,
        explained=excess <= _columns((ledger.month_high,) * SIGHTS, days) + sigma,
        ready=_ready(ledger, today) & ~intermittent,
        intermittent=intermittent,
    )


def _columns(sources: tuple[Floats, ...], days: list[int]) -> Floats:
    columns = np.full((len(sources[0]), SIGHTS), np.nan)
    for lag, day in enumerate(days):
        columns[:, lag] = sources[lag][:, day]
    return columns


def _ready(ledger: Ledger, today: int) -> Bools:
    since = np.where(ledger.born == UNBORN, 0, today - ledger.born)
    least = ledger.settings.min_history_days
    return np.asarray((ledger.history >= least) & (since >= least))


def _memory(ledger: Ledger, today: int) -> tuple[Floats, Floats]:
    end = max(0, today - SIGHTS)
    return second_extremes(ledger.past[:, max(0, end - MEMORY_DAYS) : end])


def _intermittent(ledger: Ledger, today: int) -> Bools:
    """Days with and without spend alternate, and the weekday does not say which."""
    end = today - SIGHTS + 1
    weeks = min(INTERMITTENT_WEEKS, end // 7)
    if weeks < 2:
        return np.zeros(len(ledger.born), dtype=np.bool_)
    days = slice(end - 7 * weeks, end)
    known = ~np.isnan(ledger.log_cost[:, days]).reshape(-1, weeks, 7)
    spends = known & (ledger.panel.settled[:, days] > ledger.offset / 10).reshape(-1, weeks, 7)
    share = spends.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.asarray(np.minimum(share, 1 - share).mean(axis=1) > INTERMITTENT)
