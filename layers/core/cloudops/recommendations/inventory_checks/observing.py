"""Whether metrics cover enough time to judge by."""

from cloudops.recommendations.inventory_checks.models import Holding
from cloudops.recommendations.models import NotEnoughData

WINDOW_DAYS = 14
LEAST_DAYS = 7
COMPLETE = 0.95
HOURS_PER_DAY = 24


def too_little_observed(holding: Holding, *, since: object) -> NotEnoughData | None:
    """`since` is when it began to run: before that there is nothing to observe."""
    hours = holding.figure("observedHours") or 0
    if hours < LEAST_DAYS * HOURS_PER_DAY:
        return NotEnoughData(
            reason=f"Its metrics cover {hours / HOURS_PER_DAY:.0f} days; {LEAST_DAYS} are needed."
        )
    age = holding.days_since(since)
    expected = min(WINDOW_DAYS, age if age is not None else WINDOW_DAYS) * HOURS_PER_DAY
    if hours < COMPLETE * expected:
        return NotEnoughData(reason=f"Its metrics cover {hours / expected:.0%} of the time it ran.")
    return None


def not_reported(holding: Holding, *keys: str) -> NotEnoughData | None:
    """A figure that is missing is no 0: nobody knows whether the resource was idle."""
    missing = next((key for key in keys if holding.figure(key) is None), None)
    return NotEnoughData(reason=f"CloudWatch tells no {missing} of it.") if missing else None


def too_young(holding: Holding, *, since: object, least_days: int = WINDOW_DAYS) -> NotEnoughData | None:
    """For what reports nothing while it is idle, so that only its age tells silence from news."""
    age = holding.days_since(since)
    if age is None:
        return NotEnoughData(reason="When it was made is not known.")
    if age < least_days:
        return NotEnoughData(reason=f"It is {age:.0f} days old; {least_days} are needed.")
    return None
