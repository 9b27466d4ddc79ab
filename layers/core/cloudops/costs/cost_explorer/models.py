"""What a tenant lets Cost Explorer be asked."""

from dataclasses import dataclass
from decimal import Decimal

CALL_COST = Decimal("0.01")
"""USD per request, aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing."""
DEFAULT_DAILY_CALLS = 20


@dataclass(frozen=True, kw_only=True)
class Spending:
    """The budget of calls per UTC day, and what became of it today."""

    daily_calls: int
    calls: int
    refused: int

    @property
    def cost(self) -> Decimal:
        return self.calls * CALL_COST
