"""Policies, their violations, and exceptions from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

type Provider = Literal["aws", "azure", "gcp", "ibm", "oci", "other"]
type PolicyType = Literal["cost_optimization", "compliance", "security", "rightsizing"]
type Effect = Literal["audit", "recommend"]
type Severity = Literal["low", "medium", "high", "critical"]

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
# The share of the risk of a resource, in percent, that is taken away when a violation is mended.
RISK_REDUCTION: Mapping[str, Decimal] = {
    "critical": Decimal(90),
    "high": Decimal(60),
    "medium": Decimal(30),
    "low": Decimal(10),
}


class PolicyStatus(StrEnum):
    """Only enabled ones are evaluated."""

    DRAFT = "draft"
    ENABLED = "enabled"
    DISABLED = "disabled"


class ViolationStatus(StrEnum):
    OPEN = "open"
    SUPPRESSED = "suppressed"
    FIXED = "fixed"


class ExceptionStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


class ScanKind(StrEnum):
    """What a scan evaluates: every enabled policy, or those of type security alone."""

    POLICY = "policy"
    SECURITY = "security"


@dataclass(frozen=True, kw_only=True)
class PolicyFields:
    """What people say about a policy. Without `resource_types` it looks at all, without `scope` at every account."""

    name: str
    description: str = ""
    provider: Provider = "aws"
    type: PolicyType = "compliance"
    effect: Effect = "recommend"
    scope: str | None = None
    status: str = PolicyStatus.DRAFT
    severity: Severity = "medium"
    resource_types: list[str] = field(default_factory=list)
    expression: dict[str, Any]
    remediation: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Policy(PolicyFields):
    id: str
    built_in: bool
    created_at: datetime
    updated_at: datetime

    def editable(self) -> dict[str, Any]:
        return {"id": self.id, **{name: getattr(self, name) for name in PolicyFields.__dataclass_fields__}}


@dataclass(frozen=True, kw_only=True)
class PolicyFilter:
    id: str | None = None
    status: str | None = None
    type: str | None = None
    severity: str | None = None
    provider: str | None = None


@dataclass(frozen=True, kw_only=True)
class Violation:
    id: UUID
    policy_id: str | None
    policy_name: str
    account_id: str
    resource_id: str
    resource_name: str
    resource_type: str
    region: str | None
    team_id: UUID | None
    severity: str
    severity_rank: int
    reason: str
    status: str
    first_seen: datetime
    last_seen: datetime
    fixed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ViolationFilter:
    id: UUID | None = None
    status: str | None = None
    severity: str | None = None
    policy: str | None = None
    resource: str | None = None
    account: str | None = None
    team: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class SeverityCount:
    severity: str
    open: int
    suppressed: int
    fixed: int


@dataclass(frozen=True, kw_only=True)
class NewException:
    """Of a policy, of a resource of an account, or of a policy on a resource."""

    reason: str
    expires_at: datetime
    policy_id: str | None = None
    account_id: str | None = None
    resource_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PolicyException(NewException):
    id: UUID
    status: str
    created_by: UUID | None
    requested_by: str | None
    decided_by: UUID | None
    approver: str | None
    decided_at: datetime | None
    decision: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class ExceptionFilter:
    id: UUID | None = None
    status: str | None = None
    policy: str | None = None
    resource: str | None = None


@dataclass(frozen=True, kw_only=True)
class PolicyScan:
    id: UUID
    kind: str
    requested_at: datetime
    finished_at: datetime | None
    counts: dict[str, Any]
