"""What commitments cost without being used, and what they leave uncovered."""

from collections.abc import Callable
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
    Proposal,
    RiskClass,
)
from cloudops.recommendations.running import percent
from cloudops.recommendations.subjects import Scope, Subject

WORTH_A_LOOK = Decimal(5)
WANTED_COVERAGE = Decimal("0.80")
LEAST_ON_DEMAND = Decimal(100)
LEAST_DAYS = 28
# These services bill nothing but reservations as a purchase.
RESERVABLE = frozenset(("ec2", "rds", "elasticache", "redshift", "opensearch", "dynamodb"))
ELIGIBLE = ("BoxUsage", "DedicatedUsage", "Fargate-", "Lambda-GB-Second")


def is_savings_plan(line: BilledUsage) -> bool:
    named = f"{line.service} {line.resource_id or ''} {line.usage_type or ''}".lower()
    return "savingsplan" in named or "savings plan" in named or "sp:" in named


def is_reservation(line: BilledUsage) -> bool:
    if is_savings_plan(line):
        return False
    if line.charge_category == "Purchase" and line.family in RESERVABLE:
        return True
    return line.is_committed or "reserved-instances" in (line.resource_id or "").lower()


def is_own_cost(line: BilledUsage) -> bool:
    """A commitment's own line, not usage it covers: a purchase, or the unused part under its own id."""
    if line.charge_category == "Purchase":
        return True
    own_id = any(
        word in (line.resource_id or "").lower() for word in ("savingsplan/", "reserved-instances/", ":ri:")
    )
    return line.is_usage and line.is_committed and own_id


def judge_unused(
    belongs: Callable[[BilledUsage], bool], noun: str, steps: tuple[str, ...]
) -> Callable[[Subject, Bill], Judgement | None]:
    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        own = tuple(line for line in subject.usages if is_own_cost(line) and belongs(line))
        if not own:
            return None
        # What covered usage has used up moved to that usage, so a purchase keeps only its unused part.
        unused = bill.monthly_cost(own)
        if unused < WORTH_A_LOOK:
            return Fine(reason=f"Less than {WORTH_A_LOOK} {bill.currency} a month of it goes unused.")
        return Proposal(
            title=f"Use the {noun} of {subject.name} fully",
            description=f"{unused:,.2f} {bill.currency} a month of {noun} is paid for and not used.",
            impact="The money is committed; used, it replaces on-demand cost elsewhere.",
            steps=steps,
            lines=own,
            saving=None,
            confidence=Decimal("0.8"),
            facts={"unused_per_month": f"{unused:.2f}"},
        )

    return judge


def judge_coverage(subject: Subject, bill: Bill) -> Judgement | None:
    lines = subject.ever_metered(*ELIGIBLE)
    if not lines:
        return None
    if bill.days < LEAST_DAYS or any(line.pricing_category is None for line in lines):
        return NotEnoughData(reason=f"{LEAST_DAYS} days and how usage was bought are needed.")
    on_demand = tuple(line for line in lines if line.is_on_demand)
    covered = sum((line.list_cost or line.effective_cost for line in lines if line.is_committed), ZERO)
    open_cost = sum((line.list_cost or line.effective_cost for line in on_demand), ZERO)
    coverage = covered / (covered + open_cost) if covered + open_cost > 0 else Decimal(1)
    if coverage >= WANTED_COVERAGE or bill.monthly_cost(on_demand) < LEAST_ON_DEMAND:
        return Fine(reason=f"Commitments cover {percent(coverage)} of compute.")
    return Proposal(
        title=f"Review how much compute of {subject.name} is committed",
        description=f"Commitments cover {percent(coverage)} of compute; {percent(WANTED_COVERAGE)} is usual.",
        impact=f"{bill.monthly_cost(on_demand):,.2f} {bill.currency} a month is paid at on-demand rates.",
        steps=(
            "Close findings on idle and oversized compute first.",
            "Take the lowest steady hour of the last 30 days as the most to commit to.",
            "Ask finance to approve a savings plan of that size.",
        ),
        lines=on_demand,
        saving=None,
        confidence=Decimal("0.6"),
        facts={"coverage": f"{coverage:.3f}", "wanted": str(WANTED_COVERAGE)},
    )


UNUSED_SAVINGS_PLAN = Check(
    id="COM-03",
    name="Savings plan not fully used",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.F,
    component=Component.COMMITMENT,
    scope=Scope.ACCOUNT,
    judge=judge_unused(
        is_savings_plan,
        "savings plans",
        (
            "See which hours fall below the commitment, and whether eligible usage runs elsewhere.",
            "Check whether the plan can still be returned.",
            "Move eligible usage under it before buying anything new.",
        ),
    ),
)

UNUSED_RESERVATION = Check(
    id="COM-04",
    name="Reservation not fully used",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.F,
    component=Component.FEES,
    scope=Scope.ACCOUNT,
    judge=judge_unused(
        is_reservation,
        "reservations",
        (
            "See which family, size and region lack matching usage.",
            "Modify or exchange the reservation, or sell it where the marketplace allows.",
            "Move matching usage under it before buying anything new.",
        ),
    ),
)

LOW_COVERAGE = Check(
    id="COM-05",
    name="Little compute is committed",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.A,
    component=Component.COMPUTE,
    scope=Scope.ACCOUNT,
    judge=judge_coverage,
)
