from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

DAY = np.timedelta64(1, "D")
MONTH = np.timedelta64(1, "M")


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The days an export covers; `end` is the last one with cost.

    Ages are counted back from `present`, or from the end where it is not given; the days after it have negative ones.
    """

    end: date
    days: int
    present: date | None = None

    @property
    def today(self) -> date:
        return self.present or self.end

    @cached_property
    def dates(self) -> Days:
        last = np.datetime64(self.end, "D")
        return np.arange(last - (self.days - 1) * DAY, last + DAY)

    @cached_property
    def age(self) -> Integers:
        """Days between each day and the present one, which has age 0."""
        ahead = (self.end - self.today).days
        return np.arange(self.days - 1, -1, -1, dtype=np.int64) - ahead

    @cached_property
    def weekday(self) -> Integers:
        """0 is Monday; 1 January 1970 was a Thursday."""
        return (self.dates.astype(np.int64) + 3) % 7

    @cached_property
    def months(self) -> Days:
        return self.dates.astype("datetime64[M]")

    @cached_property
    def day_of_month(self) -> Integers:
        passed: Integers = (self.dates - self.months.astype("datetime64[D]")).astype(np.int64)
        return passed + 1

    @cached_property
    def days_in_month(self) -> Integers:
        return days_in(self.months)

    def span(self, *, from_age: int, length: int | None = None) -> Flags:
        """The `length` days from `from_age` days before the present one on; without a length all that follow."""
        begun: Flags = self.age <= from_age
        return begun if length is None else begun & (self.age > from_age - length)

    def since(self, day: date) -> Flags:
        reached: Flags = self.dates >= np.datetime64(day, "D")
        return reached


def month_ends(months: Days) -> Days:
    """The first day after each month."""
    return (months + MONTH).astype("datetime64[D]")


def days_in(months: Days) -> Integers:
    lengths: Integers = (month_ends(months) - months.astype("datetime64[D]")).astype(np.int64)
    return lengths
