"""Row-wise order statistics of (rows, window) arrays in which NaN means unknown."""

import numpy as np

from cloudops.anomalies.models import Floats, Indices

MAD_TO_SIGMA = 1.4826


def median(window: Floats, at_least: int = 1) -> Floats:
    """NaN for rows with fewer than `at_least` known values."""
    ordered, known = _ordered(window)
    rows = np.arange(len(window))
    low = ordered[rows, np.maximum(known - 1, 0) // 2]
    high = ordered[rows, np.minimum(known // 2, ordered.shape[1] - 1)]
    return np.where(known >= at_least, (low + high) / 2, np.nan)


def spread(window: Floats) -> tuple[Floats, Indices]:
    """The larger of two robust standard deviations about zero, and the number of known values behind it.

    The median sees the middle of the residuals, the 90th percentile their tails.
    """
    ordered, known = _ordered(np.abs(window))
    rows = np.arange(len(window))
    last = np.maximum(known - 1, 0)
    middle = ordered[rows, last // 2] * MAD_TO_SIGMA
    tail = ordered[rows, (0.9 * last + 0.5).astype(np.int64)] / 1.9
    return np.where(known > 0, np.fmax(middle, tail), np.nan), known


def second_extremes(window: Floats) -> tuple[Floats, Floats]:
    """Second smallest and second largest per row; no NaN allowed."""
    width = window.shape[1]
    if width < 2:
        nothing = np.zeros(len(window))
        return nothing, nothing
    parted = np.partition(window, (1, width - 2), axis=1)
    return parted[:, 1], parted[:, width - 2]


def newest(window: Floats, count: int) -> Floats:
    """The window with all but the last `count` known values of each row turned unknown."""
    known = ~np.isnan(window)
    rank = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
    return np.where(known & (rank <= count), window, np.nan)


def _ordered(window: Floats) -> tuple[Floats, Indices]:
    if not window.shape[1]:
        window = np.full((len(window), 1), np.nan)
    return np.sort(window, axis=1), np.count_nonzero(~np.isnan(window), axis=1)
