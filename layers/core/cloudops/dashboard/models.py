"""What a dashboard shows at a glance."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class DashboardMetrics:
    """Money in the tenant's reporting currency, per month."""

    monthly_spend: Decimal
    identified_savings: Decimal
    realized_savings: Decimal
    resources_analyzed: int

    @property
    def waste_percentage(self) -> Decimal:
        """Identified savings in percent of the monthly spend, within 0 and 100."""
        return percent_of(self.identified_savings, self.monthly_spend)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How things stood: the spend of the 30 days before, and savings per month, in the reporting currency."""

    spend: Decimal
    identified_savings: Decimal
    realized_savings: Decimal

    @property
    def waste_percentage(self) -> Decimal:
        return percent_of(self.identified_savings, self.spend)


@dataclass(frozen=True, kw_only=True)
class Summary:
    now: Standing
    before: Standing


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """Up to when each kind of figure is known; None where there is none yet."""

    costs_through: date | None
    metrics_through: datetime | None
    inventory_scanned_at: datetime | None


def percent_of(part: Decimal, whole: Decimal) -> Decimal:
    """Within 0 and 100, and 0 of nothing."""
    if whole <= 0:
        return Decimal(0)
    return min(max(part / whole * 100, Decimal(0)), Decimal(100)).quantize(Decimal("0.01"))
