from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.instance_types import InstanceType
from cloudops.recommendations.models import ActionType, Check, Component, Judgement, Kind, RiskClass
from cloudops.recommendations.moves import Target, judge_moves, moves
from cloudops.recommendations.prices import EC2_CURRENT, ec2_ratio
from cloudops.recommendations.subjects import Subject

LINUX = "RunInstances"

WHY = "Its generation has a successor of the same size that does more for less."
STEPS = (
    "Check that the image has ENA and NVMe drivers and that the target type is offered in the zone.",
    "Check that no reservation of the old family would be left unused.",
    "In a maintenance window, stop the instance, change its type and start it; watch it for a day.",
)


def successor(current: InstanceType, line: BilledUsage) -> Target | None:
    family, ratio, sizes = EC2_CURRENT.get(current.family, ("", "1", frozenset()))
    if current.size not in sizes:
        return None
    # The published prices are those of Linux; a licence in the rate would make the ratio wrong.
    return Target(family=family, published=ec2_ratio(ratio) if line.operation == LINUX else None)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    lines = subject.metered("BoxUsage:")
    if not lines:
        return None
    found = moves(lines, bill, successor)
    return judge_moves(subject, bill, found, why=WHY, steps=STEPS, confidence=Decimal(1))


EC2_PREVIOUS_GENERATION = Check(
    id="EC2-04",
    name="Previous-generation instance",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    judge=judge,
)
