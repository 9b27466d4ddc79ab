"""A recommendation's life, from the finding or alert it came from to what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from cloudops.errors import ConflictError, NotFoundError
from cloudops.recommendations.models import Coverage, Finding, Json, Verdict

# The bill shows a finished change with some delay; what is found again after that has come back.
SETTLING = timedelta(days=3)


class RecommendationNotFoundError(NotFoundError):
    """There is no such recommendation."""


class WrongStatusError(ConflictError):
    """The recommendation's status does not allow this."""


class Status(StrEnum):
    OPEN = "open"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REJECTED = "rejected"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


# What a person may do by hand; executors and approvals have their own ways.
MOVES: Mapping[Status, frozenset[Status]] = {
    Status.IN_PROGRESS: frozenset((Status.OPEN, Status.APPROVED)),
    Status.DONE: frozenset((Status.IN_PROGRESS,)),
    Status.DISMISSED: frozenset((Status.OPEN, Status.PENDING_APPROVAL, Status.IN_PROGRESS)),
    Status.OPEN: frozenset((Status.IN_PROGRESS, Status.DISMISSED)),
}

# What the action that carries it out may do.
FOLLOWS: Mapping[Status, frozenset[Status]] = {
    Status.PENDING_APPROVAL: frozenset((Status.OPEN,)),
    Status.APPROVED: frozenset((Status.OPEN, Status.PENDING_APPROVAL)),
    Status.REJECTED: frozenset((Status.OPEN, Status.PENDING_APPROVAL)),
    Status.IN_PROGRESS: frozenset((Status.OPEN, Status.PENDING_APPROVAL, Status.APPROVED)),
    Status.DONE: frozenset((Status.APPROVED, Status.IN_PROGRESS)),
    Status.OPEN: frozenset((Status.PENDING_APPROVAL, Status.APPROVED, Status.IN_PROGRESS)),
}


@dataclass(frozen=True, kw_only=True)
class NewRecommendation:
    id: UUID
    project_id: UUID
    check_id: str
    kind: str
    type: str
    severity: str
    title: str
    description: str
    action_steps: str
    impact: str
    overlap_group: str
    risk: Decimal
    confidence: Decimal
    alert_id: UUID | None = None
    owner: str | None = None
    provider: str | None = None
    account_id: str | None = None
    service_name: str | None = None
    region: str | None = None
    resource_id: str | None = None
    current_config: Mapping[str, Json] = field(default_factory=dict)
    recommended_config: Mapping[str, Json] = field(default_factory=dict)
    evidence: Mapping[str, Json] = field(default_factory=dict)
    monthly_savings: Decimal | None = None
    currency: str | None = None
    risk_reduction: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    id: UUID
    project_id: UUID
    alert_id: UUID | None
    check_id: str
    kind: str
    type: str
    severity: str
    status: str
    title: str
    description: str
    action_steps: str
    impact: str
    owner: str | None
    provider: str | None
    account_id: str | None
    service_name: str | None
    region: str | None
    resource_id: str | None
    monthly_savings: Decimal | None
    currency: str | None
    overlap_group: str
    risk: Decimal
    risk_reduction: Decimal | None
    confidence: Decimal
    created_at: datetime
    updated_at: datetime
    done_at: datetime | None
    dismissed_at: datetime | None
    dismissed_reason: str | None
    dismissed_until: date | None


@dataclass(frozen=True, kw_only=True)
class RecommendationDetail(Recommendation):
    current_config: dict[str, Any]
    recommended_config: dict[str, Any]
    evidence: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is stored about a recommendation that a check made."""

    id: UUID
    check_id: str
    status: str
    provider: str | None
    account_id: str | None
    service_name: str | None
    region: str | None
    resource_id: str | None
    title: str
    done_at: datetime | None
    dismissed_until: date | None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """`expired` were found no more; work that somebody took on is left to him."""

    new: tuple[NewRecommendation, ...]
    refreshed: tuple[NewRecommendation, ...]
    reopened: tuple[NewRecommendation, ...]
    expired: tuple[Known, ...]


def recommendation_id(tenant_id: UUID, finding: Finding) -> UUID:
    return uuid5(tenant_id, f"recommendation|{finding.natural_key}")


def recommendation_of(finding: Finding, *, tenant_id: UUID, project_id: UUID) -> NewRecommendation:
    return NewRecommendation(
        id=recommendation_id(tenant_id, finding),
        project_id=project_id,
        check_id=finding.check_id,
        kind=finding.kind,
        type=finding.type,
        severity=finding.severity,
        title=finding.title,
        description=finding.description,
        action_steps=numbered(finding.action_steps),
        impact=finding.impact,
        overlap_group=finding.overlap_group,
        risk=finding.risk,
        confidence=finding.confidence,
        owner=finding.owner,
        provider=finding.provider,
        account_id=finding.account_id,
        service_name=finding.service,
        region=finding.region,
        resource_id=finding.resource_id,
        current_config=finding.current_config,
        recommended_config=finding.recommended_config,
        evidence=finding.evidence,
        monthly_savings=finding.monthly_savings,
        currency=finding.currency,
    )


def numbered(steps: Sequence[str]) -> str:
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))


def changes_of(
    found: Sequence[NewRecommendation],
    coverage: Sequence[Coverage],
    known: Sequence[Known],
    *,
    last_day: date,
    today: date,
) -> Changes:
    """What to store after a run over a bill that ends on `last_day`, given what is stored."""
    stored = {one.id: one for one in known}
    met = [(one, stored[one.id]) for one in found if one.id in stored]
    return Changes(
        new=tuple(one for one in found if one.id not in stored),
        refreshed=tuple(one for one, before in met if before.status == Status.OPEN),
        reopened=tuple(one for one, before in met if comes_back(before, last_day=last_day, today=today)),
        expired=expired(found, coverage, known),
    )


def comes_back(before: Known, *, last_day: date, today: date) -> bool:
    match before.status:
        case Status.EXPIRED:
            return True
        case Status.DISMISSED:
            return before.dismissed_until is not None and before.dismissed_until < today
        case Status.DONE:
            return before.done_at is not None and before.done_at.date() + SETTLING < last_day
        case _:
            return False


def expired(
    found: Sequence[NewRecommendation], coverage: Sequence[Coverage], known: Sequence[Known]
) -> tuple[Known, ...]:
    """Open ones that are found no more, unless this time there was too little to look at."""
    still = {one.id for one in found}
    unknown = {
        (one.check_id, one.provider, one.account_id, one.service, one.region, one.resource_id)
        for one in coverage
        if one.verdict in (Verdict.NOT_ENOUGH_DATA, Verdict.NO_PERMISSION)
    }
    return tuple(
        one
        for one in known
        if one.id not in still
        and one.status in (Status.OPEN, Status.PENDING_APPROVAL)
        and (one.check_id, one.provider, one.account_id, one.service_name, one.region, one.resource_id)
        not in unknown
    )
