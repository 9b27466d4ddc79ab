"""List, explain, assign, begin, finish and dismiss recommendations. Making them is `making` and `advising`."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import EventFilter, list_events, record
from cloudops.errors import InvalidError
from cloudops.paging import Page
from cloudops.platform.database import Connection
from cloudops.recommendations import coverage_ledger, exceptions, repository
from cloudops.recommendations.advising import advise
from cloudops.recommendations.life import (
    FOLLOWS,
    MOVES,
    Recommendation,
    RecommendationDetail,
    Status,
    WrongStatusError,
)
from cloudops.recommendations.making import INVENTORY_JOB, JOB, Outcome, make_recommendations
from cloudops.recommendations.paging import Position, page_of
from cloudops.recommendations.repository import RecommendationFilter, Savings

__all__ = [
    "Outcome",
    "RecommendationFilter",
    "Savings",
    "advise",
    "assign",
    "complete",
    "dismiss",
    "follow_action",
    "list_recommendations",
    "make_recommendations",
    "read_coverage",
    "read_savings",
    "reopen",
    "show_recommendation",
    "start",
]


def list_recommendations(
    connection: Connection, chosen: RecommendationFilter, *, limit: int, cursor: str | None
) -> Page[Recommendation]:
    after = Position.decode(cursor) if cursor else None
    rows = repository.list_recommendations(connection, chosen, limit=limit + 1, after=after)
    return page_of(rows, limit)


def show_recommendation(connection: Connection, recommendation_id: UUID) -> RecommendationDetail:
    return repository.read_recommendation(connection, recommendation_id)


def read_savings(connection: Connection) -> list[Savings]:
    return repository.sum_savings(connection)


def read_coverage(connection: Connection) -> tuple[datetime | None, Mapping[str, Mapping[str, int]]]:
    """When the checks last ran, and how many subjects each judged how; one that met none is listed with nothing."""
    judged_at = last_run(connection)
    if judged_at is None:
        return None, {}
    counts = coverage_ledger.count_by_check(connection)
    check_ids = sorted(exceptions.CHECK_IDS | counts.keys())
    return judged_at, {check_id: counts.get(check_id, {}) for check_id in check_ids}


def last_run(connection: Connection) -> datetime | None:
    runs = [EventFilter(entity_type="job", event_type=job) for job in (JOB, INVENTORY_JOB)]
    pages = [list_events(connection, one, limit=1, cursor=None) for one in runs]
    return max((event.created_at for page in pages for event in page.items), default=None)


def start(
    connection: Connection, recommendation_id: UUID, *, actor: Actor, now: datetime
) -> RecommendationDetail:
    return move(connection, recommendation_id, Status.IN_PROGRESS, actor=actor, now=now)


def complete(
    connection: Connection, recommendation_id: UUID, *, actor: Actor, now: datetime
) -> RecommendationDetail:
    return move(connection, recommendation_id, Status.DONE, actor=actor, now=now)


def reopen(
    connection: Connection, recommendation_id: UUID, *, actor: Actor, now: datetime
) -> RecommendationDetail:
    return move(connection, recommendation_id, Status.OPEN, actor=actor, now=now)


def dismiss(
    connection: Connection,
    recommendation_id: UUID,
    *,
    reason: str,
    until: date | None,
    actor: Actor,
    now: datetime,
) -> RecommendationDetail:
    """Set aside for good, or until a day on which it comes back if it still holds."""
    if until is not None and until <= now.date():
        raise InvalidError("the day lies in the past", field="until")
    return move(
        connection, recommendation_id, Status.DISMISSED, actor=actor, now=now, reason=reason, until=until
    )


def move(
    connection: Connection,
    recommendation_id: UUID,
    target: Status,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    until: date | None = None,
) -> RecommendationDetail:
    """Set a status that follows from the present one; setting it again changes nothing."""
    status = repository.lock_recommendation(connection, recommendation_id)
    if status is not target:
        if status not in MOVES[target]:
            raise WrongStatusError(f"it is {status} and cannot become {target}")
        repository.set_status(connection, [recommendation_id], target, now=now, reason=reason, until=until)
        record(connection, moved_event(recommendation_id, status, target, actor, reason))
    return repository.read_recommendation(connection, recommendation_id)


def follow_action(connection: Connection, recommendation_id: UUID, target: Status, *, now: datetime) -> None:
    """Go the way of the action that carries it out; what a person set aside meanwhile stays so."""
    status = repository.lock_recommendation(connection, recommendation_id)
    if status is target or status not in FOLLOWS[target]:
        return
    repository.set_status(connection, [recommendation_id], target, now=now)
    record(connection, moved_event(recommendation_id, status, target, Actor(), None))


def assign(
    connection: Connection, recommendation_id: UUID, *, owner: str | None, actor: Actor, now: datetime
) -> RecommendationDetail:
    before = repository.set_owner(connection, recommendation_id, owner, now=now)
    if before != owner:
        record(connection, assigned_event(recommendation_id, before, owner, actor))
    return repository.read_recommendation(connection, recommendation_id)


def moved_event(
    recommendation_id: UUID, old: Status, new: Status, actor: Actor, reason: str | None
) -> NewEvent:
    return NewEvent(
        entity_type="recommendation",
        entity_id=str(recommendation_id),
        event_type="status_changed",
        message=f"{actor.name} set the recommendation to {new}",
        actor=actor,
        metadata={"old": {"status": old}, "new": {"status": new, "reason": reason}},
    )


def assigned_event(recommendation_id: UUID, old: str | None, new: str | None, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="recommendation",
        entity_id=str(recommendation_id),
        event_type="assigned",
        message=f"{actor.name} gave the recommendation to {new or 'nobody'}",
        actor=actor,
        metadata={"old": {"owner": old}, "new": {"owner": new}},
    )
