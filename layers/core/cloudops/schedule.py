"""Schedules as EventBridge writes them: `rate(1 hour)` and `cron(0 6 * * ? *)`, to the minute, in UTC.

Syntax after "Schedule expressions using rate or cron" in the EventBridge user guide, without `L`, `W` and `#`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cloudops.errors import InvalidError

RATE = re.compile(r"rate\(([1-9][0-9]{0,5}) (minute|hour|day)(s?)\)")
CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
LEAP_CYCLE_DAYS = 8 * 366 + 1  # Between two 29ths of February lie up to eight years.


class ScheduleError(InvalidError):
    """The schedule is not one of EventBridge's."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, field="schedule")


@dataclass(frozen=True, kw_only=True)
class Rate:
    every: timedelta

    def next_after(self, moment: datetime) -> datetime:
        return moment + self.every


@dataclass(frozen=True, kw_only=True)
class Cron:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    def next_after(self, moment: datetime) -> datetime | None:
        """The first fitting minute later than `moment`; None where there is none within eight years."""
        for offset in range(LEAP_CYCLE_DAYS):
            day = moment.date() + timedelta(days=offset)
            if self.falls_on(day) and (found := self.first_on(day, moment)):
                return found
        return None

    def falls_on(self, day: date) -> bool:
        return (
            day.day in self.days
            and day.month in self.months
            and day.isoweekday() % 7 + 1 in self.weekdays
            and day.year in self.years
        )

    def first_on(self, day: date, moment: datetime) -> datetime | None:
        minutes = (
            datetime.combine(day, time(hour, minute, tzinfo=moment.tzinfo))
            for hour in sorted(self.hours)
            for minute in sorted(self.minutes)
        )
        return next((one for one in minutes if one > moment), None)


type Schedule = Rate | Cron


def parse_schedule(expression: str) -> Schedule:
    """Raises ScheduleError."""
    if found := RATE.fullmatch(expression):
        return parse_rate(int(found[1]), found[2], plural=bool(found[3]))
    if found := CRON.fullmatch(expression):
        return parse_cron(found.groups())
    raise ScheduleError("it is neither like rate(1 hour) nor like cron(0 6 * * ? *)")


def parse_rate(number: int, unit: str, *, plural: bool) -> Rate:
    if plural != (number > 1):
        raise ScheduleError(f"write rate({number} {unit}{'s' if number > 1 else ''})")
    return Rate(every=timedelta(minutes=number * MINUTES[unit]))


def parse_cron(fields: tuple[str, ...]) -> Cron:
    minute, hour, day, month, weekday, year = fields
    if (day == "?") == (weekday == "?"):
        raise ScheduleError("exactly one of the day of the month and the day of the week has to be ?")
    return Cron(
        minutes=values(minute, "minute", 0, 59),
        hours=values(hour, "hour", 0, 23),
        days=values("*" if day == "?" else day, "day of the month", 1, 31),
        months=values(month, "month", 1, 12, names=numbered(MONTHS)),
        weekdays=values(
            "*" if weekday == "?" else weekday, "day of the week", 1, 7, names=numbered(WEEKDAYS)
        ),
        years=values(year, "year", 1970, 2199),
    )


def numbered(names: list[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names, start=1)}


def values(
    field: str, meaning: str, first: int, last: int, *, names: Mapping[str, int] | None = None
) -> frozenset[int]:
    try:
        spans = [span(part, first, last, names or {}) for part in field.split(",")]
    except ValueError as error:
        raise ScheduleError(f"{field} is no {meaning} from {first} to {last}") from error
    return frozenset(value for one in spans for value in one)


def span(part: str, first: int, last: int, names: Mapping[str, int]) -> range:
    """`*`, `7`, `1-5`, `*/15` or `8-18/2`."""
    whole, slash, step = part.partition("/")
    low, dash, high = whole.partition("-")
    if whole == "*":
        start, end = first, last
    else:
        start = number(low, names)
        end = number(high, names) if dash else last if slash else start
    stride = number(step, {}) if slash else 1
    if not first <= start <= end <= last or stride < 1:
        raise ValueError(part)
    return range(start, end + 1, stride)


def number(text: str, names: Mapping[str, int]) -> int:
    if text.upper() in names:
        return names[text.upper()]
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError(text)
    return int(text)
