import numpy as np

from cloudops.anomalies.evidence import Evidence, Finding, newest_first

MIN_Z = 4.5


def spike(evidence: Evidence) -> Finding:
    """A day beyond its noise, beyond all but one of the past residuals, and large enough to matter."""
    least = np.log1p(evidence.ledger.settings.min_spike)
    fires = (
        evidence.ready[:, None]
        & (evidence.z > MIN_Z)
        & (evidence.excess > least)
        & ~evidence.explained
        & (evidence.cost_excess > evidence.floor)
    )
    rows = np.flatnonzero(fires.any(axis=1))
    _, high = evidence.past_extremes(rows)
    fires[rows] &= evidence.excess[rows] > high[:, None]
    return newest_first(fires, np.where(evidence.ready[:, None], evidence.z / MIN_Z, 0.0))
