"""Money: an amount is a Decimal and always stands beside its currency."""

from dataclasses import dataclass
from decimal import Decimal

THOUSANDTHS = Decimal(1000)


@dataclass(frozen=True, kw_only=True, order=True)
class Money:
    currency: str
    amount: Decimal

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} are never added")
        return Money(currency=self.currency, amount=self.amount + other.amount)

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"


def in_thousandths(amount: Decimal) -> int:
    """The integer x1000 that the Autopilot contract carries, rounded half to even."""
    return int((amount * THOUSANDTHS).to_integral_value())
