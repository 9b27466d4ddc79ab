import numpy as np

from cloudops.anomalies.evidence import Evidence, Finding, newest_first

MIN_Z = 3.0
SHARE_OF_PAST = 0.5


def sustained(evidence: Evidence) -> Finding:
    """An excess too small for a spike that has lasted two days."""
    least = np.log1p(evidence.ledger.settings.min_shift)
    high = (
        evidence.ready[:, None]
        & (evidence.z > MIN_Z)
        & (evidence.excess > least)
        & ~evidence.explained
        & (evidence.cost_excess > evidence.floor)
    )
    both = high[:, :-1] & high[:, 1:]
    weaker = np.minimum(evidence.excess[:, :-1], evidence.excess[:, 1:])
    rows = np.flatnonzero(both.any(axis=1))
    _, past = evidence.past_extremes(rows)
    both[rows] &= weaker[rows] > SHARE_OF_PAST * past[:, None]
    strength = np.minimum(evidence.z[:, :-1], evidence.z[:, 1:]) / MIN_Z
    return newest_first(both, np.where(evidence.ready[:, None], strength, 0.0))
