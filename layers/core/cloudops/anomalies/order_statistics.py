"""Row-wise order statistics of (rows, window) arrays in which NaN means unknown."""

from math import isnan

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
    first = max(0, window.shape[1] - count)
    kept = window.copy()
    kept[:, :first] = np.nan
    gaps = np.flatnonzero(np.isnan(kept[:, first:]).any(axis=1))
    known = ~np.isnan(window[gaps])
    rank = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
    kept[gaps] = np.where(known & (rank <= count), window[gaps], np.nan)
    return kept


def count_known(window: Floats) -> Indices:
    # Windows are far shorter than 65,536 days, and narrow integers sum several times faster.
    unknown = np.isnan(window).view(np.uint8).sum(axis=1, dtype=np.uint16)
    return np.asarray(window.shape[1] - unknown.astype(np.int64))


def known_or_zero(values: Floats) -> Floats:
    return np.where(np.isnan(values), 0.0, values)


def known_or_none(values: Floats) -> list[float | None]:
    return [None if isnan(value) else value for value in values.tolist()]


def _ordered(window: Floats) -> tuple[Floats, Indices]:
    if not window.shape[1]:
        window = np.full((len(window), 1), np.nan)
    return np.sort(window, axis=1), count_known(window)
