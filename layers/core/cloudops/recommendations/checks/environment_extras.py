"""What production needs and other environments pay for as well."""

from collections.abc import Callable
from decimal import Decimal

from cloudops.recommendations.bill import Bill
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
from cloudops.recommendations.prices import FARGATE_ARM, RDS_SINGLE_AZ
from cloudops.recommendations.savings import less_per_month, saving_at, saving_of
from cloudops.recommendations.subjects import Subject


def judge_extra(
    *, meters: tuple[str, ...], ratio: PriceRatio | None, what: str, verb: str, steps: tuple[str, ...]
) -> Callable[[Subject, Bill], Judgement | None]:
    """`ratio` is what is left of the price without the extra; None where all of it goes."""

    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        lines = subject.metered(*meters)
        if not lines:
            return None
        environment = subject.environment
        if environment is None:
            return NotEnoughData(reason="No tag says which environment it belongs to.")
        if not subject.is_non_production:
            return Fine(reason=f"It belongs to the environment {environment}.")
        if ratio:
            saving = saving_at(lines, bill, ratio)
        else:
            saving = saving_of(lines, bill, basis="the extra is no longer billed")
        return Proposal(
            title=f"{verb} {subject.name}",
            description=f"{subject.name} belongs to {environment} and {what}.",
            impact=f"{less_per_month(saving, bill)}.",
            steps=steps,
            lines=lines,
            saving=saving,
            confidence=Decimal("0.7"),
            facts={"environment": environment},
        )

    return judge


RDS_MULTI_AZ = Check(
    id="RDS-10",
    name="Multi-AZ database outside production",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    judge=judge_extra(
        meters=("Multi-AZUsage:db.",),
        ratio=RDS_SINGLE_AZ,
        what="pays for a standby in a second zone",
        verb="Run in one zone only:",
        steps=(
            "Check that no policy exception asks for high availability here.",
            "Modify the instance to a single zone in its maintenance window.",
        ),
    ),
)

DYNAMODB_RECOVERY = Check(
    id="DDB-14",
    name="Point-in-time recovery outside production",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.B,
    component=Component.BACKUP,
    judge=judge_extra(
        meters=("TimedPITRStorage-ByteHrs",),
        ratio=None,
        what="pays for continuous backups",
        verb="Turn off continuous backups of",
        steps=("Check that policy allows it for this environment.", "Disable point-in-time recovery."),
    ),
)

FARGATE_ON_ARM = Check(
    id="ECS-06",
    name="Fargate on x86 outside production",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    judge=judge_extra(
        meters=("Fargate-vCPU-Hours", "Fargate-GB-Hours"),
        ratio=FARGATE_ARM,
        what="runs on x86",
        verb="Run on ARM:",
        steps=(
            "Build the image for arm64 as well.",
            "Set the task's runtime platform to ARM64; consider Fargate Spot where interruptions are fine.",
        ),
    ),
)
