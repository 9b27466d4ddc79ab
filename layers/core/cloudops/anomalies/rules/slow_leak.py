import numpy as np

from cloudops.anomalies.baseline import MEMORY_DAYS
from cloudops.anomalies.evidence import SIGHTS, Evidence, Finding, nothing, on_rows
from cloudops.anomalies.models import Floats
from cloudops.anomalies.order_statistics import known_or_zero, median, spread

WEEKS = 3
MIN_Z = 4.5
MIN_WEEKLY_RISE = 0.02
LEAST_HISTORY = 56


def slow_leak(evidence: Evidence) -> Finding:
    """Three weekly medians in a row, each above the one before and faster than the series used to grow."""
    ledger, last = evidence.ledger, evidence.today - SIGHTS + 1
    if last < 7 * (WEEKS + 1):
        return nothing(len(evidence.ready))
    steps = np.stack([_weekly_rise(ledger.weekly, last - 7 * week) for week in range(WEEKS)], axis=1)
    rising = (steps > MIN_WEEKLY_RISE).all(axis=1)
    rows = np.flatnonzero(
        evidence.ready & rising & (ledger.history >= LEAST_HISTORY) & (evidence.today > ledger.quiet_until)
    )
    if not len(rows):
        return nothing(len(evidence.ready))
    usual, noise = _usual_rise(ledger.weekly[rows], last)
    rise = steps[rows].sum(axis=1) - WEEKS * usual
    limit = np.maximum(np.log1p(ledger.settings.min_shift), MIN_Z * noise)
    amount = np.exp(ledger.weekly[rows, last]) * (1 - np.exp(-rise))
    fires = (
        (steps[rows] > MIN_WEEKLY_RISE + usual[:, None]).all(axis=1)
        & (rise > limit)
        & (amount > evidence.floor[rows, SIGHTS - 1])
    )
    lag = np.full(len(rows), SIGHTS - 1, dtype=np.int64)
    return on_rows(len(rising), rows, fires, lag, known_or_zero(rise / limit))


def _weekly_rise(weekly: Floats, day: int) -> Floats:
    return weekly[:, day] - weekly[:, day - 7]


def _usual_rise(weekly: Floats, last: int) -> tuple[Floats, Floats]:
    """Median weekly rise before the three weeks, no less than none, and its robust spread."""
    end = last - 7 * WEEKS
    start = max(7, end - MEMORY_DAYS)
    rises = weekly[:, start : end + 1] - weekly[:, start - 7 : end - 6]
    usual = known_or_zero(median(rises))
    noise, _ = spread(rises - usual[:, None])
    return np.maximum(usual, 0.0), noise
