"""Addresses, NAT gateways and load balancers that nothing uses."""

from cloudops.recommendations.bill import Bill
from cloudops.recommendations.inventory_checks.models import GET_METRICS, Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.observing import (
    WINDOW_DAYS,
    not_reported,
    too_little_observed,
    too_young,
)
from cloudops.recommendations.inventory_checks.proposing import facts_of, proposal, saving_when_gone
from cloudops.recommendations.models import ActionType, Component, Fine, Judgement, Kind, RiskClass

GATEWAY_LEAST_DAYS = 7
# Requests a day: Trusted Advisor's bound for classic ones; newer ones serve health checks without counting them.
IDLE_REQUESTS = {"ELB": 100, "ALB": 10}
# What has to be known of a kind before it counts as idle.
BALANCER_FIGURES = {
    "ALB": ("requestCount",),
    "ELB": ("requestCount", "processedBytes"),
    "NLB": ("processedBytes",),
    "GWLB": ("processedBytes",),
}
GATEWAY_BYTES = ("bytesOutToDestination", "bytesInFromDestination")
ADDRESS_STEPS = (
    "Check that no DNS record and no partner's allow list contains the address.",
    "Release it; the same address cannot be had again.",
)
GATEWAY_STEPS = (
    "Check that no route table points to it, and that it is not the standby of another zone.",
    "Delete the NAT gateway and release its Elastic IP address.",
)
BALANCER_STEPS = (
    "Check that no DNS record, Auto Scaling group or CloudFront origin refers to it.",
    "Delete the load balancer and its target groups.",
)


def judge_address(holding: Holding, bill: Bill) -> Judgement:
    if holding.status != "unassociated":
        return Fine(reason=f"It serves {holding.configuration.get('associatedWith') or 'something'}.")
    if holding.configuration.get("ownPool"):
        return Fine(reason="It comes from an address range of your own, which costs nothing.")
    address = holding.configuration.get("publicIp")
    return proposal(
        bill,
        title=f"Release the idle address {address}",
        description=f"{address} is billed although nothing uses it.",
        steps=ADDRESS_STEPS,
        lines=holding.live,
        saving=saving_when_gone(holding.live, bill),
        confidence="0.9",
        current={"publicIp": address, "state": "unassociated"},
        recommended={"state": "released"},
    )


def judge_gateway(holding: Holding, bill: Bill) -> Judgement:
    if holding.status != "available":
        return Fine(reason=f"It is {holding.status}.")
    made = holding.configuration.get("createdAt")
    if young := too_young(holding, since=made, least_days=GATEWAY_LEAST_DAYS):
        return young
    carried = sum(holding.figure(key) or 0 for key in GATEWAY_BYTES)
    connections = holding.figure("activeConnections") or 0
    if carried > 0 or connections > 0:
        return Fine(reason=f"It carried {carried / 1e9:.3f} GB over up to {connections:.0f} connections.")
    # An idle one goes on reporting zeros, so silence is no idleness.
    unknown = not_reported(holding, *GATEWAY_BYTES, "activeConnections")
    if unknown or (unknown := too_little_observed(holding, since=made)):
        return unknown
    return proposal(
        bill,
        title=f"Delete the idle NAT gateway {holding.name}",
        description=f"{holding.name} carried nothing in {WINDOW_DAYS} days.",
        steps=GATEWAY_STEPS,
        lines=holding.live,
        saving=saving_when_gone(holding.live, bill),
        confidence="0.85",
        current={"vpcId": holding.configuration.get("vpcId"), "state": "available"},
        recommended={"state": "deleted"},
        facts=facts_of(holding, "bytesOutToDestination", "activeConnections", "observedHours"),
    )


def judge_balancer(holding: Holding, bill: Bill) -> Judgement:
    if young := too_young(holding, since=holding.configuration.get("createdAt")):
        return young
    if used := use_of(holding):
        return Fine(reason=used)
    if unknown := not_reported(holding, *BALANCER_FIGURES[holding.type]):
        return unknown
    return proposal(
        bill,
        title=f"Delete the idle load balancer {holding.name}",
        description=f"{holding.name} received next to nothing in {WINDOW_DAYS} days.",
        steps=BALANCER_STEPS,
        lines=holding.live,
        saving=saving_when_gone(holding.live, bill),
        confidence="0.85",
        current={"type": holding.configuration.get("type"), "state": holding.status},
        recommended={"state": "deleted"},
        facts=facts_of(holding, "requestCount", "processedBytes", "newFlows"),
    )


def use_of(holding: Holding) -> str | None:
    """A classic one that forwards TCP counts no requests, so its bytes count as well."""
    requests = (holding.figure("requestCount") or 0) / WINDOW_DAYS
    if requests >= IDLE_REQUESTS.get(holding.type, 1):
        return f"It served {requests:,.0f} requests a day."
    transferred = holding.figure("processedBytes") or 0
    forwards = holding.type in ("NLB", "GWLB") or "TCP" in (holding.configuration.get("protocols") or ())
    return f"It carried {transferred / 1e9:.3f} GB." if forwards and transferred > 0 else None


IDLE_ADDRESS = InventoryCheck(
    id="NET-01",
    name="Unassociated Elastic IP address",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.C,
    component=Component.ADDRESS,
    types=frozenset(("Elastic IP",)),
    judge=judge_address,
)
IDLE_NAT_GATEWAY = InventoryCheck(
    id="NET-03",
    name="Idle NAT gateway",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.C,
    component=Component.GATEWAY,
    types=frozenset(("NAT Gateway",)),
    judge=judge_gateway,
    needs=(GET_METRICS,),
)
IDLE_LOAD_BALANCER = InventoryCheck(
    id="NET-14",
    name="Idle load balancer",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.C,
    component=Component.GATEWAY,
    types=frozenset(("ALB", "NLB", "GWLB", "ELB")),
    judge=judge_balancer,
    needs=(GET_METRICS,),
)
