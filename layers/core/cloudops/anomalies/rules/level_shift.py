import numpy as np

from cloudops.anomalies.baseline import CUSUM_CLIP, CUSUM_SLACK
from cloudops.anomalies.evidence import MEMORY_DAYS, SIGHTS, Evidence, Finding
from cloudops.anomalies.models import Floats

MIN_SUM = 9.0
MIN_DAYS = 3


def level_shift(evidence: Evidence) -> Finding:
    """CUSUM of the daily residuals, further up than chance and than it has been before."""
    ledger, settled = evidence.ledger, evidence.today - SIGHTS + 1
    drift = ledger.drift[:, settled] if settled >= 0 else np.zeros(len(evidence.ready))
    for lag in (1, 0):
        z = np.where(evidence.explained[:, lag], 0.0, np.nan_to_num(evidence.z[:, lag]))
        step = np.clip(z, -CUSUM_CLIP, CUSUM_CLIP) - CUSUM_SLACK
        drift = np.maximum(0.0, drift + step)
    before = ledger.drift[:, max(0, settled - MEMORY_DAYS) : max(0, settled - ledger.settings.min_history_days)]
    limit = np.maximum(MIN_SUM, before.max(axis=1, initial=0.0))
    fires = (
        evidence.ready
        & (evidence.today > ledger.quiet_until)
        & (drift > limit)
        & (ledger.run >= MIN_DAYS - 2)
        & _worthwhile(evidence)
    )
    return Finding(fires=fires, lag=np.zeros(len(fires), dtype=np.int64), strength=drift / limit * evidence.ready)


def _worthwhile(evidence: Evidence) -> Floats:
    typical = np.median(evidence.excess, axis=1)
    amount = np.median(evidence.cost_excess - evidence.floor, axis=1)
    return (typical > np.log1p(evidence.ledger.settings.min_shift)) & (amount > 0)
