import numpy as np
import pytest
from daily_costs import (
    alerts,
    changed,
    daily,
    flat,
    from_day,
    growing,
    month_start,
    noise,
    now_and_then,
    working_week,
)

from cloudops.anomalies.cost_detector import judge_cost
from cloudops.anomalies.models import CostSettings, Floats


@pytest.mark.parametrize(
    "cost",
    [
        pytest.param(flat(), id="flat"),
        pytest.param(working_week(), id="cheap weekends"),
        pytest.param(working_week() * np.where(np.arange(150) % 7 >= 5, 0, 1), id="no spend on weekends"),
        pytest.param(growing(), id="steady growth"),
        pytest.param(now_and_then(), id="intermittent"),
        pytest.param(flat(level=0.4, sigma=0.5), id="noise below a dollar"),
        pytest.param(np.zeros(150), id="nothing"),
        pytest.param(np.full(150, 31.4), id="constant"),
        pytest.param(from_day(flat(), 90, 0.93), id="price cut"),
        pytest.param(changed(flat(), {100: 1.35}), id="one slightly dearer day"),
    ],
)
def test_ordinary_spend_raises_no_alert(cost: Floats) -> None:
    assert alerts(judge_cost(daily(cost))) == []


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        pytest.param(changed(flat(), {100: 3.0}), (100, "spike"), id="spike"),
        pytest.param(changed(working_week(), {103: 3.3}), (103, "spike"), id="weekday cost on a Saturday"),
        pytest.param(changed(flat(), {100: 1.3, 101: 1.3}), (101, "sustained"), id="two dearer days"),
        pytest.param(
            from_day(100 * noise(150, 0.09, seed=5), 100, 1.32),
            (104, "level_shift"),
            id="shift within the noise",
        ),
        pytest.param(flat() * 1.012 ** np.maximum(0, np.arange(150) - 90), (109, "slow_leak"), id="leak"),
        pytest.param(flat() * (np.arange(150) >= 60), (60, "new_spend"), id="new service"),
        pytest.param(changed(flat(), {100: 0.02}), (102, "missing"), id="missing, once settled"),
    ],
)
def test_each_kind_of_anomaly_is_found_by_its_rule(cost: Floats, expected: tuple[int, str]) -> None:
    assert alerts(judge_cost(daily(cost)))[:1] == [expected]


def test_an_intermittent_series_is_judged_by_its_spending_days() -> None:
    cost = now_and_then()
    spending = np.flatnonzero(cost)
    day = int(spending[spending > 100][0])

    assert alerts(judge_cost(daily(changed(cost, {day: 5.0})))) == [(day, "intermittent")]


def test_dearer_spending_days_of_an_intermittent_series_add_up() -> None:
    cost = now_and_then()
    spending = np.flatnonzero(cost)

    found = alerts(judge_cost(daily(from_day(cost, 100, 1.55))))

    assert [rule for _, rule in found] == ["intermittent_shift"]
    assert found[0][0] in spending[spending >= 100][2:6]


def test_a_peak_at_the_start_of_each_month_is_learnt() -> None:
    found = alerts(judge_cost(daily(month_start(240))))

    assert all(day < 60 for day, _ in found)


def test_a_month_start_dearer_than_any_before_is_still_an_alert() -> None:
    first_of_august = 208
    cost = changed(month_start(240), {first_of_august: 3.0})

    assert (first_of_august, "spike") in alerts(judge_cost(daily(cost)))


def test_a_doubling_of_a_few_dollars_is_below_the_floor() -> None:
    cost = changed(flat(level=4.0), {100: 2.0})

    assert alerts(judge_cost(daily(cost))) == []
    assert alerts(judge_cost(daily(cost), settings=CostSettings(min_excess=1.0))) == [(100, "spike")]


@pytest.mark.parametrize("days", [1, 2, 5, 13])
def test_too_little_history_is_silent(days: int) -> None:
    cost = changed(flat(days), {days - 1: 50.0})

    assert alerts(judge_cost(daily(cost))) == []


def test_spend_from_the_first_known_day_is_not_new() -> None:
    assert alerts(judge_cost(daily(flat(10)))) == []
