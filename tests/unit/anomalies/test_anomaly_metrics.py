from datetime import UTC, datetime

import numpy as np
import pytest

from cloudops.anomalies.metric_detector import judge_metric, score_metric
from cloudops.anomalies.models import Floats, MetricSeries, MetricSettings

START = np.datetime64("2026-03-02T00:00:00")
PER_DAY = 96


def metric(values: Floats, minutes: int = 15) -> MetricSeries:
    times = START + np.arange(len(values)) * np.timedelta64(minutes, "m")
    return MetricSeries(key="web/CPUUtilization", timestamps=times, values=values)


def daily_wave(days: int = 10) -> Floats:
    phase = np.arange(days * PER_DAY) * 2 * np.pi / PER_DAY
    return 50 + 30 * np.sin(phase) + np.random.default_rng(5).normal(0, 1, days * PER_DAY)


def anomalies(values: Floats, **settings: float) -> list[int]:
    verdicts = judge_metric(metric(values), settings=MetricSettings(**settings))
    return [n for n, verdict in enumerate(verdicts) if verdict.anomaly]


def test_a_value_usual_at_noon_is_unusual_at_midnight() -> None:
    values = daily_wave()
    values[8 * PER_DAY] = 80.0

    assert 8 * PER_DAY in anomalies(values)
    assert values[8 * PER_DAY] == pytest.approx(values[7 * PER_DAY + PER_DAY // 4], abs=5)


def test_a_fall_is_as_unusual_as_a_rise() -> None:
    values = daily_wave()
    values[8 * PER_DAY + 24] = 0.0

    assert 8 * PER_DAY + 24 in anomalies(values)


def test_an_ordinary_day_is_silent() -> None:
    assert anomalies(daily_wave(), threshold=0.6) == []


@pytest.mark.parametrize(
    ("faults", "reported"), [({}, [800]), ({801: 200.0}, [800]), ({801: 900.0}, [800, 801])]
)
def test_a_fault_is_repeated_only_when_it_gets_worse(faults: dict[int, float], reported: list[int]) -> None:
    values = daily_wave()
    for sample, value in ({800: 300.0} | faults).items():
        values[sample] = value

    assert [n for n in anomalies(values) if n >= 800] == reported


def test_a_lasting_fault_is_reported_once() -> None:
    values = daily_wave()
    values[800:820] = 300.0

    assert [n for n in anomalies(values) if n >= 800] == [800]


def test_the_first_day_and_the_first_samples_are_silent() -> None:
    values = daily_wave()
    values[PER_DAY - 5] = 1e6

    scores = score_metric(metric(values))

    assert np.isnan(scores.expected[:PER_DAY]).all()
    assert not scores.score[: PER_DAY + 50].any()


def test_a_change_after_a_flat_line_scores_high() -> None:
    values = np.full(5 * PER_DAY, 3.0)
    values[400] = 4.0

    scores = score_metric(metric(values)).score

    assert scores[400] > 0.9
    assert np.count_nonzero(scores) == 1


def test_verdicts_do_not_change_when_the_future_is_cut_off() -> None:
    rng = np.random.default_rng(2)
    values = daily_wave() + rng.exponential(3, 10 * PER_DAY)
    whole = metric(values)
    gaps = np.sort(rng.choice(len(values), 700, replace=False))
    series = MetricSeries(key="k", timestamps=whole.timestamps[gaps], values=values[gaps])
    judged = judge_metric(series)

    for end in (40, 60, 200, 450, 699):
        early = MetricSeries(key="k", timestamps=series.timestamps[:end], values=series.values[:end])
        assert judge_metric(early) == judged[:end]


def test_unknown_samples_are_not_judged_and_do_not_spoil_the_rest() -> None:
    values = daily_wave()
    values[[300, 500]] = np.nan
    values[800] = 400.0

    verdicts = judge_metric(metric(values))

    assert (verdicts[300].observed, verdicts[300].score) == (None, 0.0)
    assert verdicts[800].anomaly


def test_a_verdict_says_what_was_expected() -> None:
    values = daily_wave()
    values[800] = 300.0

    verdict = judge_metric(metric(values))[800]

    assert verdict.at == datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
    assert verdict.expected == pytest.approx(values[800 - PER_DAY], abs=3)
    assert verdict.upper is not None
    assert verdict.upper < 300.0
    assert verdict.rule == "unusual_for_time_of_day"


@pytest.mark.parametrize("values", [np.empty(0), np.array([1.0]), np.full(3, np.nan)])
def test_series_of_hardly_anything_are_silent(values: Floats) -> None:
    assert anomalies(values) == []


def test_timestamps_and_values_must_pair_up() -> None:
    with pytest.raises(ValueError, match="2 timestamps for 3 values"):
        MetricSeries(key="k", timestamps=np.array([START, START]), values=np.ones(3))
