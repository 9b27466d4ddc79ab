from decimal import Decimal

import pytest

from cloudops.money import Money, in_thousandths


def test_amounts_of_one_currency_add_up() -> None:
    total = Money(currency="USD", amount=Decimal("0.1")) + Money(currency="USD", amount=Decimal("0.2"))

    assert total == Money(currency="USD", amount=Decimal("0.3"))


def test_currencies_are_never_added() -> None:
    with pytest.raises(ValueError, match="EUR and USD are never added"):
        Money(currency="EUR", amount=Decimal(1)) + Money(currency="USD", amount=Decimal(1))


def test_an_amount_is_shown_with_its_currency() -> None:
    assert str(Money(currency="EUR", amount=Decimal("-1234.5"))) == "-1,234.50 EUR"


@pytest.mark.parametrize(
    ("amount", "thousandths"),
    [("12.5", 12_500), ("0.0005", 0), ("0.0015", 2), ("-0.0015", -2), ("1e20", 10**23), ("0", 0)],
)
def test_autopilot_carries_thousandths_rounded_half_to_even(amount: str, thousandths: int) -> None:
    assert in_thousandths(Decimal(amount)) == thousandths
