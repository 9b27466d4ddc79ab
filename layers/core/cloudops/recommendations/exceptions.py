"""Accept a check's findings with a reason, until a day or until somebody ends it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record, record_all
from cloudops.errors import InvalidError
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.recommendations import coverage_ledger, repository
from cloudops.recommendations import exceptions_registry as registry
from cloudops.recommendations.checks import CHECKS
from cloudops.recommendations.exceptions_registry import CheckException, ExceptionFilter, NewException
from cloudops.recommendations.inventory_checks import INVENTORY_CHECKS
from cloudops.recommendations.life import Known, Status
from cloudops.recommendations.models import Acceptances

__all__ = [
    "CheckException",
    "ExceptionFilter",
    "NewException",
    "accept",
    "end",
    "list_exceptions",
    "standing",
]

CHECK_IDS = frozenset((*(one.id for one in CHECKS), *(one.id for one in INVENTORY_CHECKS)))


def list_exceptions(
    connection: Connection, chosen: ExceptionFilter, *, limit: int, cursor: str | None
) -> Page[CheckException]:
    after = Cursor.decode(cursor) if cursor else None
    rows = registry.list_exceptions(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def accept(connection: Connection, new: NewException, *, actor: Actor, now: datetime) -> CheckException:
    """Close what is open in its scope at once; later runs of the checks leave it closed while the exception stands."""
    check(new, now=now)
    lapse(connection, now=now)
    exception_id = uuid4()
    registry.insert_exception(connection, exception_id, new, created_by=actor.name, now=now)
    accepted = registry.read_exception(connection, exception_id)
    record(connection, event_of(accepted, "created", f"accepted by {actor.name}", actor=actor))
    closed = registry.lock_open_in_scope(connection, new)
    repository.set_status(connection, [one.id for one in closed], Status.EXPIRED, now=now)
    record_all(connection, [closed_event(one, accepted, actor) for one in closed])
    registry.except_coverage(connection, new)
    coverage_ledger.count(connection, check_id=new.check_id)
    return accepted


def check(new: NewException, *, now: datetime) -> None:
    """Raises InvalidError, which names the field."""
    if new.check_id not in CHECK_IDS:
        raise InvalidError("there is no such check", field="check_id")
    if new.resource_id is not None and new.account_id is None:
        raise InvalidError("name the account of the resource", field="account_id")
    if new.until is not None and new.until < now.date():
        raise InvalidError("the day lies in the past", field="until")


def end(connection: Connection, exception_id: UUID, *, actor: Actor, now: datetime) -> CheckException:
    """What it covered is found again by the next run of the checks; ending it twice changes nothing."""
    ended = registry.end_exception(connection, exception_id, ended_by=actor.name, now=now)
    exception = registry.read_exception(connection, exception_id)
    if ended:
        record(connection, event_of(exception, "ended", f"ended by {actor.name}", actor=actor))
    return exception


def standing(connection: Connection, *, now: datetime) -> Acceptances:
    """For a run of the checks. Those whose last day has passed end."""
    lapse(connection, now=now)
    return Acceptances(registry.list_acceptances(connection))


def lapse(connection: Connection, *, now: datetime) -> None:
    lapsed = registry.lapse_exceptions(connection, now=now)
    record_all(
        connection, [event_of(one, "lapsed", f"over since {one.until}", actor=Actor()) for one in lapsed]
    )


def event_of(exception: CheckException, event_type: str, what: str, *, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="check_exception",
        entity_id=str(exception.id),
        event_type=event_type,
        message=f"{exception.check_id} {exception.place}: {what}",
        actor=actor,
        metadata={"new" if event_type == "created" else "old": told(exception)},
    )


def told(exception: CheckException) -> dict[str, Any]:
    return {
        "check_id": exception.check_id,
        "account_id": exception.account_id,
        "resource_id": exception.resource_id,
        "reason": exception.reason,
        "until": exception.until.isoformat() if exception.until else None,
    }


def closed_event(one: Known, exception: CheckException, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="recommendation",
        entity_id=str(one.id),
        event_type="status_changed",
        message=f"{one.title}: {exception.words}",
        actor=actor,
        metadata={
            "old": {"status": one.status},
            "new": {"status": Status.EXPIRED, "check_exception_id": str(exception.id)},
        },
    )
