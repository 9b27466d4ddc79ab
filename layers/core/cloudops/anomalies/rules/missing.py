import numpy as np

from cloudops.anomalies.evidence import SIGHTS, Evidence, Finding
from cloudops.anomalies.order_statistics import known_or_zero

MIN_Z = 4.5
SETTLED = SIGHTS - 1


def missing(evidence: Evidence) -> Finding:
    """Settled spend far below what was expected; earlier sights cannot tell a late bill from a missing one."""
    excess, z = evidence.excess[:, SETTLED], -evidence.z[:, SETTLED]
    fires = (
        evidence.ready
        & (z > MIN_Z)
        & (excess < np.log1p(-evidence.ledger.settings.min_drop))
        & (-evidence.cost_excess[:, SETTLED] > evidence.floor[:, SETTLED])
    )
    rows = np.flatnonzero(fires)
    low, _ = evidence.past_extremes(rows)
    fires[rows] &= excess[rows] < low
    lag = np.full(len(fires), SETTLED, dtype=np.int64)
    return Finding(fires=fires, lag=lag, strength=known_or_zero(z / MIN_Z) * evidence.ready)
