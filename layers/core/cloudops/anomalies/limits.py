from datetime import date, datetime, timedelta
from math import isnan

from cloudops.anomalies.models import LIMIT_MODEL_VERSION, DailySeries, FixedLimit, MetricSeries
from cloudops.anomalies.verdict import Verdict


def judge_limit(series: MetricSeries | DailySeries, limit: FixedLimit) -> list[Verdict]:
    """One verdict per sample; every sample of a breach is anomalous from its `limit.points`-th sample on.

    An unknown value neither counts nor breaks a run.
    """
    verdicts, run = [], 0
    for at, observed in _samples(series):
        beyond = observed is not None and _beyond(observed, limit)
        run = run if observed is None else (run + 1) * beyond
        verdicts.append(_verdict(at, observed, limit, breached=beyond and run >= limit.points))
    return verdicts


def _samples(series: MetricSeries | DailySeries) -> list[tuple[date | datetime, float | None]]:
    if isinstance(series, MetricSeries):
        times: list[date | datetime] = [*series.moments()]
        values = series.values.tolist()
    else:
        values = series.settled.tolist()
        times = [series.first_day + timedelta(days=n) for n in range(len(values))]
    return [(at, None if isnan(value) else value) for at, value in zip(times, values, strict=True)]


def _beyond(value: float, limit: FixedLimit) -> bool:
    over = limit.upper is not None and value > limit.upper
    return over or (limit.lower is not None and value < limit.lower)


def _verdict(at: date | datetime, observed: float | None, limit: FixedLimit, *, breached: bool) -> Verdict:
    return Verdict(
        at=at,
        about=at,
        observed=observed,
        expected=None,
        lower=limit.lower,
        upper=limit.upper,
        score=1.0 if breached else 0.0,
        anomaly=breached,
        rule=limit.rule if breached else None,
        model_version=LIMIT_MODEL_VERSION,
    )
