import numpy as np
import pytest
from daily_costs import daily, flat
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cloudops.anomalies.cost_detector import judge_cost
from cloudops.anomalies.models import COST_MODEL_VERSION
from cloudops.anomalies.rules import RULES

costs = arrays(
    np.float64,
    st.integers(1, 90),
    elements=st.one_of(st.just(0.0), st.just(np.nan), st.floats(-50, 1e7), st.floats(90, 110)),
)


@settings(deadline=None, max_examples=25)
@given(settled=costs, scale=st.floats(0, 1))
def test_every_day_gets_one_well_formed_verdict(settled: np.ndarray, scale: float) -> None:
    verdicts = judge_cost(daily(settled, first_sight=settled * scale))

    assert len(verdicts) == len(settled)
    for verdict in verdicts:
        assert 0 <= verdict.score <= 1
        assert verdict.model_version == COST_MODEL_VERSION
        assert verdict.anomaly == (verdict.rule in {rule.__name__ for rule in RULES})
        assert verdict.score >= 0.5 or not verdict.anomaly
        if verdict.expected is not None:
            assert verdict.lower is not None
            assert verdict.upper is not None
            assert 0 <= verdict.lower <= verdict.expected <= verdict.upper


@pytest.mark.parametrize("times", [0.001, 0.5, 1.3, 40.0])
@pytest.mark.parametrize("day", [60, 64, 77])
def test_a_lasting_change_is_alerted_on_at_most_once_within_a_week(times: float, day: int) -> None:
    cost = flat(90)
    cost[day:] *= times

    alarms = [n for n, verdict in enumerate(judge_cost(daily(cost))) if verdict.anomaly and n <= day + 6]

    assert len(alarms) <= 1
