from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.alerts.grouping import LONGEST, QUIET, incidents_of, moment
from tests.unit.alerts.incidents import DAY, LATENCY, judged, verdict

HOUR = datetime(2026, 7, 14, 15, tzinfo=UTC)


def quiet(day: int) -> object:
    return verdict(day)


def loud(day: int, cost: float = 500.0, **how: int) -> object:
    return verdict(day, cost, anomaly=True, **how)


@pytest.mark.parametrize(
    ("anomalous", "incidents"),
    [
        ([], []),
        ([5], [[5]]),
        ([5, 6, 7], [[5, 6, 7]]),
        ([5, 8], [[5, 8]]),
        ([5, 9], [[5], [9]]),
        ([8, 5], [[5, 8]]),
        ([1, 4, 9, 12], [[1, 4], [9, 12]]),
    ],
)
def test_anomalies_within_three_days_are_one_incident(
    anomalous: list[int], incidents: list[list[int]]
) -> None:
    found = incidents_of(judged([loud(day) if day in anomalous else quiet(day) for day in range(15)]))

    assert [[(one.about - DAY).days for one in incident.anomalies] for incident in found] == incidents


def test_hours_of_a_metric_belong_together_for_six() -> None:
    hours = [0, 5, 11, 18]
    verdicts = [verdict(HOUR + timedelta(hours=hour), 900, anomaly=True) for hour in hours]

    found = incidents_of(judged(verdicts, signal=LATENCY))

    assert [len(incident.anomalies) for incident in found] == [3, 1]


def test_points_out_of_their_band_belong_to_the_incident_until_one_is_back() -> None:
    (found,) = incidents_of(judged([loud(3), verdict(4, 400), verdict(5, 80), verdict(6), verdict(7, 400)]))

    assert [(one.about - DAY).days for one in found.points] == [3, 4, 5]
    assert found.excess == 400 + 300 - 20


def test_an_incident_ends_when_the_detector_accepts_the_new_level() -> None:
    (found,) = incidents_of(judged([loud(0), *(verdict(day, 400) for day in range(1, 30))]))

    assert len(found.points) == 7


def test_points_without_a_band_end_the_incident() -> None:
    (found,) = incidents_of(judged([loud(0), verdict(1, 400, None), verdict(2, 400)]))

    assert len(found.points) == 1


def test_of_a_day_that_was_judged_twice_the_last_word_counts() -> None:
    """First sight said 300, the settled bill says 500."""
    (found,) = incidents_of(judged([loud(3, 300.0), quiet(4), loud(3, 500.0, seen=2)]))

    assert found.window_start == found.window_end == DAY + timedelta(days=3)
    assert len(found.points) == 1
    assert found.excess == 400


def test_the_peak_is_what_deviates_most_in_either_direction() -> None:
    (found,) = incidents_of(judged([loud(1, 150.0), loud(2, 10.0), loud(3, 130.0)]))

    assert found.peak.observed == 10.0
    assert found.first.observed == 150.0


@given(st.lists(st.sampled_from([100.0, 105.0, 300.0, 500.0]), min_size=1, max_size=60), st.randoms())
def test_every_anomaly_is_in_one_incident_and_incidents_do_not_overlap(
    costs: list[float], random: object
) -> None:
    verdicts = [verdict(day, cost, anomaly=cost == 500) for day, cost in enumerate(costs)]
    random.shuffle(verdicts)  # type: ignore[attr-defined]

    found = incidents_of(judged(verdicts))

    anomalies = [one.about for incident in found for one in incident.anomalies]
    assert anomalies == sorted(one.about for one in verdicts if one.anomaly)
    for incident in found:
        assert incident.window_start == incident.first.about
        assert {one.about for one in incident.anomalies} <= {one.about for one in incident.points}
    for earlier, later in pairwise(found):
        assert moment(later.window_start) - moment(earlier.anomalies[-1].about) > QUIET["cost"]


def test_an_incident_outlasts_its_quiet() -> None:
    assert all(LONGEST[kind] > QUIET[kind] for kind in QUIET)


def test_a_day_is_its_beginning_in_utc_and_a_naive_time_is_utc() -> None:
    assert moment(DAY) == datetime(2026, 7, 1, tzinfo=UTC)
    assert moment(HOUR.replace(tzinfo=None)) == moment(HOUR) == HOUR
