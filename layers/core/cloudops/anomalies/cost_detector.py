"""Causal judgement of daily usage cost: the verdict of day t rests on settled figures up to t-2 and two sights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from cloudops.anomalies.baseline import forecast, settle
from cloudops.anomalies.evidence import Evidence, Finding, gather
from cloudops.anomalies.incidents import close_incidents, open_incidents
from cloudops.anomalies.ledger import Ledger, open_ledger
from cloudops.anomalies.models import (
    COST_MODEL_VERSION,
    DEFAULT_COST_SETTINGS,
    Bools,
    CostSettings,
    DailySeries,
    Floats,
    Indices,
)
from cloudops.anomalies.order_statistics import known_or_none, known_or_zero
from cloudops.anomalies.panel import Panel, align
from cloudops.anomalies.rules import RULES
from cloudops.anomalies.rules.intermittent_shift import intermittent_shift
from cloudops.anomalies.rules.level_shift import level_shift
from cloudops.anomalies.rules.slow_leak import slow_leak
from cloudops.anomalies.verdict import Verdict

BATCH = 2048
WARM_UP_DAYS = 183
"""Half a year: the memory of the rules, and enough month ends to know what they look like."""
BAND_Z = 4.5
SLOW = frozenset(RULES.index(rule) for rule in (intermittent_shift, level_shift, slow_leak))
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


def judge_cost(series: DailySeries, *, settings: CostSettings = DEFAULT_COST_SETTINGS) -> list[Verdict]:
    return judge_costs([series], settings=settings)[0]


def judge_costs(
    series: Sequence[DailySeries], *, settings: CostSettings = DEFAULT_COST_SETTINGS
) -> list[list[Verdict]]:
    """One list per series, one verdict per day: the whole history, replayed."""
    return list(_in_batches(series, settings, newest=None))


def judge_newest(
    series: Sequence[DailySeries], *, days: int = 1, settings: CostSettings = DEFAULT_COST_SETTINGS
) -> list[list[Verdict]]:
    """Verdicts on the last `days` days of each series, replaying no more history than they rest on."""
    recent = [_last_days(one, WARM_UP_DAYS + days) for one in series]
    return list(_in_batches(recent, settings, newest=days))


def replay_panel(panel: Panel, settings: CostSettings) -> Iterator[DayJudgement]:
    ledger = open_ledger(panel, settings)
    for today in range(len(panel.calendar.days)):
        settle(ledger, today)
        close_incidents(ledger, today)
        forecast(ledger, today)
        yield _judge_day(ledger, today)


def _judge_day(ledger: Ledger, today: int) -> DayJudgement:
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
    strength = known_or_zero(np.stack([finding.strength for finding in findings]).max(axis=0))
    score = strength / (1 + strength)
    lower, expected, upper = _band(evidence, rows, lag)
    return DayJudgement(
        today=evidence.today,
        anomaly=anomaly,
        rule=rule,
        lag=lag,
        score=np.where(anomaly, np.maximum(score, 0.5), np.clip(score, 0.0, 0.5)),
        observed=evidence.seen[rows, lag],
        expected=expected,
        lower=lower,
        upper=upper,
    )


def _band(evidence: Evidence, rows: Indices, lag: Indices) -> tuple[Floats, Floats, Floats]:
    """Lower end, expected cost and upper end in currency."""
    expected, reach = evidence.expected[rows, lag], BAND_Z * evidence.sigma[rows, lag]
    offset = evidence.ledger.offset
    lower, middle, upper = (
        np.maximum(np.exp(x) - offset, 0) for x in (expected - reach, expected, expected + reach)
    )
    return lower, middle, upper


def _last_days(series: DailySeries, days: int) -> DailySeries:
    skipped = max(0, len(series.settled) - days)

    def cut(sight: Floats | None) -> Floats | None:
        return None if sight is None else sight[skipped:]

    return replace(
        series,
        first_day=series.first_day + timedelta(days=skipped),
        settled=series.settled[skipped:],
        first_sight=cut(series.first_sight),
        second_sight=cut(series.second_sight),
        one_off=cut(series.one_off),
    )


def _in_batches(
    series: Sequence[DailySeries], settings: CostSettings, newest: int | None
) -> Iterator[list[Verdict]]:
    """Verdicts on the newest days of each series, or on all of them."""
    for start in range(0, len(series), BATCH):
        panel = align(series[start : start + BATCH], settings)
        until = panel.offset + panel.length
        since = panel.offset if newest is None else np.maximum(panel.offset, until - newest)
        verdicts: list[list[Verdict]] = [[] for _ in until]
        for day in replay_panel(panel, settings):
            wanted = np.flatnonzero((since <= day.today) & (day.today < until))
            for row, verdict in zip(wanted, _verdicts(day, wanted, panel.calendar.days), strict=True):
                verdicts[row].append(verdict)
        yield from verdicts


def _verdicts(day: DayJudgement, rows: Indices, days: tuple[date, ...]) -> Iterator[Verdict]:
    numbers = (known_or_none(column[rows]) for column in (day.observed, day.expected, day.lower, day.upper))
    columns = (day.score[rows].tolist(), day.rule[rows].tolist(), day.lag[rows].tolist(), *numbers)
    for score, rule, lag, observed, expected, lower, upper in zip(*columns, strict=True):
        yield Verdict(
            at=days[day.today],
            about=days[day.today - lag],
            observed=observed,
            expected=expected,
            lower=lower,
            upper=upper,
            score=score,
            anomaly=rule != NO_RULE,
            rule=None if rule == NO_RULE else RULES[rule].__name__,
            model_version=COST_MODEL_VERSION,
        )
