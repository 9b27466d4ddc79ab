"""Guessing made slow: after five failures in a row each further one doubles the wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Failures:
    count: int
    wait_until: datetime


class Attempts:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html (lockout behavior)"""

    def __init__(self) -> None:
        self._failures: dict[str, Failures] = {}

    def blocked(self, name: str, *, now: datetime) -> bool:
        failures = self._failures.get(name)
        return failures is not None and now < failures.wait_until

    def failed(self, name: str, *, now: datetime) -> None:
        before = self._failures.get(name)
        count = before.count + 1 if before else 1
        wait = (
            timedelta(seconds=2 ** min(count - FREE_FAILURES, 10)) if count >= FREE_FAILURES else timedelta()
        )
        self._failures[name] = Failures(count=count, wait_until=now + min(wait, LONGEST_WAIT))

    def succeeded(self, name: str) -> None:
        self._failures.pop(name, None)
