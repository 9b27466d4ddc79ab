"""Gateways and balancers that work, but hardly, or in an old way."""

from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill
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
from cloudops.recommendations.running import always_on
from cloudops.recommendations.savings import less_per_month, saving_of
from cloudops.recommendations.subjects import Subject

LEAST_GB = Decimal(1)
CLASSIC = "LoadBalancing"


def judge_nat(subject: Subject, bill: Bill) -> Judgement | None:
    lines = subject.metered("NatGateway-Hours")
    carried = bill.monthly_amount(subject.ever_metered("NatGateway-Bytes"))
    if not lines or carried == ZERO:
        return None
    if subject.resource_id is None or not always_on(lines, bill):
        return NotEnoughData(reason="One NAT gateway with hours in the whole window is needed.")
    if carried >= LEAST_GB:
        return Fine(reason=f"It carries {carried:,.1f} GB a month.")
    saving = saving_of(lines, bill, basis="its hours are no longer billed once another gateway does its work")
    return Proposal(
        title=f"Merge the NAT gateway {subject.name} into another",
        description=f"{subject.name} carries {carried:.3f} GB a month.",
        impact=f"{less_per_month(saving, bill)}.",
        steps=(
            "Check that its zone may depend on another one: this trades resilience for cost.",
            "Route its subnets to another NAT gateway, then delete it.",
        ),
        lines=lines,
        saving=saving,
        confidence=Decimal("0.4"),
        facts={"gb_per_month": f"{carried:.3f}"},
    )


def judge_classic(subject: Subject, bill: Bill) -> Judgement | None:
    lines = subject.metered("LoadBalancerUsage")
    if not lines:
        return None
    if any(line.operation is None for line in lines):
        return NotEnoughData(reason="The export does not say which type of load balancer it is.")
    classic = tuple(line for line in lines if line.operation == CLASSIC)
    if not classic:
        return Fine(reason="It is a current type.")
    return Proposal(
        title=f"Replace the classic load balancer {subject.name}",
        description=f"{subject.name} is a Classic Load Balancer, the previous generation.",
        impact="A lower price per hour and what newer types can do; traffic decides the rest.",
        steps=(
            "Choose an Application or a Network Load Balancer by its listeners and stickiness.",
            "Build it beside the old one, move DNS with a low TTL, then delete the old one.",
        ),
        lines=classic,
        saving=None,
        confidence=Decimal("0.5"),
        current={"type": "classic"},
        recommended={"type": "application or network"},
    )


SMALL_NAT_GATEWAY = Check(
    id="NET-04",
    name="NAT gateway that hardly carries anything",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.C,
    component=Component.GATEWAY,
    judge=judge_nat,
)

CLASSIC_LOAD_BALANCER = Check(
    id="NET-15",
    name="Classic load balancer",
    kind=Kind.RIGHTSIZING,
    type=ActionType.REVIEW,
    risk=RiskClass.C,
    component=Component.GATEWAY,
    judge=judge_classic,
)
