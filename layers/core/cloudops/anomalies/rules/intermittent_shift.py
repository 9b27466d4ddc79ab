import numpy as np

from cloudops.anomalies.evidence import MEMORY_DAYS, SIGHTS, Evidence, Finding
from cloudops.anomalies.models import Bools, Floats
from cloudops.anomalies.order_statistics import median, newest, spread

MIN_Z = 4.0
SPENDING_DAYS = (3, 4, 5)
LEAST_PAST = 15
LEAST_NOISE = 0.1
CLIP = 3.0


def intermittent_shift(evidence: Evidence) -> Finding:
    """The last few spending days of an intermittent series are together dearer than those before (Stouffer's sum)."""
    spent = _spent(evidence)
    concerned = evidence.intermittent & (evidence.today > evidence.ledger.quiet_until)
    recent = newest(spent, SPENDING_DAYS[-1])
    past = np.where(np.isnan(recent), spent, np.nan)
    typical = median(past, at_least=LEAST_PAST)
    noise = np.maximum(spread(past - typical[:, None])[0], LEAST_NOISE)
    z = (recent - typical[:, None]) / noise[:, None]
    strength = np.max([_together(z, count) for count in SPENDING_DAYS], axis=0) / MIN_Z
    fires = concerned & (strength > 1) & _worthwhile(evidence, recent, typical) & ~np.isnan(spent[:, -1])
    return Finding(fires=fires, lag=np.zeros(len(fires), dtype=np.int64), strength=strength * concerned)


def _spent(evidence: Evidence) -> Floats:
    """Logarithm of the spending days up to today, the last two on their sights."""
    ledger, end = evidence.ledger, max(0, evidence.today - SIGHTS + 1)
    settled = ledger.panel.settled[:, max(0, end - MEMORY_DAYS) : end]
    window = np.concatenate([settled, evidence.cost[:, 1::-1]], axis=1)
    return np.where(window > ledger.offset / 10, np.log(np.maximum(window, 0) + ledger.offset), np.nan)


def _together(z: Floats, count: int) -> Floats:
    last = np.clip(newest(z, count), -CLIP, CLIP)
    complete = np.count_nonzero(~np.isnan(last), axis=1) == count
    return np.where(complete, np.nansum(last, axis=1) / np.sqrt(count), 0.0)


def _worthwhile(evidence: Evidence, recent: Floats, typical: Floats) -> Bools:
    settings = evidence.ledger.settings
    now = median(recent)
    return np.asarray(
        (now - typical > np.log1p(settings.min_shift)) & (np.exp(now) - np.exp(typical) > settings.min_excess)
    )
