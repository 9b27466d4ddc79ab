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
        if self.monthly_spend <= 0:
            return Decimal(0)
        share = self.identified_savings / self.monthly_spend * 100
        return min(max(share, Decimal(0)), Decimal(100)).quantize(Decimal("0.01"))


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """Up to when each kind of figure is known; None where there is none yet."""

    costs_through: date | None
    metrics_through: datetime | None
    inventory_scanned_at: datetime | None
