"""Actions, approvals and what automation may do, as the API shows and takes them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Type = Annotated[str, Field(pattern=r"^[a-z0-9]+(\.[a-z0-9_]+)+$", max_length=60)]
AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]{2,12}){1,2}-[0-9]$")]
ResourceId = Annotated[str, Field(min_length=1, max_length=2048)]
Comment = Annotated[str, Field(min_length=1, max_length=2000)]
Status = Literal["queued", "preflight", "in_progress", "verifying", "completed", "failed", "rolled_back"]
SavingsStatus = Literal["measuring", "measured", "returned"]
ApprovalStatus = Literal["pending", "approved", "rejected", "expired", "void"]


class ActionOut(BaseModel):
    """`monthly_savings` is what its recommendation projects. `plan` is there once preflight froze it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    type: str
    recommendation_id: UUID | None
    account_id: str
    region: str
    resource_id: str
    requested_by: UUID | None
    requested_by_name: str
    autonomous: bool
    status: Status
    params: dict[str, Any]
    digest: str | None
    requires_approval: bool | None
    risk: Decimal
    monthly_savings: Decimal | None
    currency: str | None
    due_at: datetime
    undoing: bool
    error: str | None
    started_at: datetime | None
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ActionPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ActionOut]
    next_cursor: str | None


class StepOut(BaseModel):
    """`intended` means that the call may or may not have been made; `landed` that a read showed it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    direction: Literal["forth", "back"]
    number: int
    name: str
    status: Literal["intended", "landed", "refused"]
    attempts: int
    intended_at: datetime
    settled_at: datetime | None


class ActionEventOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: int
    ts: datetime
    message: str
    details: dict[str, Any]


class ActionSavingsOut(BaseModel):
    """`projected_monthly` is what was promised, `measured_monthly` what the bill shows; it may be negative.

    `expected_daily` is what a day would cost without the change. `reason` says why nothing is measured yet.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    action_id: UUID
    type: str
    account_id: str
    resource_id: str
    finished_at: datetime
    status: SavingsStatus
    reason: str | None
    currency: str
    before_daily: Decimal | None
    after_daily: Decimal | None
    expected_daily: Decimal | None
    projected_monthly: Decimal | None
    measured_monthly: Decimal | None
    confidence: Decimal | None
    before_from: date
    before_until: date
    after_from: date
    after_until: date | None
    measured_at: datetime


class SavingsPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ActionSavingsOut]
    next_cursor: str | None


class ActionDetailOut(ActionOut):
    """`savings` is null until a completed change is first looked up on the bill."""

    plan: dict[str, Any] | None
    result: dict[str, Any] | None
    steps: list[StepOut]
    events: list[ActionEventOut]
    savings: ActionSavingsOut | None


class NewAction(BaseModel):
    """The recommendation to carry out, or an accepted tag proposal, or a type with its resource.

    `params` are the type's; with a recommendation they go before those that it proposes itself. A tag proposal brings
    every tag that was accepted for its resource, as `tags.add`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recommendation_id: UUID | None = None
    tag_proposal_id: UUID | None = None
    type: Type | None = None
    account_id: AccountId | None = None
    region: Region | None = None
    resource_id: ResourceId | None = None
    params: dict[str, Any] = {}


class PlanOut(BaseModel):
    """What a run would do, frozen by `digest`. Nothing was changed to find it out."""

    model_config = ConfigDict(frozen=True)

    plan: dict[str, Any]
    digest: str


class ActionTypeOut(BaseModel):
    """What somebody has to know before he allows such a change."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    risk: Decimal
    restarts: bool
    loses: str | None
    undone_by: str | None


class ActionTypeList(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ActionTypeOut]
    next_cursor: str | None = None


class ApprovalOut(BaseModel):
    """`approver_role` is who may decide: cfo means a finance approver. `digest` is the plan that it is bound to."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    action_id: UUID
    recommendation_id: UUID | None
    digest: str
    requested_by: UUID | None
    requested_by_name: str
    approver_role: Literal["system", "approver", "admin", "cfo"]
    approvals_needed: int
    status: ApprovalStatus
    comments: str | None
    expires_at: datetime
    decided_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ApprovalListedOut(ApprovalOut):
    action: ActionOut


class ApprovalPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ApprovalListedOut]
    next_cursor: str | None


class DecisionOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    user_id: UUID
    user_name: str
    decision: Literal["approved", "rejected"]
    comment: str | None
    decided_at: datetime


class ApprovalDetailOut(ApprovalListedOut):
    plan: dict[str, Any] | None
    decisions: list[DecisionOut]


class Word(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    comment: Comment | None = None


class ConfiguredOut(BaseModel):
    """`value` is null for a key that is not set, which permits nothing."""

    model_config = ConfigDict(frozen=True)

    key: str
    value: str | None
    example: str
    description: str
    updated_by: str | None
    updated_at: datetime | None


class Configuration(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ConfiguredOut]
    next_cursor: str | None = None


class NewValue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str = Field(max_length=2000)


class ArtifactOut(BaseModel):
    """`content` is the artifact as it was kept; `intact` whether its SHA-256 is the one in the action's result."""

    model_config = ConfigDict(frozen=True)

    name: str
    path: str
    sha256: str
    bytes: int
    intact: bool
    content: Any
