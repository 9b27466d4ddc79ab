import numpy as np

from cloudops.anomalies.evidence import MEMORY_DAYS, SIGHTS, Evidence, Finding
from cloudops.anomalies.models import Floats
from cloudops.anomalies.order_statistics import median, spread

WEEKS = 3
MIN_Z = 4.5
MIN_WEEKLY_RISE = 0.02
LEAST_HISTORY = 56


def slow_leak(evidence: Evidence) -> Finding:
    """Three weekly medians in a row, each above the one before and faster than the series used to grow."""
    ledger, last = evidence.ledger, evidence.today - SIGHTS + 1
    if last < LEAST_HISTORY:
        return _nothing(evidence)
    weekly = ledger.weekly
    steps = np.stack([weekly[:, last - 7 * k] - weekly[:, last - 7 * k - 7] for k in range(WEEKS)], axis=1)
    usual, noise = _usual_rise(weekly, last)
    rise = np.sum(steps, axis=1) - WEEKS * np.maximum(usual, 0)
    least = np.log1p(evidence.ledger.settings.min_shift)
    limit = np.maximum(least, MIN_Z * noise)
    amount = np.exp(weekly[:, last]) * (1 - np.exp(-rise))
    fires = (
        evidence.ready
        & (evidence.today > ledger.quiet_until)
        & (steps > MIN_WEEKLY_RISE + np.maximum(usual, 0)[:, None]).all(axis=1)
        & (rise > limit)
        & (amount > evidence.floor[:, 2])
    )
    lag = np.full(len(fires), 2, dtype=np.int64)
    return Finding(fires=fires, lag=lag, strength=np.nan_to_num(rise / limit) * evidence.ready)


def _usual_rise(weekly: Floats, last: int) -> tuple[Floats, Floats]:
    """Median weekly rise before the three weeks, and its robust spread."""
    end = last - 7 * WEEKS
    start = max(7, end - MEMORY_DAYS)
    rises = weekly[:, start : end + 1] - weekly[:, start - 7 : end - 6]
    usual = np.nan_to_num(median(rises))
    noise, _ = spread(rises - usual[:, None])
    return usual, noise


def _nothing(evidence: Evidence) -> Finding:
    count = len(evidence.ready)
    zero = np.zeros(count, dtype=np.int64)
    return Finding(fires=np.zeros(count, dtype=np.bool_), lag=zero, strength=np.zeros(count))
