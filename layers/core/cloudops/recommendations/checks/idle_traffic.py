"""Things billed by the hour that carried nothing."""

from collections.abc import Callable
from dataclasses import dataclass
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
from cloudops.recommendations.running import days_billed
from cloudops.recommendations.savings import less_per_month, saving_of
from cloudops.recommendations.subjects import Subject

LEAST_DAYS = 7
SURE_DAYS = 28


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """`traffic` are the meters of what it carries; up to `noise` of it per billed hour counts as nothing."""

    noun: str
    hours: str
    traffic: tuple[str, ...]
    noise: Decimal
    confidence: Decimal
    steps: tuple[str, ...]


def judge_idle(carrier: Carrier) -> Callable[[Subject, Bill], Judgement | None]:
    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        lines = subject.metered(carrier.hours)
        if not lines:
            return None
        hours = sum((line.usage_amount for line in lines), ZERO)
        carried = sum((line.usage_amount for line in subject.ever_metered(*carrier.traffic)), ZERO)
        if carried > carrier.noise * hours:
            return busy(subject, carried)
        days = days_billed(lines)
        if days < LEAST_DAYS:
            return NotEnoughData(reason=f"It has been billed for {days} days; {LEAST_DAYS} are needed.")
        saving = saving_of(lines, bill, basis="its hours are no longer billed once it is deleted")
        return Proposal(
            title=f"Delete the idle {carrier.noun} {subject.name}",
            description=f"{subject.name} was billed on {days} days and carried next to nothing.",
            impact=f"{less_per_month(saving, bill)}.",
            steps=carrier.steps,
            lines=lines,
            saving=saving,
            confidence=carrier.confidence if days >= SURE_DAYS else carrier.confidence * Decimal("0.7"),
            current={"hours_billed": str(hours), "carried": str(carried)},
            recommended={"state": "deleted"},
            facts={"carried": str(carried), "days_without_traffic": days},
        )

    return judge


def busy(subject: Subject, carried: Decimal) -> Judgement:
    if subject.resource_id is None:
        return NotEnoughData(
            reason="The export names no resources, so single idle ones cannot be told apart."
        )
    return Fine(reason=f"It carried {carried.normalize():f} units.")


NAT_GATEWAY = Carrier(
    noun="NAT gateway",
    hours="NatGateway-Hours",
    traffic=("NatGateway-Bytes",),
    noise=ZERO,
    confidence=Decimal("0.8"),
    steps=(
        "Check that no route table points to it, and that it is not the standby of another zone.",
        "Delete the NAT gateway and release its Elastic IP address.",
    ),
)

INTERFACE_ENDPOINT = Carrier(
    noun="interface endpoint",
    hours="VpcEndpoint-Hours",
    traffic=("VpcEndpoint-Bytes",),
    noise=ZERO,
    confidence=Decimal("0.8"),
    steps=(
        "Check who resolves its private DNS name.",
        "Delete the endpoint, or keep it in one shared VPC.",
    ),
)

GATEWAY_ENDPOINT = Carrier(
    noun="Gateway Load Balancer endpoint",
    hours="VpcEndpoint-GWLBE-Hours",
    traffic=("VpcEndpoint-GWLBE-Bytes",),
    noise=ZERO,
    confidence=Decimal("0.7"),
    steps=(
        "Ask the network's owner whether inspection policy needs it.",
        "Delete the endpoint and its routes.",
    ),
)

# An hour of one capacity unit is a gigabyte or 25 new connections a second: this is a handful a day.
LOAD_BALANCER = Carrier(
    noun="load balancer",
    hours="LoadBalancerUsage",
    traffic=("LCUUsage", "DataProcessing-Bytes"),
    noise=Decimal("0.0001"),
    confidence=Decimal("0.8"),
    steps=(
        "Check that no DNS record, Auto Scaling group or CloudFront origin refers to it.",
        "Delete the load balancer and its target groups.",
    ),
)

# Only the sending attachment is billed for traffic, so one that merely receives looks idle as well.
TRANSIT_ATTACHMENT = Carrier(
    noun="transit gateway attachment",
    hours="TransitGateway-Hours",
    traffic=("TransitGateway-Bytes",),
    noise=ZERO,
    confidence=Decimal("0.4"),
    steps=(
        "Look at the attachment's BytesIn metric: traffic it receives is billed elsewhere.",
        "Ask whether it is the path of a disaster recovery plan; if not, delete the attachment.",
    ),
)


def idle_check(check_id: str, name: str, carrier: Carrier, risk: RiskClass) -> Check:
    return Check(
        id=check_id,
        name=name,
        kind=Kind.COST_OPTIMIZATION,
        type=ActionType.TERMINATE,
        risk=risk,
        component=Component.GATEWAY,
        judge=judge_idle(carrier),
    )


IDLE_NAT_GATEWAY = idle_check("NET-03", "Idle NAT gateway", NAT_GATEWAY, RiskClass.C)
IDLE_ENDPOINT = idle_check("NET-09", "Idle interface endpoint", INTERFACE_ENDPOINT, RiskClass.B)
IDLE_GATEWAY_ENDPOINT = idle_check(
    "NET-11", "Idle Gateway Load Balancer endpoint", GATEWAY_ENDPOINT, RiskClass.C
)
IDLE_LOAD_BALANCER = idle_check("NET-14", "Idle load balancer", LOAD_BALANCER, RiskClass.C)
IDLE_ATTACHMENT = idle_check("NET-18", "Idle transit gateway attachment", TRANSIT_ATTACHMENT, RiskClass.C)
