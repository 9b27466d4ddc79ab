"""Read what is proposed for missing tags, and decide about it.

To accept one writes nothing to the cloud: it waits for somebody to tag the resource, by hand or by an action, and a
later scan that sees the tag there calls it applied.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record_all
from cloudops.compliance.tagging import proposal_repository as repository
from cloudops.compliance.tagging.models import AcceptedTags, Proposal, ProposalStatus
from cloudops.compliance.tagging.proposal_repository import ProposalFilter
from cloudops.errors import ConflictError, NotFoundError
from cloudops.paging import Page, Place
from cloudops.platform.database import Connection

__all__ = ["ProposalFilter", "accept", "accepted_tags", "list_proposals", "reject"]


class ProposalNotFoundError(NotFoundError):
    """There is no such proposal."""


class ProposalDecidedError(ConflictError):
    """The proposal was decided already."""


class ProposalNotAcceptedError(ConflictError):
    """Nobody has accepted the proposal, or the tag is there already."""


def accepted_tags(connection: Connection, proposal_id: UUID) -> AcceptedTags:
    """Everything that was accepted for the proposal's resource."""
    found = repository.find_accepted_tags(connection, proposal_id)
    if found is None:
        raise ProposalNotFoundError
    if not found.tags:
        raise ProposalNotAcceptedError
    return found


def list_proposals(
    connection: Connection, chosen: ProposalFilter, *, limit: int, cursor: str | None
) -> Page[Proposal]:
    """The most certain first."""
    after: tuple[str, str] | None = None
    if cursor:
        confidence, row_id = Place.decode(cursor, finite, UUID).key
        after = confidence, row_id
    rows = repository.list_proposals(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Place(key=(str(row.confidence), str(row.id))))


def finite(text: str) -> Decimal:
    number = Decimal(float(text))
    if not number.is_finite():
        raise ValueError(text)
    return number


def accept(connection: Connection, ids: Sequence[UUID], *, actor: Actor, now: datetime) -> list[Proposal]:
    return decide(connection, ids, ProposalStatus.ACCEPTED, reason=None, actor=actor, now=now)


def reject(
    connection: Connection, ids: Sequence[UUID], *, reason: str, actor: Actor, now: datetime
) -> list[Proposal]:
    """They are not proposed again."""
    return decide(connection, ids, ProposalStatus.REJECTED, reason=reason, actor=actor, now=now)


def decide(
    connection: Connection,
    ids: Sequence[UUID],
    status: ProposalStatus,
    *,
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> list[Proposal]:
    """All of them or, where one is unknown or was decided before, none."""
    found = repository.lock_proposals(connection, ids)
    if unknown := next((one for one in ids if one not in found), None):
        raise ProposalNotFoundError(
            f"{unknown} is not known; what no longer holds is removed by the next scan"
        )
    if decided := next((one for one in ids if found[one] is not ProposalStatus.OPEN), None):
        raise ProposalDecidedError(f"{decided} is {found[decided]}")
    proposals = repository.decide(connection, ids, status, decided_by=actor.name, reason=reason, now=now)
    record_all(connection, [decided_event(one, actor) for one in proposals])
    return proposals


def decided_event(one: Proposal, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="tag_proposal",
        entity_id=str(one.id),
        event_type="status_changed",
        message=f"{actor.name} {one.status} {one.tag_key}={one.tag_value} for {one.resource_id}",
        actor=actor,
        metadata={
            "old": {"status": ProposalStatus.OPEN},
            "new": {"status": one.status, "reason": one.reason, "tag": {one.tag_key: one.tag_value}},
        },
    )
