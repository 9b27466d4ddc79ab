"""Causal judgement of reliability metrics: distance from the usual value at this time of day, in its own tail."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

import numpy as np

from cloudops.anomalies.models import (
    DEFAULT_METRIC_SETTINGS,
    METRIC_MODEL_VERSION,
    Floats,
    Indices,
    MetricSeries,
    MetricSettings,
)
from cloudops.anomalies.order_statistics import known_or_none, median
from cloudops.anomalies.verdict import Verdict

RULE = "unusual_for_time_of_day"
DAY = 86_400
LEAST_DEVIATIONS = 50
"""As many samples also tell the interval, so no verdict rests on an interval that later samples change."""
QUANTILE = 0.995
FLAT_LINE_RATIO = 10.0
"""A first change after a flat line has no tail to be measured by."""
REST_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class MetricScores:
    """Arrays of one entry per sample; NaN where too little was known to expect anything."""

    expected: Floats
    tail: Floats
    """What 99.5 % of the past distances from the expected value stayed below."""
    score: Floats


def judge_metric(
    series: MetricSeries, *, settings: MetricSettings = DEFAULT_METRIC_SETTINGS
) -> list[Verdict]:
    scores = score_metric(series, settings=settings)
    reach = scores.tail * settings.threshold / (1 - settings.threshold)
    columns = (series.values, scores.expected, scores.expected - reach, scores.expected + reach)
    rows = zip(
        series.moments(), scores.score.tolist(), *(known_or_none(column) for column in columns), strict=True
    )
    return [
        Verdict(
            at=at,
            about=at,
            observed=observed,
            expected=expected,
            lower=lower,
            upper=upper,
            score=score,
            anomaly=score >= settings.threshold,
            rule=RULE if score >= settings.threshold else None,
            model_version=METRIC_MODEL_VERSION,
        )
        for at, score, observed, expected, lower, upper in rows
    ]


def score_metric(series: MetricSeries, *, settings: MetricSettings = DEFAULT_METRIC_SETTINGS) -> MetricScores:
    """Scores are ratio / (1 + ratio) of the distance to its tail: 0.5 where a sample just leaves the tail."""
    seconds = series.timestamps.astype("datetime64[s]").astype(np.int64)
    expected = usual_at_time_of_day(seconds, series.values, settings)
    distance = np.abs(series.values - expected)
    tail = _past_tail(distance, seconds, int(settings.memory_days * DAY))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.nan_to_num(np.where(tail > 0, distance / tail, FLAT_LINE_RATIO * (distance > 0)))
    rested = _rest(np.where(np.isnan(tail), 0.0, ratio), seconds, int(settings.longest_rest_days * DAY))
    return MetricScores(expected=expected, tail=tail, score=rested / (1 + rested))


def usual_at_time_of_day(seconds: Indices, values: Floats, settings: MetricSettings) -> Floats:
    """Median of the samples at the same time of the days before, NaN on the first day."""
    expected = np.full(len(values), np.nan)
    if not len(values):
        return expected
    slots = max(1, round(DAY / _interval(seconds)))
    day = seconds // DAY - seconds[0] // DAY
    slot = (seconds % DAY) * slots // DAY
    by_day = np.full((int(day[-1]) + 1, slots), np.nan)
    by_day[day, slot] = values
    for today, own in _days(day):
        before = by_day[max(0, today - settings.history_days) : today]
        expected[own] = median(before.T)[slot[own]]
    return expected


def _interval(seconds: Indices) -> int:
    steps = np.diff(seconds[: LEAST_DEVIATIONS + 1])
    return int(min(DAY, max(1, np.median(steps)))) if len(steps) else DAY


def _days(day: Indices) -> Iterator[tuple[int, slice]]:
    starts = np.flatnonzero(np.r_[True, np.diff(day) > 0])
    for start, end in zip(starts, np.r_[starts[1:], len(day)], strict=True):
        yield int(day[start]), slice(int(start), int(end))


def _past_tail(distance: Floats, seconds: Indices, memory: int) -> Floats:
    """The quantile of the distances before each sample, kept as a sorted list because it moves sample by sample."""
    tail = np.full(len(distance), np.nan)
    ordered: list[float] = []
    waiting: deque[tuple[int, float]] = deque()
    for index, (now, far) in enumerate(zip(seconds.tolist(), distance.tolist(), strict=True)):
        while waiting and waiting[0][0] < now - memory:
            del ordered[bisect_left(ordered, waiting.popleft()[1])]
        if len(ordered) >= LEAST_DEVIATIONS:
            tail[index] = ordered[int(QUANTILE * len(ordered))]
        if not isnan(far):
            insort(ordered, far)
            waiting.append((now, far))
    return tail


def _rest(ratio: Floats, seconds: Indices, longest: int) -> Floats:
    """Silence every sample that is no worse than one shortly before.

    The rest is a tenth of the time watched so far and at most `longest`, so that young series are not muted for
    the better part of their life.
    """
    rested = ratio.copy()
    worst: deque[tuple[int, float]] = deque()
    first = int(seconds[0]) if len(seconds) else 0
    for index, (now, value) in enumerate(zip(seconds.tolist(), ratio.tolist(), strict=True)):
        rest = min(longest, REST_SHARE * (now - first))
        while worst and worst[0][0] < now - rest:
            worst.popleft()
        if worst and worst[0][1] >= value:
            rested[index] = 0.0
        while worst and worst[-1][1] <= value:
            worst.pop()
        worst.append((now, value))
    return rested
