"""What follows from what a read shows of a step. Pure, so that every case stands in a table of its tests."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from cloudops.automation.models import ActionStep, StepStatus
from cloudops.automation.plans import Stand
from cloudops.automation.timing import MOST_ATTEMPTS, PATIENCE, READS_LAG


class Move(Enum):
    CALL = auto()
    SETTLE = auto()
    LOOK_AGAIN = auto()


@dataclass(frozen=True, kw_only=True)
class GiveUp:
    reason: str


CHANGED = GiveUp(reason="somebody changed the resource")


def decide(
    record: ActionStep | None, seen: Stand, *, now: datetime, moved_at: datetime | None = None
) -> Move | GiveUp:
    """A call is made where none was intended and the resource is as approved, or where it is sure that none landed.

    `moved_at` is when this action last did anything to the resource: a read soon after may show what was before.
    """
    if record is None:
        return Move.CALL if seen is Stand.BEFORE else changed(moved_at, now)
    if record.status == StepStatus.REFUSED:
        return refused(record, seen, now)
    match seen:
        case Stand.AFTER:
            return Move.SETTLE
        case Stand.ELSEWHERE:
            return changed(record.intended_at, now)
        case Stand.PASSING:
            return patient(record, now, otherwise=f"to {record.name} did not come to an end")
        case Stand.BEFORE:
            return unmoved(record, now)


def refused(record: ActionStep, seen: Stand, now: datetime) -> Move | GiveUp:
    """A repeated call may be refused because an earlier one, whose answer was lost, did land."""
    gave_up = GiveUp(reason=f"AWS refused to {record.name}")
    if record.attempts == 1:
        return gave_up
    match seen:
        case Stand.AFTER:
            return Move.SETTLE
        case Stand.PASSING:
            return patient(record, now, otherwise=gave_up.reason)
        case _:
            return Move.LOOK_AGAIN if may_lag(record.intended_at, now) else gave_up


def changed(moved_at: datetime | None, now: datetime) -> Move | GiveUp:
    return Move.LOOK_AGAIN if may_lag(moved_at, now) else CHANGED


def may_lag(moved_at: datetime | None, now: datetime) -> bool:
    """Whether a read may still show what was before the last call."""
    return moved_at is not None and now - moved_at < READS_LAG


def unmoved(record: ActionStep, now: datetime) -> Move | GiveUp:
    """Intended, and nothing to be seen of it. The lease has outlived any call of an earlier worker."""
    if may_lag(record.intended_at, now):
        return Move.LOOK_AGAIN
    if record.response is not None:
        return patient(record, now, otherwise=f"AWS agreed to {record.name}, and nothing came of it")
    if record.attempts >= MOST_ATTEMPTS:
        return GiveUp(reason=f"to {record.name} was asked for {record.attempts} times in vain")
    return Move.CALL


def patient(record: ActionStep, now: datetime, *, otherwise: str) -> Move | GiveUp:
    return Move.LOOK_AGAIN if now - record.intended_at < PATIENCE else GiveUp(reason=otherwise)
