import numpy as np
import pytest
from daily_costs import daily

from cloudops.anomalies.limits import judge_limit
from cloudops.anomalies.models import FixedLimit, MetricSeries

UNKNOWN = np.nan


@pytest.mark.parametrize(
    ("values", "limit", "breaches"),
    [
        ([80, 91, 89], FixedLimit(rule="cpu", upper=90), [1]),
        ([90, 90], FixedLimit(rule="cpu", upper=90), []),
        ([95, 95, 20, 95, 95, 95, 99], FixedLimit(rule="cpu", upper=90, points=3), [5, 6]),
        ([95, 95, UNKNOWN, 95], FixedLimit(rule="cpu", upper=90, points=3), [3]),
        ([5, 2, 1, 3], FixedLimit(rule="hosts", lower=2.5, points=2), [2]),
        ([1, 9, 5], FixedLimit(rule="band", lower=2, upper=8), [0, 1]),
    ],
)
def test_samples_beyond_the_limit_breach_it(
    values: list[float], limit: FixedLimit, breaches: list[int]
) -> None:
    times = np.datetime64("2026-03-01T00:00:00") + np.arange(len(values)) * np.timedelta64(5, "m")
    series = MetricSeries(key="web", timestamps=times, values=np.array(values, dtype=float))

    verdicts = judge_limit(series, limit)

    assert [n for n, verdict in enumerate(verdicts) if verdict.anomaly] == breaches
    assert all(verdict.rule == limit.rule for verdict in verdicts if verdict.anomaly)
    assert {(verdict.lower, verdict.upper) for verdict in verdicts} == {(limit.lower, limit.upper)}


def test_daily_cost_has_limits_too() -> None:
    verdicts = judge_limit(daily(np.array([10.0, 60.0, UNKNOWN])), FixedLimit(rule="budget", upper=50))

    assert [verdict.anomaly for verdict in verdicts] == [False, True, False]
    assert verdicts[2].observed is None


@pytest.mark.parametrize("bounds", [{}, {"upper": 3.0, "points": 0}])
def test_a_limit_that_cannot_be_breached_is_refused(bounds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="limit cpu"):
        FixedLimit(rule="cpu", **bounds)
