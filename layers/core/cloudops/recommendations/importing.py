"""Recommendations that another tool made: people may take them on, no executor knows a way to carry one out."""

from datetime import datetime
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.errors import ConflictError
from cloudops.platform.database import Connection
from cloudops.recommendations import repository
from cloudops.recommendations.life import NewRecommendation, Status

IMPORTED = "imported"


class OwnRecommendationError(ConflictError):
    """A recommendation of our own has this id."""


def import_recommendation(
    connection: Connection, new: NewRecommendation, status: Status, *, actor: Actor, now: datetime
) -> UUID:
    """The same id again brings it up to date, but leaves what became of it here."""
    known = repository.lock_known_ids(connection, [new.id])
    if any(one.check_id != IMPORTED for one in known):
        raise OwnRecommendationError(f"{new.id} was not imported")
    if known:
        repository.refresh(connection, [new], now=now)
    else:
        repository.insert(connection, [new], now=now)
    if status is not Status.OPEN and all(one.status == Status.OPEN for one in known):
        repository.set_status(connection, [new.id], status, now=now)
    record(connection, imported_event(new, status, actor))
    return new.id


def imported_event(new: NewRecommendation, status: Status, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="recommendation",
        entity_id=str(new.id),
        event_type="imported",
        message=f"{actor.name} imported the recommendation {new.title}",
        actor=actor,
        project_id=new.project_id,
        metadata={"new": {"status": status, "resource": new.resource_id}},
    )
