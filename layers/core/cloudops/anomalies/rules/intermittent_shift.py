import numpy as np

from cloudops.anomalies.evidence import Evidence, Finding, nothing, on_rows
from cloudops.anomalies.models import Bools, Floats
from cloudops.anomalies.order_statistics import count_known, median, newest, spread
from cloudops.anomalies.rules.spending_days import only_spend, spending_days

MIN_Z = 4.0
SPENDING_DAYS = (3, 4, 5)
LEAST_PAST = 15
LEAST_NOISE = 0.1
CLIP = 3.0


def intermittent_shift(evidence: Evidence) -> Finding:
    """The last few spending days of an intermittent series are together dearer than those before (Stouffer's sum)."""
    ledger = evidence.ledger
    rows = np.flatnonzero(evidence.intermittent & (evidence.today > ledger.quiet_until))
    if not len(rows):
        return nothing(len(evidence.ready))
    settling = only_spend(evidence.cost[rows][:, 1::-1], ledger.offset)
    spent = np.concatenate([spending_days(evidence, rows), settling], axis=1)
    recent = newest(spent, SPENDING_DAYS[-1])
    past = np.where(np.isnan(recent), spent, np.nan)
    typical = median(past, at_least=LEAST_PAST)
    noise = np.maximum(spread(past - typical[:, None])[0], LEAST_NOISE)
    z = (recent - typical[:, None]) / noise[:, None]
    strength = np.max([_together(z, count) for count in SPENDING_DAYS], axis=0) / MIN_Z
    spends_today = ~np.isnan(spent[:, -1])
    fires = (strength > 1) & spends_today & _worthwhile(evidence, recent, typical)
    return on_rows(len(evidence.ready), rows, fires, np.zeros(len(rows), dtype=np.int64), strength)


def _together(z: Floats, count: int) -> Floats:
    last = np.clip(newest(z, count), -CLIP, CLIP)
    complete = count_known(last) == count
    return np.where(complete, np.nansum(last, axis=1) / np.sqrt(count), 0.0)


def _worthwhile(evidence: Evidence, recent: Floats, typical: Floats) -> Bools:
    settings = evidence.ledger.settings
    now = median(recent)
    return np.asarray(
        (now - typical > np.log1p(settings.min_shift)) & (np.exp(now) - np.exp(typical) > settings.min_excess)
    )
