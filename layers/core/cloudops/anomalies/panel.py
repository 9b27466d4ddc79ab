"""Daily series laid side by side on one calendar, so that each rule runs once per day over all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cloudops.anomalies.models import Bools, CostSettings, DailySeries, Floats, Indices

FIRST_DAYS = 5
LAST_DAYS = 4


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """`weekday` is 0 on Mondays. `same_position` lists the earlier days at the same place of their month."""

    days: tuple[date, ...]
    weekday: Indices
    same_position: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Arrays of shape (series, days). `offset` and `length` say which days belong to a series."""

    calendar: Calendar
    settled: Floats
    first_sight: Floats
    second_sight: Floats
    planned: Bools
    offset: Indices
    length: Indices


def align(series: Sequence[DailySeries], settings: CostSettings) -> Panel:
    first = min(one.first_day for one in series)
    offset = np.array([(one.first_day - first).days for one in series], dtype=np.int64)
    length = np.array([len(one.settled) for one in series], dtype=np.int64)
    days = tuple(first + timedelta(days=n) for n in range(int((offset + length).max())))
    settled = np.full((len(series), len(days)), np.nan)
    sights = np.full((2, *settled.shape), np.nan)
    for row, one in enumerate(series):
        own = slice(offset[row], offset[row] + length[row])
        settled[row, own] = one.settled
        for seen, sight in zip((one.first_sight, one.second_sight), sights, strict=True):
            if seen is not None:
                sight[row, own] = seen
    first_sight, second_sight = np.where(np.isnan(sights), settled, sights)
    return Panel(
        calendar=_calendar(days),
        settled=settled,
        first_sight=first_sight,
        second_sight=second_sight,
        planned=_planned(series, days, settings),
        offset=offset,
        length=length,
    )


def month_position(day: date) -> int | None:
    """0-4 on the first five days of a month, 5-8 on its last four, None between."""
    if day.day <= FIRST_DAYS:
        return day.day - 1
    left = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - day
    return FIRST_DAYS + LAST_DAYS - left.days if left.days <= LAST_DAYS else None


def _calendar(days: tuple[date, ...]) -> Calendar:
    seen: dict[int, list[int]] = {}
    same_position = []
    for index, day in enumerate(days):
        position = month_position(day)
        before = [] if position is None else seen.setdefault(position, [])
        same_position.append(tuple(before))
        before.append(index)
    weekday = np.array([day.weekday() for day in days], dtype=np.int64)
    return Calendar(days=days, weekday=weekday, same_position=tuple(same_position))


def _planned(series: Sequence[DailySeries], days: tuple[date, ...], settings: CostSettings) -> Bools:
    planned = np.zeros((len(series), len(days)), dtype=np.bool_)
    for window in settings.planned:
        inside = np.array([window.first_day <= day <= window.last_day for day in days])
        concerned = np.array([window.key in (None, one.key) for one in series])
        planned |= concerned[:, None] & inside
    return planned
