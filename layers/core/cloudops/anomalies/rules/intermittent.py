import numpy as np

from cloudops.anomalies.evidence import Evidence, Finding, nothing, on_rows
from cloudops.anomalies.order_statistics import MAD_TO_SIGMA, median
from cloudops.anomalies.rules.spending_days import spending_days

MIN_Z = 3.5
BEYOND_PAST = 1.3
LEAST_DAYS = 6
LEAST_NOISE = 0.1


def intermittent(evidence: Evidence) -> Finding:
    """Series that spend on some days only are judged by the days on which they do."""
    ledger = evidence.ledger
    rows = np.flatnonzero(evidence.intermittent & (ledger.history >= ledger.settings.min_history_days))
    if not len(rows):
        return nothing(len(evidence.ready))
    spent = spending_days(evidence, rows)
    typical = median(spent, at_least=LEAST_DAYS)[:, None]
    noise = np.maximum(MAD_TO_SIGMA * median(np.abs(spent - typical)), LEAST_NOISE)[:, None]
    most = np.fmax.reduce(spent, axis=1, initial=-np.inf)[:, None]
    seen = np.log(np.maximum(evidence.cost[rows], 0) + ledger.offset)
    z = (seen - typical) / noise
    fires = (
        (z > MIN_Z)
        & (seen > most + np.log(BEYOND_PAST))
        & (evidence.cost[rows] - np.exp(typical) > ledger.settings.min_excess)
    )
    strength = np.fmax.reduce(z / MIN_Z, axis=1, initial=0.0)
    return on_rows(len(evidence.ready), rows, fires.any(axis=1), np.argmax(fires, axis=1), strength)
