import numpy as np

from cloudops.anomalies.evidence import Evidence, Finding, newest_first

MIN_Z = 3.0


def sustained(evidence: Evidence) -> Finding:
    """An excess too small for a spike that has lasted two days."""
    least = np.log1p(evidence.ledger.settings.min_shift)
    high = (
        evidence.ready[:, None]
        & (evidence.z > MIN_Z)
        & (evidence.excess > least)
        & (evidence.excess > evidence.past_high[:, None] / 2)
        & ~evidence.explained
        & (evidence.cost_excess > evidence.floor)
    )
    both = high[:, :-1] & high[:, 1:]
    weaker = np.minimum(evidence.z[:, :-1], evidence.z[:, 1:])
    return newest_first(both, np.where(evidence.ready[:, None], weaker / MIN_Z, 0.0))
