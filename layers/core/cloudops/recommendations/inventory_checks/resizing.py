"""The smallest size of a family that carries the load seen, and what it costs beside the present one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.instance_sizes import half_of
from cloudops.recommendations.instance_types import InstanceType, parse
from cloudops.recommendations.models import PriceRatio
from cloudops.recommendations.savings import ratio_on_bill

# The share of a smaller size that the load may fill, in percent.
FITS = 80
LINEAR = "sizes of a family cost in proportion (public on-demand prices, us-east-1)"
LINEAR_AS_OF = "2026-07-20"


@dataclass(frozen=True, kw_only=True)
class Target:
    current: InstanceType
    wanted: InstanceType
    steps: int

    @property
    def share(self) -> Decimal:
        return Decimal("0.5") ** self.steps


def smaller(instance_type: str, *, loads: Sequence[float], most_steps: int) -> Target | None:
    """`loads` are percentages of the present size; each halving doubles them. None where none fits."""
    current = parse(instance_type)
    if current is None or not loads:
        return None
    wanted, steps, factor = current, 0, 2
    while steps < most_steps and max(loads) * factor <= FITS and (half := half_of(wanted)):
        wanted, steps, factor = half, steps + 1, factor * 2
    return Target(current=current, wanted=wanted, steps=steps) if steps else None


def ratio_of(lines: Sequence[BilledUsage], bill: Bill, target: Target) -> PriceRatio:
    """As the bill shows the smaller size, else in proportion."""
    meter = f"{lines[0].meter.partition(':')[0]}:{target.wanted}"
    shown = ratio_on_bill(lines[0], bill, meter, same_operation=True)
    return shown or PriceRatio(
        value=target.share, source=LINEAR, as_of=LINEAR_AS_OF, confidence=Decimal("0.8")
    )
