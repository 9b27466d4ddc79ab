"""Recommendations that violated policies yield: open while the violation is, then closed by the system."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record_all
from cloudops.platform.database import Connection
from cloudops.recommendations import repository
from cloudops.recommendations.life import Changes, Known, NewRecommendation, Status, changes_of
from cloudops.recommendations.making import expire, store

# Somebody took it on, so what ended was his work.
TAKEN_ON = (Status.APPROVED, Status.IN_PROGRESS)
WAITING = (Status.OPEN, Status.PENDING_APPROVAL)


def advice_id(tenant_id: UUID, violation_id: UUID) -> UUID:
    return uuid5(tenant_id, f"recommendation|violation|{violation_id}")


def advise_on_violations(
    connection: Connection,
    found: Sequence[NewRecommendation],
    *,
    came_back: Collection[UUID] = (),
    now: datetime,
) -> int:
    """Make or reopen what stands for open violations; how many are new.

    `came_back` are those whose violation had been fixed: they open again even if somebody had called them done.
    """
    known = repository.lock_known_ids(connection, [one.id for one in found])
    changes = changes_of(found, (), known, last_day=now.date(), today=now.date())
    done = {one.id for one in known if one.status == Status.DONE and one.id in came_back}
    reopened = {one.id for one in changes.reopened} | done
    if found:
        told = Changes(
            new=changes.new,
            refreshed=changes.refreshed,
            reopened=tuple(one for one in found if one.id in reopened),
            expired=(),
        )
        store(connection, told, project_id=found[0].project_id, now=now)
    return len(changes.new)


def close_advice(
    connection: Connection, ids: Sequence[UUID], *, fixed: bool, project_id: UUID, now: datetime
) -> None:
    """`fixed` where the violation is gone, and not merely accepted: then work that somebody took on is done."""
    known = repository.lock_known_ids(connection, ids)
    if fixed:
        complete(connection, [one for one in known if one.status in TAKEN_ON], project_id=project_id, now=now)
    expire(connection, [one for one in known if one.status in WAITING], project_id=project_id, now=now)


def complete(connection: Connection, known: Sequence[Known], *, project_id: UUID, now: datetime) -> None:
    repository.set_status(connection, [one.id for one in known], Status.DONE, now=now)
    record_all(connection, [completed_event(one, project_id) for one in known])


def completed_event(one: Known, project_id: UUID) -> NewEvent:
    return NewEvent(
        entity_type="recommendation",
        entity_id=str(one.id),
        event_type="status_changed",
        message=f"{one.title}: a scan found it mended",
        project_id=project_id,
        metadata={"old": {"status": one.status}, "new": {"status": Status.DONE}},
    )
