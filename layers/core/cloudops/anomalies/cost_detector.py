"""Causal judgement of daily usage cost: the verdict of day t rests on settled figures up to t-2 and two sights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cloudops.anomalies.baseline import forecast, settle
from cloudops.anomalies.evidence import Evidence, Finding, gather
from cloudops.anomalies.incidents import close_incidents, open_incidents
from cloudops.anomalies.ledger import Ledger, open_ledger
from cloudops.anomalies.models import (
    COST_MODEL_VERSION,
    Bools,
    CostSettings,
    DailySeries,
    Floats,
    Indices,
    Verdict,
)
from cloudops.anomalies.panel import align
from cloudops.anomalies.rules import RULES
from cloudops.anomalies.rules.intermittent_shift import intermittent_shift
from cloudops.anomalies.rules.level_shift import level_shift
from cloudops.anomalies.rules.slow_leak import slow_leak

BATCH = 512
BAND_Z = 4.5
SLOW = frozenset(index for index, rule in enumerate(RULES) if rule in (intermittent_shift, level_shift, slow_leak))
NO_RULE = -1


@dataclass(frozen=True, kw_only=True)
class DayJudgement:
    """One evaluation of many series; figures are those of the day a verdict is about."""

    today: int
    anomaly: Bools
    rule: Indices
    lag: Indices
    score: Floats
    observed: Floats
    expected: Floats
    lower: Floats
    upper: Floats


def judge_cost(series: DailySeries, *, settings: CostSettings = CostSettings()) -> list[Verdict]:
    return judge_costs([series], settings=settings)[0]


def judge_costs(series: Sequence[DailySeries], *, settings: CostSettings = CostSettings()) -> list[list[Verdict]]:
    """One list of verdicts per series, one verdict per day."""
    verdicts: list[list[Verdict]] = []
    for start in range(0, len(series), BATCH):
        verdicts += _judge_batch(series[start : start + BATCH], settings)
    return verdicts


def replay_days(series: Sequence[DailySeries], settings: CostSettings) -> Iterator[DayJudgement]:
    panel = align(series, settings)
    ledger = open_ledger(panel, settings)
    for today in range(len(panel.calendar.days)):
        settle(ledger, today)
        close_incidents(ledger, today)
        forecast(ledger, today)
        yield judge_day(ledger, today)


def judge_day(ledger: Ledger, today: int) -> DayJudgement:
    evidence = gather(ledger, today)
    findings = [rule(evidence) for rule in RULES]
    fires = np.stack([finding.fires for finding in findings], axis=1)
    fires &= ~(ledger.open | ledger.panel.planned[:, today])[:, None]
    anomaly = fires.any(axis=1)
    rule = np.where(anomaly, np.argmax(fires, axis=1), NO_RULE)
    lag = _lag(findings, rule)
    open_incidents(ledger, today, anomaly, today - lag, np.isin(rule, list(SLOW)))
    return _judgement(evidence, findings, anomaly, rule, lag)


def _lag(findings: list[Finding], rule: Indices) -> Indices:
    lags = np.stack([finding.lag for finding in findings], axis=1)
    return np.where(rule == NO_RULE, 0, lags[np.arange(len(rule)), rule])


def _judgement(
    evidence: Evidence, findings: list[Finding], anomaly: Bools, rule: Indices, lag: Indices
) -> DayJudgement:
    rows = np.arange(len(rule))
    ledger = evidence.ledger
    strength = np.nan_to_num(np.max([finding.strength for finding in findings], axis=0))
    score = strength / (1 + strength)
    expected, sigma = evidence.expected[rows, lag], evidence.sigma[rows, lag]
    return DayJudgement(
        today=evidence.today,
        anomaly=anomaly,
        rule=rule,
        lag=lag,
        score=np.where(anomaly, np.maximum(score, 0.5), np.clip(score, 0.0, 0.5)),
        observed=evidence.cost[rows, lag],
        expected=np.maximum(np.exp(expected) - ledger.offset, 0),
        lower=np.maximum(np.exp(expected - BAND_Z * sigma) - ledger.offset, 0),
        upper=np.maximum(np.exp(expected + BAND_Z * sigma) - ledger.offset, 0),
    )


def _judge_batch(series: Sequence[DailySeries], settings: CostSettings) -> list[list[Verdict]]:
    first = min(one.first_day for one in series)
    verdicts: list[list[Verdict]] = [[] for _ in series]
    panel = align(series, settings)
    for day in replay_days(series, settings):
        for row, one in enumerate(series):
            if panel.offset[row] <= day.today < panel.offset[row] + panel.length[row]:
                verdicts[row].append(_verdict(day, row, panel.calendar.days))
    return verdicts


def _verdict(day: DayJudgement, row: int, days) -> Verdict:
    def number(values: Floats) -> float | None:
        value = float(values[row])
        return None if np.isnan(value) else value
    return Verdict(
        at=days[day.today],
        about=days[day.today - int(day.lag[row])],
        observed=number(day.observed),
        expected=number(day.expected),
        lower=number(day.lower),
        upper=number(day.upper),
        score=float(day.score[row]),
        anomaly=bool(day.anomaly[row]),
        rule=RULES[day.rule[row]].__name__ if day.anomaly[row] else None,
        model_version=COST_MODEL_VERSION,
    )
