"""Required tags, scans and proposals as the API shows and takes them. Costs are decimal strings, in `currency`."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

# What AWS takes as keys and values of tags.
Key = Annotated[str, Field(min_length=1, max_length=128)]
Value = Annotated[str, Field(min_length=1, max_length=256)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Percentage = Annotated[Decimal, Field(ge=0, le=100)]
Ids = Annotated[list[UUID], Field(min_length=1, max_length=500)]


class RequiredTagModel(BaseModel):
    """Keys are compared without case, dashes, underscores and blanks; values exactly. Null allows any value."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    key: Key
    allowed_values: Annotated[list[Value], Field(max_length=200)] | None = None


class ExemptionModel(BaseModel):
    """No tags are asked of what fits everything that is named here."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    account_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    resource_type: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    resource_id: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    reason: Text


class RequiredTagsModel(BaseModel):
    """`types` replace `default` for the types that they name, such as "S3" or "EC2"."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    default: Annotated[list[RequiredTagModel], Field(max_length=20)]
    types: Annotated[
        dict[str, Annotated[list[RequiredTagModel], Field(max_length=20)]], Field(max_length=100)
    ] = Field(default_factory=dict)
    exemptions: Annotated[list[ExemptionModel], Field(max_length=200)] = Field(default_factory=list)


class ComplianceScanOut(BaseModel):
    """Counts are null until the scan is completed. Exempt and untaggable resources are in none of the others."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    scan_date: datetime
    status: Literal["in_progress", "completed", "failed"]
    requested_by: str
    total_resources: int | None
    tagged_resources: int | None
    untagged_resources: int | None
    exempt_resources: int | None
    untaggable_resources: int | None
    compliance_percentage: Percentage | None
    scan_duration_seconds: int | None
    reason: str | None


class ComplianceScanPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ComplianceScanOut]
    next_cursor: str | None


class UntaggedResourceOut(BaseModel):
    """`source` says whether a scan of the account saw it or a bill alone; `refused_tags` have a value not allowed."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    scan_id: UUID
    account_id: str
    resource_id: str
    resource_type: str
    resource_arn: str | None
    name: str
    region: str | None
    team_id: UUID | None
    team: str | None
    source: Literal["bill", "inventory"]
    monthly_cost: Decimal
    currency: str
    missing_tags: list[str]
    refused_tags: list[str]
    discovered_at: datetime


class UntaggedResourcePage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[UntaggedResourceOut]
    next_cursor: str | None


class CostScoreOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    currency: str
    total_cost: Decimal
    tagged_cost: Decimal
    by_cost: Decimal | None


class ComplianceScoreOut(BaseModel):
    """`value` is a team's id, an account's number or a type; empty, with a null name, for what no team owns."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    value: str
    name: str | None
    total_resources: int
    tagged_resources: int
    by_count: Percentage | None
    costs: list[CostScoreOut] = Field(validation_alias="lines")


class ComplianceScoreList(BaseModel):
    model_config = ConfigDict(frozen=True)

    scan_id: UUID
    scan_date: datetime
    items: list[ComplianceScoreOut]
    next_cursor: str | None = None


class TagEvidenceOut(BaseModel):
    """Of `tagged` others in `group` that carry the key, `agreeing` have `value`."""

    model_config = ConfigDict(frozen=True)

    source: str
    group: str
    value: str
    agreeing: int
    tagged: int
    text: str


class TagProposalOut(BaseModel):
    """`accepted` says that somebody wants the tag, not that it was written; `applied` that a scan saw it there."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    account_id: str
    resource_id: str
    resource_type: str
    name: str
    region: str | None
    team_id: UUID | None
    tag_key: str
    tag_value: str
    confidence: Decimal
    evidence: list[TagEvidenceOut]
    status: Literal["open", "accepted", "rejected", "applied"]
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    found_at: datetime
    created_at: datetime


class TagProposalPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[TagProposalOut]
    next_cursor: str | None


class DecidedProposals(BaseModel):
    model_config = ConfigDict(frozen=True)

    proposals: list[TagProposalOut]


class Acceptance(BaseModel):
    """All of them or none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: Ids


class Rejection(BaseModel):
    """All of them or none. What is rejected is not proposed again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: Ids
    reason: Text
