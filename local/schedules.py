"""EventBridge's schedules: rate(...) and cron(...) expressions, checked once a minute, in UTC."""

import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from local.clock import Clock, SystemClock
from local.errors import LocalError
from local.functions import FunctionError, Invoker
from local.template import Schedule

logger = logging.getLogger(__name__)
MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}
MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}
WEEKDAYS = {
    name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)
}
Due = Callable[[datetime], bool]
# A machine that slept runs each missed minute of the last hour, and no older one.
MISSED_AT_MOST = timedelta(hours=1)


class Scheduler:
    """Invokes what is due, one thread for all; a function that fails is logged and runs at its next time.

    Rates count from `start`, or from the clock's time where it is not given.
    """

    def __init__(
        self,
        schedules: Iterable[Schedule],
        *,
        functions: Invoker,
        clock: Clock | None = None,
        start: datetime | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._last = self._clock.now()
        self._entries = [
            (schedule, due_at(schedule.expression, start=start or self._last))
            for schedule in schedules
            if schedule.enabled
        ]
        self._functions = functions
        self._stopped = threading.Event()
        self._firing = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="scheduler")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def run_due(self, at: datetime) -> None:
        """Runs the schedules of the minute that `at` lies in."""
        for schedule, due in self._entries:
            if due(at.replace(second=0, microsecond=0)):
                self._run(schedule)

    def catch_up(self, *, at_most: timedelta | None = None) -> None:
        """Runs, minute by minute, what became due since the last look; `at_most` so long ago."""
        with self._firing:
            now = self._clock.now()
            after = self._last if at_most is None else max(self._last, now - at_most)
            for minute in minutes_between(after, now):
                self.run_due(minute)
            self._last = max(self._last, now)

    def _run(self, schedule: Schedule) -> None:
        try:
            self._functions.invoke(schedule.function, schedule.event)
        except FunctionError as error:
            logger.warning("schedule %s failed: %s", schedule.name, error)

    def _work(self) -> None:
        while not self._stopped.wait(1):
            self.catch_up(at_most=MISSED_AT_MOST)


def minutes_between(after: datetime, until: datetime) -> Iterable[datetime]:
    minute = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while minute <= until:
        yield minute
        minute += timedelta(minutes=1)


def due_at(expression: str, *, start: datetime) -> Due:
    """Whether a minute is due; rates count from `start`. Raises LocalError for what is no schedule."""
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if rate and int(rate[1]):
        return _every(int(rate[1]) * MINUTES[rate[2]], start)
    cron = re.fullmatch(r"cron\((.+)\)", expression)
    fields = cron[1].split() if cron else []
    if len(fields) != 6:
        raise LocalError(f"{expression} is no schedule")
    return _on(fields, expression)


def _every(minutes: int, start: datetime) -> Due:
    first = start.replace(second=0, microsecond=0)

    def due(at: datetime) -> bool:
        passed = int((at - first).total_seconds()) // 60
        return passed > 0 and passed % minutes == 0

    return due


def _on(fields: list[str], expression: str) -> Due:
    try:
        minute, hour, day, month, weekday, year = (
            _values(field, names, first, last)
            for field, names, first, last in zip(
                fields,
                ({}, {}, {}, MONTHS, WEEKDAYS, {}),
                (0, 0, 1, 1, 1, 1970),
                (59, 23, 31, 12, 7, 2199),
                strict=True,
            )
        )
    except ValueError as error:
        raise LocalError(f"{expression} is no schedule this machine understands") from error
    return lambda at: (
        at.minute in minute
        and at.hour in hour
        and at.day in day
        and at.month in month
        and at.isoweekday() % 7 + 1 in weekday
        and at.year in year
    )


def _values(field: str, names: Mapping[str, int], first: int, last: int) -> frozenset[int]:
    return frozenset(value for part in field.split(",") for value in _span(part, names, first, last))


def _span(part: str, names: Mapping[str, int], first: int, last: int) -> range:
    span, _, step = part.partition("/")
    if span in {"*", "?"}:
        return range(first, last + 1, int(step or 1))
    low, _, high = span.partition("-")
    start = _number(low, names)
    end = _number(high, names) if high else last if step else start
    if not first <= start <= end <= last:
        raise ValueError(part)
    return range(start, end + 1, int(step or 1))


def _number(text: str, names: Mapping[str, int]) -> int:
    return names[text.upper()] if text.upper() in names else int(text)
