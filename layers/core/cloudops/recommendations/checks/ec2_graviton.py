from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.instance_types import InstanceType
from cloudops.recommendations.models import (
    ActionType,
    Check,
    Component,
    Fine,
    Judgement,
    Kind,
    NotEnoughData,
    RiskClass,
)
from cloudops.recommendations.moves import Target, judge_moves, moves
from cloudops.recommendations.prices import EC2_GRAVITON, ec2_ratio
from cloudops.recommendations.subjects import Subject

LINUX = "RunInstances"

WHY = "It runs Linux on x86; the same size on Graviton costs less where the software has an arm64 build."
STEPS = (
    "Check that every package, agent and container image on it has an arm64 build.",
    "Build an arm64 image and run the service's tests on it.",
    "Replace the instance through its launch template or infrastructure code, one at a time.",
)


def graviton(current: InstanceType, line: BilledUsage) -> Target | None:
    family, ratio, sizes = EC2_GRAVITON.get(current.family, ("", "1", frozenset()))
    return Target(family=family, published=ec2_ratio(ratio)) if current.size in sizes else None


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    lines = subject.metered("BoxUsage:")
    if not lines:
        return None
    if any(line.operation is None for line in lines):
        return NotEnoughData(reason="The export does not say which operating system it runs.")
    linux = [line for line in lines if line.operation == LINUX]
    if not linux:
        return Fine(reason="It does not run plain Linux.")
    found = moves(linux, bill, graviton)
    return judge_moves(subject, bill, found, why=WHY, steps=STEPS, confidence=Decimal("0.6"))


EC2_GRAVITON_CANDIDATE = Check(
    id="EC2-05",
    name="Linux on x86 that could run on Graviton",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.C,
    component=Component.COMPUTE,
    judge=judge,
)
