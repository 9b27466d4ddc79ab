import numpy as np

from cloudops.anomalies.baseline import CUSUM_CLIP, CUSUM_SLACK, MEMORY_DAYS
from cloudops.anomalies.evidence import SIGHTS, Evidence, Finding
from cloudops.anomalies.models import Bools, Floats
from cloudops.anomalies.order_statistics import known_or_zero

MIN_SUM = 9.0
"""Standard deviations summed over the slack."""


def level_shift(evidence: Evidence) -> Finding:
    """CUSUM of the daily residuals, further up than chance and than it has been before."""
    drift = _drift(evidence)
    fires = (
        evidence.ready
        & (evidence.today > evidence.ledger.quiet_until)
        & (drift > MIN_SUM)
        & _worthwhile(evidence)
    )
    rows = np.flatnonzero(fires)
    fires[rows] &= drift[rows] > _highest_before(evidence, rows)
    return Finding(
        fires=fires, lag=np.zeros(len(fires), dtype=np.int64), strength=drift / MIN_SUM * evidence.ready
    )


def _drift(evidence: Evidence) -> Floats:
    """The settled sum, carried on over the two days that are still settling."""
    settled = evidence.today - SIGHTS + 1
    drift = evidence.ledger.drift[:, settled] if settled >= 0 else np.zeros(len(evidence.ready))
    for lag in (1, 0):
        z = np.where(evidence.explained[:, lag], 0.0, known_or_zero(evidence.z[:, lag]))
        drift = np.maximum(0.0, drift + np.clip(z, -CUSUM_CLIP, CUSUM_CLIP) - CUSUM_SLACK)
    return np.asarray(drift)


def _highest_before(evidence: Evidence, rows: np.ndarray) -> Floats:
    end = evidence.today - SIGHTS + 1
    until = max(0, end - evidence.ledger.settings.min_history_days)
    before = evidence.ledger.drift[rows, max(0, end - MEMORY_DAYS) : until]
    return np.asarray(before.max(axis=1, initial=0.0))


def _worthwhile(evidence: Evidence) -> Bools:
    """At least two of the three days are clearly above what was expected."""
    least = np.log1p(evidence.ledger.settings.min_shift)
    above = (evidence.excess > least) & (evidence.cost_excess > evidence.floor)
    return np.asarray(np.count_nonzero(above, axis=1) > SIGHTS // 2)
