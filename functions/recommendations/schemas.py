"""Recommendations as the API shows them. Savings are decimal strings per month, in `currency`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class RecommendationOut(BaseModel):
    """`risk` of the change and `risk_reduction` by it are in percent, `confidence` between 0 and 1.

    `action_steps` is a numbered list, one step per line.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

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


class RecommendationPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[RecommendationOut]
    next_cursor: str | None


class OfferedChange(BaseModel):
    """A type of change with its resource and parameters, as /api/v1/actions takes them."""

    model_config = ConfigDict(frozen=True)

    type: str
    account_id: str
    region: str
    resource_id: str
    params: dict[str, Any]


class RecommendationDetailOut(RecommendationOut):
    """`change` is null where people have to carry it out by hand."""

    current_config: dict[str, Any]
    recommended_config: dict[str, Any]
    evidence: dict[str, Any]
    change: OfferedChange | None


class SavingsOut(BaseModel):
    """What is identified and not yet done; of recommendations that overlap only the best counts."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    currency: str
    monthly_savings: Decimal
    recommendations: int


class SavingsList(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[SavingsOut]
    next_cursor: str | None = None


class CheckCoverage(BaseModel):
    """How many subjects a check judged how when it last looked at them, by the bill or by a scan."""

    model_config = ConfigDict(frozen=True)

    check_id: str
    flagged: int = 0
    fine: int = 0
    not_enough_data: int = 0
    no_permission: int = 0
    excepted: int = 0


class CoverageList(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[CheckCoverage]
    next_cursor: str | None = None
    judged_at: datetime | None


class LedgerLineOut(BaseModel):
    """`reason` says why the check came to its verdict; without a resource it is about a service or an account."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    check_id: str
    provider: str
    account_id: str
    service: str | None
    region: str | None
    resource_id: str | None
    source: Literal["bill", "inventory"]
    verdict: Literal["flagged", "fine", "not_enough_data", "no_permission", "excepted"]
    reason: str
    judged_at: datetime


class LedgerPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[LedgerLineOut]
    next_cursor: str | None


class NewCheckException(BaseModel):
    """Without a resource all of the account are meant, without an account all; `until` is its last day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check_id: str = Field(min_length=1, max_length=100)
    account_id: str | None = Field(default=None, min_length=1, max_length=200)
    resource_id: str | None = Field(default=None, min_length=1, max_length=2048)
    reason: str = Field(min_length=1, max_length=500)
    until: date | None = None


class CheckExceptionOut(BaseModel):
    """It stands until `ended_at` is set: by a person, or by "system" once its last day has passed."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    check_id: str
    account_id: str | None
    resource_id: str | None
    reason: str
    until: date | None
    created_by: str
    created_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class CheckExceptionPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[CheckExceptionOut]
    next_cursor: str | None


class Dismissal(BaseModel):
    """Without `until` it is set aside for good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(min_length=1, max_length=500)
    until: date | None = None


class Assignment(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: str | None = Field(min_length=1, max_length=200)
