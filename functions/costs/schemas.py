"""Costs and deliveries as the API shows them. Money is a decimal string beside its currency."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class CostItem(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    period_start: date
    group: str | None
    currency: str
    billed_cost: Decimal
    effective_cost: Decimal
    list_cost: Decimal | None


class CostList(BaseModel):
    """`data_through` is the last day with usage. `end` is exclusive."""

    model_config = ConfigDict(frozen=True)

    items: list[CostItem]
    next_cursor: str | None = None
    group_by: str
    granularity: Literal["daily", "monthly"]
    start: date
    end: date
    data_through: date | None


class DeliveryOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    source: str
    export_name: str
    billing_account_id: str
    period: date | None
    version: str
    assembled_at: datetime
    grain: str
    status: str
    reason: str | None
    bucket: str
    files: list[str]
    parts: int
    parts_loaded: int
    source_rows: int
    totals: dict[str, Decimal]
    first_day: date | None
    last_day: date | None
    estimated_days: list[date]
    created_at: datetime
    published_at: datetime | None


class DeliveryPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[DeliveryOut]
    next_cursor: str | None


class SourcePreference(BaseModel):
    """Which source of a billing account is added up; the others are kept for reconciliation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    billing_account_id: str = Field(min_length=1)
    source: Literal["cur2", "cur1", "focus", "cost_explorer"]


class ReconciledCostOut(BaseModel):
    """Ours and theirs of one account, service and day; null where that side has no charge."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    period: date
    billing_account_id: str
    against_id: UUID
    against_source: str
    against_export_name: str
    account_id: str
    service: str
    day: date
    currency: str
    ours: Decimal | None
    theirs: Decimal | None
    difference: Decimal
    tolerance: Decimal
    estimated: bool
    status: Literal["agrees", "differs", "missing"]


class ReconciliationCountsOut(BaseModel):
    """Of all pages, whichever status was asked for; told with the first page."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    agrees: int
    differs: int
    missing: int


class ReconciliationPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ReconciledCostOut]
    counts: ReconciliationCountsOut | None
    next_cursor: str | None


class CostExplorerBudget(BaseModel):
    """How many calls are allowed per UTC day; AWS takes 0.01 USD for each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    daily_calls: int = Field(ge=0, le=10_000)


class CostExplorerSpendingOut(BaseModel):
    model_config = ConfigDict(frozen=True)

    daily_calls: int
    calls_today: int
    refused_today: int
    cost_today: Decimal
    currency: Literal["USD"] = "USD"
