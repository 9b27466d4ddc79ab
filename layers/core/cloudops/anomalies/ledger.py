from dataclasses import dataclass

import numpy as np

from cloudops.anomalies.models import Bools, CostSettings, Floats, Indices
from cloudops.anomalies.panel import Panel

UNBORN = np.iinfo(np.int64).max // 2


@dataclass(kw_only=True)
class Ledger:
    """What the replay has learnt so far; arrays are (series,) or (series, days), column d holding facts about day d.

    Logarithms are of cost + `offset`. Nothing about day d is written before the evaluation that may know it.
    """

    panel: Panel
    settings: CostSettings
    offset: float
    log_cost: Floats
    """Settled cost, NaN before the first spend; lifted to the new level where a shift was accepted."""
    clean: Floats
    """`log_cost` without the days that were found out of the ordinary."""
    routine: Floats
    """Forecast from level and weekday alone."""
    month_effect: Floats
    """What the place in the month is expected to add."""
    expected: Floats
    """`routine` plus `month_effect`."""
    sigma: Floats
    month_high: Floats
    """Largest cost, as excess over `expected`, that the same place in earlier months would explain; -inf if none."""
    surprise: Floats
    """Settled cost over `routine`."""
    residual: Floats
    """Settled cost over `expected`, NaN on days out of the ordinary."""
    past: Floats
    """Like `residual` with nothing left out, 0 where unknown."""
    drift: Floats
    """CUSUM of the standardised residuals."""
    weekday_deviation: Floats
    profile: Floats
    """(series, 7) effect of each weekday."""
    weekly: Floats
    """Median of the seven days up to d, free of weekday effects."""
    born: Indices
    """First day with spend, UNBORN before."""
    history: Indices
    """Settled days known so far."""
    idle: Indices
    """Days without spend since birth, among those that are remembered."""
    strange_days: Indices
    """Settled days out of the ordinary without a break."""
    open: Bools
    started: Indices
    opened: Indices
    quiet_until: Indices
    """Slow rules stay silent up to this day."""


def open_ledger(panel: Panel, settings: CostSettings) -> Ledger:
    shape = panel.settled.shape

    def unknown() -> Floats:
        return np.full(shape, np.nan)

    def integers(value: int) -> Indices:
        return np.full(shape[0], value, dtype=np.int64)

    return Ledger(
        panel=panel,
        settings=settings,
        # A tenth of the smallest excess that matters keeps cents from looking like multiples.
        offset=settings.min_excess / 10,
        log_cost=unknown(),
        clean=unknown(),
        routine=unknown(),
        month_effect=np.zeros(shape),
        expected=unknown(),
        sigma=unknown(),
        month_high=np.full(shape, -np.inf),
        surprise=unknown(),
        residual=unknown(),
        past=np.zeros(shape),
        drift=np.zeros(shape),
        weekday_deviation=unknown(),
        profile=np.zeros((shape[0], 7)),
        weekly=unknown(),
        born=integers(UNBORN),
        history=integers(0),
        idle=integers(0),
        strange_days=integers(0),
        open=np.zeros(shape[0], dtype=np.bool_),
        started=integers(0),
        opened=integers(0),
        quiet_until=integers(-1),
    )
