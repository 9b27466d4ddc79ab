"""Moves of instances to another family of the same size, priced by the bill or by a published ratio."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill, BilledUsage
from cloudops.recommendations.instance_types import InstanceType, instance_type_of
from cloudops.recommendations.models import Fine, Judgement, PriceRatio, Proposal, Saving
from cloudops.recommendations.savings import (
    less_per_month,
    ratio_on_bill,
    saving_at,
    saving_of_amount,
    uncovered,
)
from cloudops.recommendations.subjects import Subject

UNKNOWN_PRICE = Decimal("0.4")


@dataclass(frozen=True, kw_only=True)
class Target:
    """The family to move to, with the price ratio to fall back on where the bill does not show its rate."""

    family: str
    published: PriceRatio | None = None


type Targets = Callable[[InstanceType, BilledUsage], Target | None]


@dataclass(frozen=True, kw_only=True)
class Move:
    current: InstanceType
    target: InstanceType
    lines: tuple[BilledUsage, ...]
    ratio: PriceRatio | None

    @property
    def is_dearer(self) -> bool:
        return self.ratio is not None and self.ratio.value >= 1


def moves(lines: Iterable[BilledUsage], bill: Bill, targets: Targets) -> list[Move]:
    by_meter: dict[str, list[BilledUsage]] = defaultdict(list)
    for line in lines:
        by_meter[line.meter].append(line)
    found = (move_of(tuple(group), bill, targets) for _, group in sorted(by_meter.items()))
    return [move for move in found if move]


def move_of(lines: tuple[BilledUsage, ...], bill: Bill, targets: Targets) -> Move | None:
    line = lines[0]
    current = instance_type_of(line)
    target = targets(current, line) if current else None
    if current is None or target is None:
        return None
    wanted = current.moved_to(target.family)
    meter = f"{line.meter.partition(':')[0]}:{wanted}"
    ratio = ratio_on_bill(line, bill, meter, same_operation=True) or target.published
    return Move(current=current, target=wanted, lines=lines, ratio=ratio)


def judge_moves(
    subject: Subject,
    bill: Bill,
    found: Sequence[Move],
    *,
    why: str,
    steps: tuple[str, ...],
    confidence: Decimal,
) -> Judgement:
    """Propose the moves that are not known to cost more."""
    worth = [move for move in found if not move.is_dearer]
    if not worth:
        reason = "The newer type costs no less here." if found else "It runs on a current type."
        return Fine(reason=reason)
    current = ", ".join(str(move.current) for move in worth)
    target = ", ".join(str(move.target) for move in worth)
    lines = tuple(line for move in worth for line in move.lines)
    saving = saving_of_moves(worth, bill)
    return Proposal(
        title=f"Move {subject.name} from {current} to {target}",
        description=f"{subject.name} ran on {current}. {why}",
        impact=impact_of(saving, bill),
        steps=steps,
        lines=lines,
        saving=saving,
        confidence=confidence * confidence_of(worth),
        current={"instance_type": current},
        recommended={"instance_type": target},
        facts={} if saving else {"saving_unknown": f"This bill shows no rate for {target} in this region."},
    )


def impact_of(saving: Saving | None, bill: Bill) -> str:
    if saving is None:
        return "More performance for the price; how much cheaper is unknown: the bill shows no rate for it."
    return f"{less_per_month(saving, bill)}."


def saving_of_moves(worth: Sequence[Move], bill: Bill) -> Saving | None:
    if len(worth) == 1:
        ratio = worth[0].ratio
        return saving_at(worth[0].lines, bill, ratio) if ratio else None
    lines = [line for move in worth for line in move.lines]
    priced = [(bill.monthly_cost(uncovered(move.lines)), move.ratio) for move in worth if move.ratio]
    if not priced:
        return None
    amount = sum((cost * (1 - ratio.value) for cost, ratio in priced), ZERO)
    return saving_of_amount(lines, bill, amount, "the same use at the target types' share of its net price")


def confidence_of(worth: Sequence[Move]) -> Decimal:
    return min(move.ratio.confidence if move.ratio else UNKNOWN_PRICE for move in worth)
