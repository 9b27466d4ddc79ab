import numpy as np

from cloudops.anomalies.evidence import Evidence, Finding, newest_first
from cloudops.anomalies.ledger import UNBORN

YOUNG_DAYS = 7


def new_spend(evidence: Evidence) -> Finding:
    """First worthwhile spend of a key that was watched long enough without any."""
    ledger = evidence.ledger
    age = np.where(ledger.born == UNBORN, 0, evidence.today - ledger.born)
    watched = ledger.history - np.maximum(age - 2, 0) >= ledger.settings.min_history_days
    young = watched & (age <= YOUNG_DAYS)
    fires = young[:, None] & (evidence.cost > ledger.settings.min_excess)
    return newest_first(fires, np.where(young[:, None], evidence.cost / ledger.settings.min_excess, 0.0))
