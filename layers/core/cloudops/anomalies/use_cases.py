"""Judge a tenant's signals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from cloudops.anomalies import repository
from cloudops.anomalies.assembling import CostSignal, MetricSignal, cost_signals, metric_signals
from cloudops.anomalies.cost_detector import judge_costs
from cloudops.anomalies.limits import judge_limit
from cloudops.anomalies.metric_detector import judge_metric
from cloudops.anomalies.models import CostSettings, FixedLimit, PlannedWindow
from cloudops.anomalies.signals import JudgedSignal, Limit, PlannedSpan
from cloudops.anomalies.verdict import Verdict
from cloudops.platform.database import Connection

COST_HISTORY = timedelta(days=400)
# An incident is looked at again for two weeks, and needs the same past each time: the detector remembers 60 days,
# and for each of them the fortnight before.
METRIC_HISTORY = timedelta(days=90)


def judge_signals(
    connection: Connection, *, as_of: date, planned: Sequence[PlannedSpan] = ()
) -> list[JudgedSignal]:
    """Replay every detector over what is known up to and including the day `as_of`; what was planned is no anomaly."""
    start = as_of - COST_HISTORY
    covered = repository.list_covered_days(connection, as_of)
    rows = repository.read_usage_costs(connection, start=start, as_of=as_of)
    costs = list(cost_signals(rows, covered, start=start, as_of=as_of))
    end = datetime.combine(as_of + timedelta(days=1), time(), UTC)
    metrics = list(metric_signals(repository.read_metrics(connection, start=end - METRIC_HISTORY, end=end)))
    limits = repository.list_limits(connection)
    judged = [
        *judge_cost_signals(costs, planned),
        *judge_metric_signals(metrics),
        *judge_limits([*costs, *metrics], limits),
    ]
    return [as_planned(one, planned) for one in judged]


def as_planned(judged: JudgedSignal, planned: Sequence[PlannedSpan]) -> JudgedSignal:
    spans = [span for span in planned if span.signal == judged.signal]
    if not spans:
        return judged
    return replace(judged, verdicts=[quiet_within(spans, verdict) for verdict in judged.verdicts])


def quiet_within(spans: Sequence[PlannedSpan], verdict: Verdict) -> Verdict:
    expected = verdict.anomaly and any(span.covers(verdict.about) for span in spans)
    return replace(verdict, anomaly=False) if expected else verdict


def judge_cost_signals(found: Sequence[CostSignal], planned: Sequence[PlannedSpan]) -> list[JudgedSignal]:
    """What was planned leaves no trace in the baseline either."""
    windows = tuple(
        PlannedWindow(first_day=span.first_day, last_day=span.last_day, key=one.series.key)
        for span in planned
        for one in found
        if one.signal == span.signal
    )
    verdicts = judge_costs([one.series for one in found], settings=CostSettings(planned=windows))
    return [
        JudgedSignal(signal=one.signal, verdicts=judged, watermark=one.watermark)
        for one, judged in zip(found, verdicts, strict=True)
    ]


def judge_metric_signals(found: Sequence[MetricSignal]) -> list[JudgedSignal]:
    return [
        JudgedSignal(
            signal=one.signal,
            verdicts=[never_below_zero(verdict) for verdict in judge_metric(one.series)],
            watermark=one.watermark,
        )
        for one in found
    ]


def never_below_zero(verdict: Verdict) -> Verdict:
    """Counts and latencies have no negative values, so neither has their band."""
    return verdict if verdict.lower is None else replace(verdict, lower=max(0.0, verdict.lower))


def judge_limits(found: Sequence[CostSignal | MetricSignal], limits: Sequence[Limit]) -> list[JudgedSignal]:
    return [
        JudgedSignal(
            signal=one.signal,
            verdicts=judge_limit(one.series, fixed(limit)),
            watermark=one.watermark,
            limit=limit,
        )
        for limit in limits
        for one in found
        if limit.concerns(one.signal)
    ]


def fixed(limit: Limit) -> FixedLimit:
    return FixedLimit(rule=f"limit:{limit.id}", upper=float(limit.threshold), points=limit.consecutive_points)
