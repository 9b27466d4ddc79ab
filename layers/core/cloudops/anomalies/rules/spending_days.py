import numpy as np

from cloudops.anomalies.baseline import MEMORY_DAYS
from cloudops.anomalies.evidence import SIGHTS, Evidence
from cloudops.anomalies.models import Floats, Indices


def spending_days(evidence: Evidence, rows: Indices) -> Floats:
    """Logarithm of the settled cost of the days with spend, NaN on those without."""
    ledger, end = evidence.ledger, max(0, evidence.today - SIGHTS + 1)
    return only_spend(ledger.panel.settled[rows, max(0, end - MEMORY_DAYS) : end], ledger.offset)


def only_spend(cost: Floats, offset: float) -> Floats:
    return np.where(cost > offset / 10, np.log(np.maximum(cost, 0) + offset), np.nan)
