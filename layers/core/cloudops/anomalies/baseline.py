"""What a day should cost: weekday profile, trend-corrected level, place in the month, and how wrong that usually is."""

import numpy as np

from cloudops.anomalies.ledger import UNBORN, Ledger
from cloudops.anomalies.models import Bools, Floats
from cloudops.anomalies.order_statistics import count_known, known_or_zero, median, newest, spread

SETTLED_AFTER = 2
"""A day is settled two evaluations later."""
LEVEL_DAYS = 9
LEVEL_REACH = 30
TREND_DAYS = 14
NOISE_DAYS = 56
MEMORY_DAYS = 112
PROFILE_WEEKS = 8
LEAST_NOISE = 0.02
UNKNOWN_NOISE = 0.10
STEEPEST = 0.05
"""Natural logarithm per day."""
OUT_OF_THE_ORDINARY = 4.0
STILL_OUT = 2.5
CUSUM_SLACK = 0.75
CUSUM_CLIP = 4.0


def settle(ledger: Ledger, today: int) -> None:
    """Take in the day that has just settled."""
    day = today - SETTLED_AFTER
    if day < 0:
        return
    cost = ledger.panel.settled[:, day]
    ledger.history += ~np.isnan(cost)
    ledger.born = np.where((ledger.born == UNBORN) & (cost > ledger.offset / 10), day, ledger.born)
    ledger.log_cost[:, day] = np.where(
        ledger.born <= day, np.log(np.maximum(cost, 0) + ledger.offset), np.nan
    )
    _count_idle(ledger, day)
    strange = _judge_settled(ledger, day)
    ledger.strange_days = np.where(strange, ledger.strange_days + 1, 0)
    ledger.clean[:, day] = np.where(strange, np.nan, ledger.log_cost[:, day])
    _learn_weekday(ledger, day - 3)
    ledger.weekly[:, day] = median(_unseasoned(ledger, day - 6, day + 1), at_least=4)


def forecast(ledger: Ledger, today: int) -> None:
    """Write today's routine, expected cost and noise."""
    end = today - SETTLED_AFTER + 1
    start = max(0, end - LEVEL_REACH)
    if end < 1:
        return
    level = _level(_unseasoned(ledger, start, end), np.arange(start, end), today)
    ledger.routine[:, today] = level + ledger.profile[:, ledger.panel.calendar.weekday[today]]
    ledger.sigma[:, today] = _noise(ledger, end)
    _expect_month(ledger, today)
    ledger.expected[:, today] = ledger.routine[:, today] + ledger.month_effect[:, today]


def _count_idle(ledger: Ledger, day: int) -> None:
    for sign, at in ((1, day), (-1, day - MEMORY_DAYS)):
        if at >= 0:
            ledger.idle += sign * ((ledger.born <= at) & (ledger.panel.settled[:, at] <= ledger.offset / 10))


def _judge_settled(ledger: Ledger, day: int) -> Bools:
    residual = ledger.log_cost[:, day] - ledger.expected[:, day]
    z = residual / ledger.sigma[:, day]
    limit = np.where(ledger.open & (ledger.started <= day), STILL_OUT, OUT_OF_THE_ORDINARY)
    strange = (np.abs(z) > limit) | ledger.panel.planned[:, day]
    ledger.surprise[:, day] = ledger.log_cost[:, day] - ledger.routine[:, day]
    ledger.residual[:, day] = np.where(strange, np.nan, residual)
    explained = residual <= ledger.month_high[:, day] + ledger.sigma[:, day]
    forgotten = ledger.open | ledger.panel.planned[:, day] | explained
    ledger.past[:, day] = np.where(forgotten, 0.0, known_or_zero(residual))
    _accumulate(ledger, day, np.where(explained, 0.0, z))
    return strange


def _accumulate(ledger: Ledger, day: int, z: Floats) -> None:
    before = ledger.drift[:, day - 1] if day else np.zeros(len(z))
    step = np.clip(known_or_zero(z), -CUSUM_CLIP, CUSUM_CLIP) - CUSUM_SLACK
    ledger.drift[:, day] = np.maximum(0.0, before + step)


def _learn_weekday(ledger: Ledger, day: int) -> None:
    if day < 0:
        return
    cost = ledger.log_cost[:, day]
    ledger.weekday_deviation[:, day] = cost - median(
        ledger.log_cost[:, max(0, day - 3) : day + 4], at_least=5
    )
    same = ledger.weekday_deviation[:, day::-7][:, :PROFILE_WEEKS]
    # A pseudo-observation of no effect shrinks the median of few weeks and hardly touches that of many.
    ledger.profile[:, ledger.panel.calendar.weekday[day]] = median(np.c_[same, np.zeros(len(same))])


def _unseasoned(ledger: Ledger, start: int, end: int) -> Floats:
    days = slice(max(0, start), end)
    return (
        ledger.clean[:, days]
        - ledger.month_effect[:, days]
        - ledger.profile[:, ledger.panel.calendar.weekday[days]]
    )


def _level(window: Floats, days: np.ndarray, today: int) -> Floats:
    recent = newest(window, LEVEL_DAYS)
    older = window[:, : max(0, window.shape[1] - TREND_DAYS)]
    rise = median(recent) - (median(older, at_least=5) if older.shape[1] else np.nan)
    apart = (LEVEL_REACH + 1 - LEVEL_DAYS / 2) - (LEVEL_REACH - TREND_DAYS) / 2
    slope = np.clip(known_or_zero(rise / apart), -STEEPEST, STEEPEST) / 2
    return median(recent + slope[:, None] * (today - days), at_least=4)


def _expect_month(ledger: Ledger, today: int) -> None:
    """The same place of at most six earlier months says what to expect, or at least what is explained."""
    before = list(ledger.panel.calendar.same_position[today][-6:])
    if before:
        earlier = ledger.surprise[:, before]
        effect = _agreed_effect(earlier, ledger.sigma[:, today])
        ledger.month_effect[:, today] = effect
        ledger.month_high[:, today] = np.fmax.reduce(earlier, axis=1, initial=-np.inf) - effect


def _agreed_effect(earlier: Floats, sigma: Floats) -> Floats:
    known = count_known(earlier)
    typical = known_or_zero(median(earlier, at_least=2))
    agreed = np.abs(np.nansum(np.sign(earlier), axis=1)) == known
    return np.where(agreed & (np.abs(typical) > 2 * sigma), typical, 0.0)


def _noise(ledger: Ledger, end: int) -> Floats:
    sigma, known = spread(ledger.residual[:, max(0, end - NOISE_DAYS) : end])
    sigma = np.where(known < 5, UNKNOWN_NOISE, np.maximum(known_or_zero(sigma), LEAST_NOISE))
    return sigma * (1 + 4 / np.maximum(known, 4))
