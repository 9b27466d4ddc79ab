import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cloudops.anomalies.order_statistics import median, newest, second_extremes, spread

windows = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12),
    elements=st.one_of(st.just(np.nan), st.floats(-100, 100)),
)


@given(windows)
def test_median_ignores_the_unknown(window: np.ndarray) -> None:
    expected = [np.median(row[~np.isnan(row)]) if (~np.isnan(row)).any() else np.nan for row in window]

    np.testing.assert_allclose(median(window), expected)


@given(windows, st.integers(1, 12))
def test_newest_keeps_the_last_known_values(window: np.ndarray, count: int) -> None:
    for row, kept in zip(window, newest(window, count), strict=True):
        assert kept[~np.isnan(kept)].tolist() == row[~np.isnan(row)][-count:].tolist()


def test_median_of_too_few_values_is_unknown() -> None:
    window = np.array([[1.0, np.nan, 3.0], [1.0, 2.0, 3.0]])

    np.testing.assert_equal(median(window, at_least=3), [np.nan, 2.0])


def test_median_of_an_empty_window_is_unknown() -> None:
    np.testing.assert_equal(median(np.empty((2, 0))), [np.nan, np.nan])


def test_spread_of_normal_noise_is_its_standard_deviation() -> None:
    residuals = np.random.default_rng(1).normal(0, 0.3, (1, 5000))

    sigma, known = spread(residuals)

    assert known.tolist() == [5000]
    assert sigma[0] == pytest.approx(0.3, rel=0.05)


def test_spread_sees_tails_that_the_median_does_not() -> None:
    residuals = np.array([[0.01] * 17 + [0.95] * 3])

    assert spread(residuals)[0][0] == pytest.approx(0.5)


def test_second_extremes_leave_one_value_out_on_each_side() -> None:
    low, high = second_extremes(np.array([[9.0, -7.0, 0.0, 4.0, -2.0]]))

    assert (low.tolist(), high.tolist()) == ([-2.0], [4.0])
