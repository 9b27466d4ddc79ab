"""The records of the first document. Money is an integer, times 1000, in the reporting currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cloudops.errors import NotFoundError

type Json = Mapping[str, Any]


class RecordNotFoundError(NotFoundError):
    """There is no such record."""


@dataclass(frozen=True, kw_only=True)
class AwsResource:
    id: UUID
    resource_id: str
    resource_type: str
    region: str
    current_config: Json
    utilization_metrics: Json | None
    monthly_cost: int
    last_analyzed: datetime | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class CostReport:
    id: UUID
    report_date: datetime
    service_category: str
    resource_id: str | None
    cost: int
    usage: Decimal
    usage_type: str
    region: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class RecommendationRecord:
    id: UUID
    resource_id: str
    type: str
    priority: str
    title: str
    description: str
    current_config: Json
    recommended_config: Json
    projected_monthly_savings: int
    projected_annual_savings: int
    risk_level: Decimal
    status: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """`recommendation_id` is None where an action carried out no recommendation."""

    id: UUID
    recommendation_id: str | None
    executed_by: str
    execution_date: datetime
    before_config: Json
    after_config: Json
    actual_savings: int
    status: str
    error_message: str | None
    slack_message_id: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class ApprovalRecord:
    id: UUID
    recommendation_id: str | None
    requested_by: str
    approver_role: str
    status: str
    approved_by: str | None
    approval_date: datetime | None
    comments: str | None
    slack_thread_id: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class ConfigEntry:
    id: UUID
    key: str
    value: str
    description: str | None
    updated_by: str
    updated_at: datetime
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class UserRecord:
    id: UUID
    username: str
    role: str
    created_at: datetime


type Record = (
    AwsResource | CostReport | RecommendationRecord | HistoryEntry | ApprovalRecord | ConfigEntry | UserRecord
)
# What another tool tells, and is kept as told.
type Told = HistoryEntry | ApprovalRecord | CostReport


@dataclass(frozen=True, kw_only=True)
class Entity[R]:
    """A kind of record, by the name of its view."""

    name: str
    record: type[R]


AWS_RESOURCES = Entity(name="aws_resources", record=AwsResource)
COST_REPORTS = Entity(name="cost_reports", record=CostReport)
RECOMMENDATIONS = Entity(name="recommendations", record=RecommendationRecord)
HISTORY = Entity(name="optimization_history", record=HistoryEntry)
APPROVALS = Entity(name="approval_requests", record=ApprovalRecord)
CONFIGURATION = Entity(name="system_config", record=ConfigEntry)
USERS = Entity(name="users", record=UserRecord)
