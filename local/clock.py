"""What the laptop takes for now: the machine's own time, or one that a test holds and moves."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """Stands still until it is moved, and moves forward only."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs a time with a zone")
        self._now = at.astimezone(UTC)
        self._moving = threading.Lock()

    def now(self) -> datetime:
        return self._now

    def advance(self, span: timedelta) -> None:
        if span < timedelta(0):
            raise ValueError("time does not run backwards")
        with self._moving:
            self._now += span
