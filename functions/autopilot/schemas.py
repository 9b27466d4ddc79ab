"""The first document's records, field by field. Money is an integer, times 1000; times end with Z."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

# What every JSON parser holds exactly.
LARGEST = 2**53 - 1


def as_text(value: object) -> object:
    """A number is none: nobody could tell seconds from milliseconds."""
    return value if isinstance(value, str) else ""


def with_z(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


Text = Annotated[str, Field(min_length=1, max_length=2048)]
Thousandths = Annotated[int, Field(strict=True, ge=-LARGEST, le=LARGEST)]
Savings = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]
Given = Annotated[AwareDatetime, BeforeValidator(as_text)]
Shown = Annotated[datetime, PlainSerializer(with_z, return_type=str, when_used="json")]
Risk = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
Usage = Annotated[Decimal, Field(max_digits=12, decimal_places=6)]
Number = PlainSerializer(float, return_type=float, when_used="json")
Json = dict[str, Any]

Type = Literal["resize", "terminate", "storage-class", "reserved-instance", "schedule"]
Priority = Literal["critical", "high", "medium", "low"]
Outcome = Literal["success", "failed", "in-progress"]
Decision = Literal["pending", "approved", "rejected"]


class Out(BaseModel):
    model_config = ConfigDict(
        frozen=True, from_attributes=True, alias_generator=to_camel, validate_by_name=True
    )


class In(BaseModel):
    """What the document says is generated may be left out; any other field that it does not name is refused."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, extra="forbid")

    id: UUID | None = None
    created_at: Given | None = None


class AwsResourceOut(Out):
    id: UUID
    resource_id: str
    resource_type: str
    region: str
    current_config: Json
    utilization_metrics: Json | None
    monthly_cost: int
    last_analyzed: Shown | None
    created_at: Shown


class AwsResourceIn(In):
    resource_id: Text
    resource_type: Text
    region: Text
    current_config: Json
    utilization_metrics: Json | None = None
    monthly_cost: Thousandths
    last_analyzed: Given


class CostReportOut(Out):
    id: UUID
    report_date: Shown
    service_category: str
    resource_id: str | None
    cost: int
    usage: Annotated[Decimal, Number]
    usage_type: str
    region: str
    created_at: Shown


class CostReportIn(In):
    report_date: Given
    service_category: Text
    resource_id: Text | None = None
    cost: Thousandths
    usage: Usage
    usage_type: Text
    region: Text


class AutopilotRecommendationOut(Out):
    id: UUID
    resource_id: str
    type: Type
    priority: Priority
    title: str
    description: str
    current_config: Json
    recommended_config: Json
    projected_monthly_savings: int
    projected_annual_savings: int
    risk_level: Annotated[Decimal, Number]
    status: Literal["pending", "approved", "rejected", "executed"]
    created_at: Shown
    updated_at: Shown


class RecommendationIn(In):
    resource_id: Text
    type: Type
    priority: Priority
    title: Text
    description: Text
    current_config: Json
    recommended_config: Json
    projected_monthly_savings: Savings
    projected_annual_savings: Savings
    risk_level: Risk
    status: Literal["pending", "approved", "rejected", "executed"]
    updated_at: Given | None = None


class HistoryEntryOut(Out):
    """`recommendationId` is null where an action carried out no recommendation."""

    id: UUID
    recommendation_id: str | None
    executed_by: str
    execution_date: Shown
    before_config: Json
    after_config: Json
    actual_savings: int
    status: Outcome
    error_message: str | None
    slack_message_id: str | None
    created_at: Shown


class HistoryEntryIn(In):
    recommendation_id: Text
    executed_by: Text
    execution_date: Given
    before_config: Json
    after_config: Json
    actual_savings: Thousandths
    status: Outcome
    error_message: Text | None = None
    slack_message_id: Text | None = None


class ApprovalRequestOut(Out):
    id: UUID
    recommendation_id: str | None
    requested_by: str
    approver_role: str
    status: Decision
    approved_by: str | None
    approval_date: Shown | None
    comments: str | None
    slack_thread_id: str | None
    created_at: Shown


class ApprovalRequestIn(In):
    recommendation_id: Text
    requested_by: Text
    approver_role: Text
    status: Decision
    approved_by: Text | None = None
    approval_date: Given | None = None
    comments: Text | None = None
    slack_thread_id: Text | None = None


class SystemConfigOut(Out):
    id: UUID
    key: str
    value: str
    description: str | None
    updated_by: str
    updated_at: Shown
    created_at: Shown


class SystemConfigIn(In):
    """Who is signed in sets the key, whatever `updatedBy` says, and the key keeps its own `description`."""

    key: Text
    value: Annotated[str, Field(max_length=2000)]
    description: Text | None = None
    updated_by: Text | None = None
    updated_at: Given | None = None


class AutopilotUserOut(Out):
    """Without the document's password: passwords are kept by the identity provider alone."""

    id: UUID
    username: str
    role: Literal["admin", "user", "cfo"]
    created_at: Shown
