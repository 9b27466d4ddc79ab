from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from daily_costs import FIRST_DAY, alerts, changed, daily, flat, from_day, now_and_then, working_week

from cloudops.anomalies.cost_detector import judge_cost, judge_costs, judge_newest
from cloudops.anomalies.models import CostSettings, DailySeries, Floats, PlannedWindow

UNKNOWN = np.nan


def restated(settled: Floats, first: float = 0.9, second: float = 0.98) -> DailySeries:
    return daily(settled, first_sight=settled * first, second_sight=settled * second)


def known_on(series: DailySeries, today: int) -> DailySeries:
    """The series as it was on the evaluation of day number `today`."""
    assert series.first_sight is not None
    assert series.second_sight is not None
    settled, second = series.settled[: today + 1].copy(), series.second_sight[: today + 1].copy()
    settled[-2:] = UNKNOWN
    second[-1:] = UNKNOWN
    first = series.first_sight[: today + 1]
    return daily(settled, first_sight=first, second_sight=second)


def test_verdicts_rest_on_nothing_that_was_not_known_yet() -> None:
    cost = changed(from_day(working_week(), 110, 1.4), {60: 4.0, 85: 0.01, 86: 0.01})
    series = restated(cost)
    judged = judge_cost(series)

    for today in (59, 60, 61, 62, 85, 87, 88, 110, 112, 118, 149):
        assert judge_cost(known_on(series, today)) == judged[: today + 1]


def test_a_spike_hidden_by_a_late_bill_is_raised_when_the_day_settles() -> None:
    cost = changed(flat(), {100: 2.0})
    first, second = cost.copy(), cost.copy()
    first[100] = second[100] = 90.0

    verdict = judge_cost(daily(cost, first_sight=first, second_sight=second))[102]

    assert (verdict.anomaly, verdict.rule) == (True, "spike")
    assert verdict.at - verdict.about == timedelta(days=2)
    assert verdict.observed == cost[100]


def test_latest_days_with_partial_bills_are_not_missing() -> None:
    cost = flat()
    cost[-2:] *= (0.3, 0.02)
    settled = cost.copy()
    settled[-2:] = UNKNOWN

    assert alerts(judge_cost(daily(cost))) == []
    assert alerts(judge_cost(daily(settled, first_sight=cost, second_sight=cost))) == []


def test_an_open_incident_is_not_repeated_and_the_new_level_is_accepted_after_a_week() -> None:
    verdicts = judge_cost(daily(from_day(flat(200), 100, 3.0)))

    assert alerts(verdicts) == [(100, "spike")]
    assert [round((verdict.expected or 0) / 100) for verdict in verdicts[104:106]] == [1, 1]
    assert [round((verdict.expected or 0) / 100) for verdict in verdicts[110:112]] == [3, 3]


def test_a_spike_leaves_no_trace_in_the_baseline() -> None:
    quiet, spiked = flat(), changed(flat(), {100: 6.0, 101: 5.0, 102: 7.0})

    after = zip(judge_cost(daily(quiet))[101:], judge_cost(daily(spiked))[101:], strict=True)

    assert all(
        abs((with_spike.expected or 0) / (without.expected or 1) - 1) < 0.05 for without, with_spike in after
    )


def test_purchases_tax_and_credits_are_not_judged() -> None:
    one_off = np.zeros(150)
    one_off[[100, 120]] = (9000.0, -4000.0)

    assert judge_cost(daily(flat(), one_off=one_off)) == judge_cost(daily(flat()))


def test_a_planned_window_is_silent_and_leaves_no_trace() -> None:
    cost = changed(flat(), dict.fromkeys(range(100, 104), 5.0))
    first, last = (FIRST_DAY + timedelta(days=day) for day in (100, 103))
    planned = PlannedWindow(first_day=first, last_day=last, key="acme/AmazonEC2")

    assert alerts(judge_cost(daily(cost), settings=CostSettings(planned=(planned,)))) == []
    assert alerts(judge_cost(daily(cost, key="other"), settings=CostSettings(planned=(planned,)))) != []


def test_days_without_figures_are_neither_missing_nor_a_break() -> None:
    cost = changed(flat(), {100: 3.0})
    cost[60:75] = UNKNOWN

    assert alerts(judge_cost(daily(cost))) == [(100, "spike")]


def test_series_are_judged_alike_alone_and_among_others() -> None:
    series = [
        daily(changed(flat(), {100: 3.0}), key="a"),
        daily(from_day(now_and_then(120), 90, 4.0), key="b", first_day=FIRST_DAY + timedelta(days=47)),
        daily(from_day(working_week(80), 50, 1.8), key="c", first_day=FIRST_DAY - timedelta(days=200)),
        daily(flat(20), key="d", first_day=date(2026, 3, 1)),
    ]

    for one, among_others in zip(series, judge_costs(series), strict=True):
        alone = judge_cost(one)
        assert [replace(verdict, score=0) for verdict in among_others] == [
            replace(verdict, score=0) for verdict in alone
        ]
        assert [v.score for v in among_others] == pytest.approx([v.score for v in alone])


def test_no_series_give_no_verdicts() -> None:
    assert judge_costs([]) == []


def test_the_newest_days_are_judged_as_in_a_full_replay() -> None:
    series = [
        daily(changed(flat(400), {398: 3.0}), key="a"),
        daily(changed(working_week(400), {397: 0.01}), key="b"),
        daily(flat(9), key="c"),
    ]

    newest = judge_newest(series, days=3)

    assert [[(v.at, v.rule) for v in found] for found in newest] == [
        [(v.at, v.rule) for v in judge_cost(one)[-3:]] for one in series
    ]
    assert [alerts(found) for found in newest] == [[(1, "spike")], [(2, "missing")], []]
