import numpy as np

from cloudops.anomalies.evidence import MEMORY_DAYS, SIGHTS, Evidence, Finding, newest_first
from cloudops.anomalies.order_statistics import MAD_TO_SIGMA, median

MIN_Z = 3.5
BEYOND_PAST = 1.3
LEAST_DAYS = 6
LEAST_NOISE = 0.1


def intermittent(evidence: Evidence) -> Finding:
    """Series that spend on some days only are judged by the days on which they do."""
    ledger, end = evidence.ledger, max(0, evidence.today - SIGHTS + 1)
    window = ledger.panel.settled[:, max(0, end - MEMORY_DAYS) : end]
    spent = np.where(window > ledger.offset / 10, np.log(np.maximum(window, 0) + ledger.offset), np.nan)
    typical = median(spent, at_least=LEAST_DAYS)
    noise = np.maximum(MAD_TO_SIGMA * median(np.abs(spent - typical[:, None])), LEAST_NOISE)
    most = np.fmax.reduce(spent, axis=1, initial=-np.inf)
    seen = np.log(np.maximum(evidence.cost, 0) + ledger.offset)
    z = (seen - typical[:, None]) / noise[:, None]
    concerned = (evidence.intermittent & (ledger.history >= ledger.settings.min_history_days))[:, None]
    fires = (
        concerned
        & (z > MIN_Z)
        & (seen > most[:, None] + np.log(BEYOND_PAST))
        & (evidence.cost - np.exp(typical)[:, None] > ledger.settings.min_excess)
    )
    return newest_first(fires, np.where(concerned, np.nan_to_num(z) / MIN_Z, 0.0))
