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


def decide(record: ActionStep | None, seen: Stand, *, now: datetime) -> Move | GiveUp:
    """A call is made where none was intended and the resource is as approved, or where it is sure that none landed."""
    if record is None:
        return Move.CALL if seen is Stand.BEFORE else CHANGED
    if record.status == StepStatus.REFUSED:
        return GiveUp(reason=f"AWS refused to {record.name}")
    match seen:
        case Stand.AFTER:
            return Move.SETTLE
        case Stand.ELSEWHERE:
            return CHANGED
        case Stand.PASSING:
            return patient(record, now, otherwise=f"to {record.name} did not come to an end")
        case Stand.BEFORE:
            return unmoved(record, now)


def unmoved(record: ActionStep, now: datetime) -> Move | GiveUp:
    """Intended, and nothing to be seen of it. The lease has outlived any call of an earlier worker."""
    if now - record.intended_at < READS_LAG:
        return Move.LOOK_AGAIN
    if record.response is not None:
        return patient(record, now, otherwise=f"AWS agreed to {record.name}, and nothing came of it")
    if record.attempts >= MOST_ATTEMPTS:
        return GiveUp(reason=f"to {record.name} was asked for {record.attempts} times in vain")
    return Move.CALL


def patient(record: ActionStep, now: datetime, *, otherwise: str) -> Move | GiveUp:
    return Move.LOOK_AGAIN if now - record.intended_at < PATIENCE else GiveUp(reason=otherwise)
