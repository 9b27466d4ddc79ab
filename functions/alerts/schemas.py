"""Alerts and limits as the API shows them. Amounts are decimal strings; those of a cost alert are in `currency`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class AlertOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    project_id: UUID
    alert_type: str
    status: str
    severity: str
    title: str
    description: str
    source: str
    provider: str | None
    account_id: str | None
    service_name: str | None
    resource_id: str | None
    metric_name: str | None
    currency: str | None
    rule_name: str
    model_version: str
    observed_value: Decimal
    baseline_value: Decimal | None
    threshold_value: Decimal | None
    excess: Decimal
    window_start: datetime
    window_end: datetime
    data_watermark: datetime
    detected_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str | None
    snoozed_until: datetime | None
    snoozed_by: str | None
    planned_until: date | None
    created_at: datetime
    updated_at: datetime


class AlertPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[AlertOut]
    next_cursor: str | None


class Point(BaseModel):
    """A judged point of the series with its band; null where nothing could be judged."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    observed: float | None
    expected: float | None
    lower: float | None
    upper: float | None
    anomaly: bool


class DriverOut(BaseModel):
    """What moved with the alert, per day."""

    model_config = ConfigDict(frozen=True)

    dimension: str
    value: str
    observed: Decimal
    expected: Decimal
    change: Decimal
    currency: str


class AlertDetailOut(AlertOut):
    series: list[Point]
    drivers: list[DriverOut]


class Snooze(BaseModel):
    """Until when nobody is told of the alert again; at most 30 days ahead."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    until: AwareDatetime


class Resolution(BaseModel):
    """With `planned_until`, no other alert is made of the same signal up to the end of that day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolution: str = Field(default="resolved", min_length=1, max_length=500)
    planned_until: date | None = None


# PostgreSQL would take 131,072 digits, and a service has no name that long.
Threshold = Annotated[Decimal, Field(ge=0, max_digits=24, decimal_places=6)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class LimitOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    alert_type: str
    service_name: str | None
    account_id: str | None
    metric_name: str | None
    resource_id: str | None
    threshold: Decimal
    currency: str | None
    consecutive_points: int
    severity: str
    created_by: str
    created_at: datetime


class LimitPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[LimitOut]
    next_cursor: str | None = None


class NewCostLimit(BaseModel):
    """An alert where a service's daily usage cost in an account is above `threshold`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alert_type: Literal["cost"]
    service_name: Name
    account_id: Name | None = None
    threshold: Threshold
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    consecutive_points: int = Field(default=1, ge=1, le=1000)
    severity: Literal["low", "medium", "high", "critical"] = "high"


class NewMetricLimit(BaseModel):
    """An alert where a metric is above `threshold`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alert_type: Literal["reliability"]
    metric_name: Literal["5xx_count", "p95_latency_ms"]
    resource_id: Name | None = None
    threshold: Threshold
    consecutive_points: int = Field(default=1, ge=1, le=1000)
    severity: Literal["low", "medium", "high", "critical"] = "high"
