"""How much of the window something ran."""

from collections.abc import Iterable
from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill, BilledUsage

# A few hours may be missing for a restart or for late data.
ALWAYS = Decimal("0.95")
HOURS_PER_DAY = 24


def share_of_hours(lines: Iterable[BilledUsage], bill: Bill) -> Decimal:
    """Billed hours over the hours of the window; above 1 where several units share a line."""
    hours = sum((line.usage_amount for line in lines), ZERO)
    return hours / (bill.days * HOURS_PER_DAY)


def always_on(lines: Iterable[BilledUsage], bill: Bill) -> bool:
    return share_of_hours(lines, bill) >= ALWAYS


def days_billed(lines: Iterable[BilledUsage]) -> int:
    return max((line.days_billed for line in lines), default=0)


def percent(share: Decimal) -> str:
    return f"{share * 100:.0f} %"
