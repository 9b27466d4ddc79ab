import numpy as np

from cloudops.anomalies.evidence import SIGHTS, Evidence, Finding

MIN_Z = 4.5


def missing(evidence: Evidence) -> Finding:
    """Settled spend far below what was expected; earlier sights cannot tell a late bill from a missing one."""
    settled = SIGHTS - 1
    excess = evidence.excess[:, settled]
    z = -evidence.z[:, settled]
    fires = (
        evidence.ready
        & (z > MIN_Z)
        & (excess < np.log1p(-evidence.ledger.settings.min_drop))
        & (excess < evidence.past_low)
        & (-evidence.cost_excess[:, settled] > evidence.floor[:, settled])
    )
    lag = np.full(len(fires), settled, dtype=np.int64)
    return Finding(fires=fires, lag=lag, strength=np.nan_to_num(z / MIN_Z) * evidence.ready)
