"""Who allowed a plan. Words only; the use cases are in `approving`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cloudops.errors import ConflictError, ForbiddenError, NotFoundError

# Long enough for a weekend; after that the plan is too old to be trusted.
VALID_FOR = timedelta(days=7)


class ApprovalRequestNotFoundError(NotFoundError):
    """There is no such approval request."""


class ApprovalDecidedError(ConflictError):
    """The request was decided already, or has expired."""


class ApproverTooLowError(ForbiddenError):
    """Your role may not approve this."""


class OwnRequestError(ForbiddenError):
    """Nobody approves his own request."""


class ApprovalStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    VOID = "void"


@dataclass(frozen=True, kw_only=True)
class ApprovalRequest:
    id: UUID
    action_id: UUID
    recommendation_id: UUID | None
    digest: str
    requested_by: UUID | None
    requested_by_name: str
    approver_role: str
    approvals_needed: int
    status: str
    comments: str | None
    slack_thread_id: str | None
    expires_at: datetime
    decided_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewApprovalRequest:
    id: UUID
    action_id: UUID
    recommendation_id: UUID | None
    digest: str
    requested_by: UUID | None
    requested_by_name: str
    approver_role: str
    approvals_needed: int
    status: ApprovalStatus
    comments: str | None
    expires_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    user_id: UUID
    user_name: str
    decision: str
    comment: str | None
    decided_at: datetime
