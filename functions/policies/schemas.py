"""Policies, violations and exceptions as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=4000)]
Reason = Annotated[str, Field(min_length=1, max_length=2000)]
Provider = Literal["aws", "azure", "gcp", "ibm", "oci", "other"]
PolicyType = Literal["cost_optimization", "compliance", "security", "rightsizing"]
Effect = Literal["audit", "recommend"]
PolicyStatus = Literal["draft", "enabled", "disabled"]
Severity = Literal["low", "medium", "high", "critical"]
ViolationStatus = Literal["open", "suppressed", "fixed"]
ExceptionStatus = Literal["pending", "approved", "rejected", "expired"]
Account = Annotated[str, Field(min_length=1, max_length=100)]
Resource = Annotated[str, Field(min_length=1, max_length=2048)]
Metadata = Annotated[dict[Annotated[str, Field(max_length=100)], Text], Field(max_length=50)]
Expression = Annotated[
    dict[str, Any],
    Field(
        description='{"all": [...]}, {"any": [...]}, {"not": {...}}, or a test as'
        ' {"field": "tags.environment", "op": "eq", "value": "prod"}',
        examples=[{"field": "configuration.encrypted", "op": "eq", "value": False}],
    ),
]


def once_each(types: list[str]) -> list[str]:
    return sorted(set(types))


def without_defaults(schema: dict[str, Any]) -> None:
    """What a change leaves out stays as it is, so nothing stands in for it."""
    for described in schema["properties"].values():
        described.pop("default", None)


ResourceTypes = Annotated[list[Name], Field(max_length=50), AfterValidator(once_each)]


class PolicyOut(BaseModel):
    """`scope` is the account it looks at, null for all; `resource_types` are empty where it looks at all types."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    name: str
    description: str
    provider: str
    type: PolicyType
    effect: Effect
    scope: str | None
    status: PolicyStatus
    severity: Severity
    resource_types: list[str]
    expression: dict[str, Any]
    remediation: str
    built_in: bool
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class PolicyPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[PolicyOut]
    next_cursor: str | None


class NewPolicy(BaseModel):
    """A resource that `expression` is true of violates it. `remediation` holds one step per line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    description: Text = ""
    provider: Provider = "aws"
    type: PolicyType = "compliance"
    effect: Effect = "recommend"
    scope: Account | None = None
    status: PolicyStatus = "draft"
    severity: Severity = "medium"
    resource_types: ResourceTypes = []
    expression: Expression
    remediation: Text = ""
    metadata: Metadata = {}


class PolicyChange(BaseModel):
    """What is left out stays as it is. Of a built-in policy only status, severity, effect and metadata change."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=without_defaults)

    name: Name = ""
    description: Text = ""
    provider: Provider = "aws"
    type: PolicyType = "compliance"
    effect: Effect = "recommend"
    scope: Account | None = None
    status: PolicyStatus = "draft"
    severity: Severity = "medium"
    resource_types: ResourceTypes = []
    expression: Expression = {}
    remediation: Text = ""
    metadata: Metadata = {}


class PolicyDraft(BaseModel):
    """What a policy would be evaluated by, saved or not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: Provider = "aws"
    scope: Account | None = None
    resource_types: ResourceTypes = []
    expression: Expression


class PolicyMatchOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    account_id: str
    resource_id: str
    name: str
    type: str
    region: str | None
    reason: str


class PolicyPreviewOut(BaseModel):
    """`matches` are the first hundred; `unknown` counts resources that lack what the expression asks about."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    resources: int
    violations: int
    unknown: int
    matches: list[PolicyMatchOut]


class NewScan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["policy", "security"] = "policy"


class QueuedScan(BaseModel):
    """`id` is the scan's, `message_id` the queued message's."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    message_id: UUID


class ScanOut(BaseModel):
    """`counts` of resources looked at and of violations by what became of them; empty until it is finished."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    kind: Literal["policy", "security"]
    requested_at: datetime
    finished_at: datetime | None
    counts: dict[str, int]


class ScanPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ScanOut]
    next_cursor: str | None


class NewImport(BaseModel):
    """Policies of Cloud Custodian as its YAML. Without `dry_run` they are written down as drafts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: Annotated[str, Field(min_length=1, max_length=200_000)]
    severity: Severity = "medium"
    type: PolicyType = "compliance"
    dry_run: bool = False


class TranslatedPolicy(BaseModel):
    """`id` is null after a dry run. `notes` say what was left out."""

    model_config = ConfigDict(frozen=True)

    id: str | None
    name: str
    resource_types: list[str]
    expression: dict[str, Any]
    notes: list[str]


class Imported(BaseModel):
    model_config = ConfigDict(frozen=True)

    policies: list[TranslatedPolicy]


class ViolationOut(BaseModel):
    """`policy_id` is null once the policy was deleted."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    policy_id: str | None
    policy_name: str
    account_id: str
    resource_id: str
    resource_name: str
    resource_type: str
    region: str | None
    team_id: UUID | None
    severity: Severity
    reason: str
    status: ViolationStatus
    first_seen: datetime
    last_seen: datetime
    fixed_at: datetime | None


class ViolationPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ViolationOut]
    next_cursor: str | None


class SeverityCountOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    severity: Severity
    open: int
    suppressed: int
    fixed: int


class SeverityCounts(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[SeverityCountOut]
    next_cursor: str | None = None


class ExceptionOut(BaseModel):
    """`requested_by` and `approver` are e-mail addresses; `decision` is what the approver said."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    policy_id: str | None
    account_id: str | None
    resource_id: str | None
    reason: str
    expires_at: datetime
    status: ExceptionStatus
    created_by: UUID | None
    requested_by: str | None
    decided_by: UUID | None
    approver: str | None
    decided_at: datetime | None
    decision: str | None
    created_at: datetime
    updated_at: datetime


class ExceptionPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ExceptionOut]
    next_cursor: str | None


class NewExceptionIn(BaseModel):
    """Of a policy, of a resource of an account, or of a policy on a resource; a year at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy_id: Name | None = None
    account_id: Account | None = None
    resource_id: Resource | None = None
    reason: Reason
    expires_at: AwareDatetime


class Decision(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Reason
