"""Spans of days and months. All days are UTC days; ends are exclusive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass(frozen=True, kw_only=True)
class DateRange:
    """Days from `start` up to, not including, `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"the range ends ({self.end}) before it starts ({self.start})")

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def before(self) -> "DateRange":
        """The equal range right before this one."""
        return DateRange(start=self.start - timedelta(days=self.days), end=self.start)

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.days))
