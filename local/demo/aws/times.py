"""Ages of what the demo holds, and times as the emulation keeps them: in UTC, without saying so."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from local.demo.lines import Scenario

OLD = 400
"""Days since most of the demo was made: before its bills begin."""


def ago(scenario: Scenario, days: int = OLD) -> datetime:
    """At noon, so many days before the last one of the bill."""
    return datetime.combine(scenario.timeline.end - timedelta(days=days), time(12))


def this_morning(now: datetime) -> datetime:
    """When the office opened last."""
    at = now.astimezone(UTC).replace(hour=8, minute=0, second=0, microsecond=0, tzinfo=None)
    return at if now.hour >= 8 else at - timedelta(days=1)
