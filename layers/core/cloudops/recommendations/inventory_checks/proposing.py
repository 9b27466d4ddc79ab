"""How inventory checks word a proposal and reckon what it saves."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.inventory_checks.models import Holding
from cloudops.recommendations.models import Json, PriceRatio, Proposal, Saving
from cloudops.recommendations.savings import less_per_month, saving_at, saving_of

NOT_BILLED = "The bill shows no cost of it, so what it saves is unknown."


def proposal(
    bill: Bill,
    *,
    title: str,
    description: str,
    steps: tuple[str, ...],
    lines: tuple[BilledUsage, ...],
    saving: Saving | None,
    confidence: str,
    current: Mapping[str, Json],
    recommended: Mapping[str, Json],
    facts: Mapping[str, Json] | None = None,
    without_saving: str = NOT_BILLED,
) -> Proposal:
    return Proposal(
        title=title,
        description=description,
        impact=f"{less_per_month(saving, bill)}." if saving else without_saving,
        steps=steps,
        lines=lines,
        saving=saving,
        confidence=Decimal(confidence),
        current=current,
        recommended=recommended,
        facts=facts or {},
    )


def saving_when_gone(lines: Sequence[BilledUsage], bill: Bill) -> Saving | None:
    """Everything that the lines cost; None where the bill does not show the resource."""
    return saving_of(lines, bill, basis="its lines end with it") if lines else None


def saving_at_ratio(lines: Sequence[BilledUsage], bill: Bill, ratio: PriceRatio) -> Saving | None:
    return saving_at(lines, bill, ratio) if lines else None


def saving_of_share(lines: Sequence[BilledUsage], bill: Bill, *, share: Decimal, basis: str) -> Saving | None:
    return saving_of(lines, bill, share=share, basis=basis) if lines else None


def facts_of(holding: Holding, *keys: str) -> dict[str, Json]:
    """Figures of the last fourteen days as evidence, as text since evidence carries no floats."""
    found = {key: holding.figure(key) for key in keys}
    return {key: f"{value:g}" for key, value in found.items() if value is not None}
