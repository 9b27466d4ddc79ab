"""An action from the request to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID, uuid5

from cloudops.automation.plans import Plan, plan_of


class ActionStatus(StrEnum):
    QUEUED = "queued"
    PREFLIGHT = "preflight"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"


ENDED = frozenset((ActionStatus.COMPLETED, ActionStatus.FAILED, ActionStatus.ROLLED_BACK))
# The database refuses every other move as well.
TRANSITIONS: Mapping[ActionStatus, frozenset[ActionStatus]] = {
    ActionStatus.QUEUED: frozenset((ActionStatus.PREFLIGHT, ActionStatus.FAILED)),
    ActionStatus.PREFLIGHT: frozenset((ActionStatus.IN_PROGRESS, ActionStatus.FAILED)),
    ActionStatus.IN_PROGRESS: frozenset(
        (ActionStatus.VERIFYING, ActionStatus.FAILED, ActionStatus.ROLLED_BACK)
    ),
    ActionStatus.VERIFYING: frozenset(
        (ActionStatus.COMPLETED, ActionStatus.FAILED, ActionStatus.ROLLED_BACK)
    ),
    ActionStatus.COMPLETED: frozenset(),
    ActionStatus.FAILED: frozenset(),
    ActionStatus.ROLLED_BACK: frozenset(),
}


class PlanAlteredError(ValueError):
    """What is stored is not what was approved."""


class Direction(StrEnum):
    FORTH = "forth"
    BACK = "back"


class StepStatus(StrEnum):
    """INTENDED until a read shows that the call landed; it may have landed, or never been made."""

    INTENDED = "intended"
    LANDED = "landed"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Target:
    account_id: str
    region: str
    resource_id: str


class Intended(Protocol):
    """What a session is asked for by: an action, or one that is only planned."""

    @property
    def id(self) -> UUID: ...
    @property
    def type(self) -> str: ...
    @property
    def target(self) -> Target: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class NewAction:
    """`requested_by` is None where the system asks. `monthly_savings` is what the recommendation projects."""

    id: UUID
    type: str
    target: Target
    requested_by: UUID | None
    requested_by_name: str
    risk: Decimal
    params: Mapping[str, Any] = field(default_factory=dict)
    recommendation_id: UUID | None = None
    autonomous: bool = False
    monthly_savings: Decimal | None = None
    currency: str | None = None

    @property
    def account_id(self) -> str:
        return self.target.account_id


@dataclass(frozen=True, kw_only=True)
class Action:
    id: UUID
    type: str
    recommendation_id: UUID | None
    account_id: str
    region: str
    resource_id: str
    requested_by: UUID | None
    requested_by_name: str
    autonomous: bool
    status: str
    params: dict[str, Any]
    plan: dict[str, Any] | None
    digest: str | None
    requires_approval: bool | None
    risk: Decimal
    monthly_savings: Decimal | None
    currency: str | None
    fence: int
    leased_until: datetime | None
    due_at: datetime
    undoing: bool
    result: dict[str, Any] | None
    error: str | None
    slack_message_id: str | None
    started_at: datetime | None
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime
    stalls: int = 0
    wakes: int = 0
    verifying_since: datetime | None = None

    @property
    def target(self) -> Target:
        return Target(account_id=self.account_id, region=self.region, resource_id=self.resource_id)

    @property
    def frozen_plan(self) -> Plan:
        if self.plan is None:
            raise ValueError(f"action {self.id} has no plan yet")
        plan = plan_of(self.plan)
        if plan.digest != self.digest:
            raise PlanAlteredError(f"the plan of action {self.id} is not the one that its digest speaks of")
        return plan

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    def token(self, direction: Direction, number: int) -> str:
        """What AWS knows one step by, however often it is asked: for calls that take a client token."""
        return str(uuid5(self.id, f"{direction}/{number}"))


@dataclass(frozen=True, kw_only=True)
class ActionStep:
    direction: str
    number: int
    name: str
    status: str
    fence: int
    attempts: int
    response: dict[str, Any] | None
    intended_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ActionEvent:
    id: int
    ts: datetime
    message: str
    details: dict[str, Any]
