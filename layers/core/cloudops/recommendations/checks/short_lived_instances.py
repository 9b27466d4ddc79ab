from collections import defaultdict
from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill, BilledUsage
from cloudops.recommendations.models import (
    ActionType,
    Check,
    Component,
    Fine,
    Judgement,
    Kind,
    NotEnoughData,
    PriceRatio,
    Proposal,
    RiskClass,
)
from cloudops.recommendations.prices import ON_THIS_BILL
from cloudops.recommendations.savings import less_per_month, saving_at
from cloudops.recommendations.subjects import Scope, Subject

MOST_HOURS = 6
LEAST_COST = Decimal(10)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    lines = [line for line in subject.ever_metered("BoxUsage") if line.is_on_demand]
    if not lines:
        return None
    if any(line.resource_id is None for line in lines):
        return NotEnoughData(reason="The export names no instances.")
    short = short_lived(lines, bill)
    cost = bill.monthly_cost(short)
    if cost < LEAST_COST:
        return Fine(reason=f"Short-lived instances cost less than {LEAST_COST} {bill.currency} a month.")
    instances = len({line.resource_id for line in short})
    ratio = spot_ratio(subject, bill)
    saving = saving_at(short, bill, ratio) if ratio else None
    return Proposal(
        title=f"Run short-lived instances of {subject.name} on Spot",
        description=f"{instances} instances lived for at most {MOST_HOURS} hours.",
        impact=f"{less_per_month(saving, bill)}."
        if saving
        else f"Part of {cost:,.2f} {bill.currency} a month; this bill shows no Spot rate to reckon with.",
        steps=(
            "Check that the jobs can be interrupted and begun again.",
            "Let the launch template or the job queue ask for Spot, with several instance types.",
        ),
        lines=short,
        saving=saving,
        confidence=Decimal("0.5"),
        facts={"instances": instances},
    )


def short_lived(lines: list[BilledUsage], bill: Bill) -> tuple[BilledUsage, ...]:
    """Lines of instances that are gone again; those still running are judged one by one."""
    hours: dict[str | None, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        hours[line.resource_id] += line.usage_amount
    live = {line.resource_id for line in lines if bill.is_live(line)}
    began_before = {line.resource_id for line in lines if line.first_day == bill.window.start}
    return tuple(
        line
        for line in lines
        if hours[line.resource_id] <= MOST_HOURS and line.resource_id not in live | began_before
    )


def spot_ratio(subject: Subject, bill: Bill) -> PriceRatio | None:
    spot = [line for line in subject.ever_metered("SpotUsage") if line.list_cost]
    list_cost = sum((line.list_cost or ZERO for line in spot), ZERO)
    paid = sum((line.effective_cost for line in spot), ZERO)
    if list_cost <= 0 or paid <= 0:
        return None
    day = bill.last_day.isoformat()
    return PriceRatio(value=paid / list_cost, source=ON_THIS_BILL, as_of=day, confidence=Decimal("0.6"))


SHORT_LIVED_INSTANCES = Check(
    id="EC2-09",
    name="Short-lived instances on demand",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    scope=Scope.ACCOUNT,
    judge=judge,
)
