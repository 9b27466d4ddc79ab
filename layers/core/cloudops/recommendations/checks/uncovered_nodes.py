"""Nodes that ran on demand all the time, with no commitment to pay for them."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
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
from cloudops.recommendations.prices import (
    COMMITTED_EC2,
    COMMITTED_ELASTICACHE,
    COMMITTED_RDS,
    ON_THIS_BILL,
)
from cloudops.recommendations.running import always_on, percent, share_of_hours
from cloudops.recommendations.savings import less_per_month, saving_at
from cloudops.recommendations.subjects import Subject

LEAST_DAYS = 28
PROVEN_DAYS = 90
STEPS = (
    "First close the findings about its size, its generation and its hours.",
    "Check that it is to stay for at least a year.",
    "Compare a savings plan with a reservation for the fleet, and commit to the lowest steady hour only.",
    "Have finance approve the purchase.",
)


def judge_uncovered(
    meters: tuple[str, ...], published: PriceRatio | None
) -> Callable[[Subject, Bill], Judgement | None]:
    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        lines = subject.metered(*meters)
        if not lines:
            return None
        on_demand = tuple(line for line in lines if line.is_on_demand)
        obstacle = obstacle_of(subject, lines, on_demand, bill)
        return obstacle or propose(subject, on_demand, bill, committed_ratio(bill, meters, published))

    return judge


def obstacle_of(
    subject: Subject, lines: Sequence[BilledUsage], on_demand: Sequence[BilledUsage], bill: Bill
) -> Judgement | None:
    """Why no commitment is proposed; None where one may be."""
    if any(line.pricing_category is None for line in lines):
        return NotEnoughData(reason="The export does not say how it was bought.")
    if not on_demand:
        return Fine(reason="A commitment or spot pays for it.")
    if subject.is_non_production:
        return Fine(reason=f"It belongs to {subject.environment}: stop it at night rather than commit to it.")
    if bill.days < LEAST_DAYS or subject.resource_id is None:
        return NotEnoughData(reason=f"{LEAST_DAYS} days of one resource are needed.")
    if not always_on(on_demand, bill):
        return Fine(reason=f"It ran on demand {percent(share_of_hours(on_demand, bill))} of the time.")
    return None


def propose(
    subject: Subject, on_demand: tuple[BilledUsage, ...], bill: Bill, ratio: PriceRatio | None
) -> Proposal:
    saving = saving_at(on_demand, bill, ratio) if ratio else None
    since = min(line.first_seen or line.first_day for line in on_demand)
    days = (bill.window.end - since).days
    unknown = "A commitment would be cheaper; this bill shows no committed rate to reckon with."
    return Proposal(
        title=f"Cover {subject.name} by a commitment",
        description=f"{subject.name} ran on demand in {percent(share_of_hours(on_demand, bill))} of the hours of "
        f"{bill.days} days, and was first billed {days} days ago.",
        impact=f"{less_per_month(saving, bill)}." if saving else unknown,
        steps=STEPS,
        lines=on_demand,
        saving=saving,
        confidence=confidence_of(ratio, days),
        current={"purchase_option": "on demand"},
        recommended={"purchase_option": "1-year commitment without upfront payment"},
        facts={"running_since": since.isoformat()},
    )


def committed_ratio(bill: Bill, meters: tuple[str, ...], published: PriceRatio | None) -> PriceRatio | None:
    """Committed over list cost on this bill, but never better than the smallest published commitment."""
    share = bill.committed_share_of_list(meters)
    if share is None or (published and share < published.value):
        return published
    day = bill.last_day.isoformat()
    return PriceRatio(value=share, source=ON_THIS_BILL, as_of=day, confidence=Decimal("0.6"))


def confidence_of(ratio: PriceRatio | None, days: int) -> Decimal:
    known = ratio.confidence if ratio else Decimal("0.3")
    return known if days >= PROVEN_DAYS else known / 2


def uncovered_check(check_id: str, name: str, meters: tuple[str, ...], published: PriceRatio | None) -> Check:
    return Check(
        id=check_id,
        name=name,
        kind=Kind.COST_OPTIMIZATION,
        type=ActionType.RESERVED_INSTANCE,
        risk=RiskClass.F,
        component=Component.COMPUTE,
        judge=judge_uncovered(meters, published),
    )


UNCOVERED_EC2 = uncovered_check("EC2-10", "Instance long on demand", ("BoxUsage",), COMMITTED_EC2)
UNCOVERED_RDS = uncovered_check(
    "COM-02", "Database long on demand", ("InstanceUsage:db.", "Multi-AZUsage:db."), COMMITTED_RDS
)
UNCOVERED_ELASTICACHE = uncovered_check(
    "EC-06", "Cache node long on demand", ("NodeUsage:cache.",), COMMITTED_ELASTICACHE
)
UNCOVERED_REDSHIFT = uncovered_check("RS-04", "Warehouse node long on demand", ("Node:",), None)
UNCOVERED_OPENSEARCH = uncovered_check("OPS-02", "Search node long on demand", ("ESInstance:",), None)
