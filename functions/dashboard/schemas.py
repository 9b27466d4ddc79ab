"""The dashboard's answers: metrics and trends exactly as the first document writes them, and how fresh figures are."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class Metrics(BaseModel):
    """Money is an integer, times 1000."""

    model_config = ConfigDict(frozen=True)

    monthlySpend: int  # noqa: N815
    identifiedSavings: int  # noqa: N815
    realizedSavings: int  # noqa: N815
    resourcesAnalyzed: int  # noqa: N815
    wastePercentage: float = Field(ge=0, le=100)  # noqa: N815


class MonthlyCost(BaseModel):
    """`totalCost` is an integer, times 1000."""

    model_config = ConfigDict(frozen=True)

    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    totalCost: int  # noqa: N815


class FreshnessOut(BaseModel):
    """`costs_through` is the last day with usage; null where nothing came yet."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    costs_through: date | None
    metrics_through: datetime | None
    inventory_scanned_at: datetime | None


class StandingOut(BaseModel):
    """`spend` is that of the 30 days before, savings are per month; all in the tenant's reporting currency."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    spend: Decimal
    identified_savings: Decimal
    realized_savings: Decimal
    waste_percentage: Decimal


class SummaryOut(BaseModel):
    """`before` is 30 days before `now`."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    now: StandingOut
    before: StandingOut
