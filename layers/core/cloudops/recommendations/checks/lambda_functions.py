from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill
from cloudops.recommendations.models import (
    ActionType,
    Check,
    Component,
    Fine,
    Judgement,
    Kind,
    Proposal,
    RiskClass,
)
from cloudops.recommendations.prices import LAMBDA_ARM
from cloudops.recommendations.running import percent
from cloudops.recommendations.savings import less_per_month, saving_at, saving_of
from cloudops.recommendations.subjects import Subject

DURATION = "Lambda-GB-Second"
PROVISIONED = "Lambda-Provisioned-Concurrency"
PROVISIONED_USE = "Lambda-Provisioned-GB-Second"
# Room for peaks that a mean over the window does not show.
LOW_USE = Decimal("0.30")
WANTED_USE = Decimal("0.70")


def judge_architecture(subject: Subject, bill: Bill) -> Judgement | None:
    lines = tuple(line for line in subject.metered(DURATION) if line.meter == DURATION)
    if not lines:
        return None
    saving = saving_at(lines, bill, LAMBDA_ARM)
    return Proposal(
        title=f"Run {subject.name} on arm64",
        description=f"{subject.name} runs on x86; arm64 costs a fifth less per GB-second.",
        impact=f"{less_per_month(saving, bill)} at the same duration.",
        steps=(
            "Check native dependencies and layers for arm64 builds.",
            "Publish an arm64 version behind an alias and shift traffic to it step by step.",
        ),
        lines=lines,
        saving=saving,
        confidence=LAMBDA_ARM.confidence,
        current={"architecture": "x86_64"},
        recommended={"architecture": "arm64"},
    )


def judge_concurrency(subject: Subject, bill: Bill) -> Judgement | None:
    lines = subject.metered(PROVISIONED)
    provisioned = sum((line.usage_amount for line in lines), ZERO)
    if provisioned <= 0:
        return None
    used = sum((line.usage_amount for line in subject.ever_metered(PROVISIONED_USE)), ZERO)
    use = used / provisioned
    if use >= LOW_USE:
        return Fine(reason=f"On average {percent(use)} of it is used.")
    basis = "as much provisioned concurrency as keeps its mean use at 70 %"
    saving = saving_of(lines, bill, share=1 - use / WANTED_USE, basis=basis)
    return Proposal(
        title=f"Lower the provisioned concurrency of {subject.name}",
        description=f"On average {percent(use)} of the provisioned concurrency of {subject.name} is used.",
        impact=f"{less_per_month(saving, bill)}.",
        steps=(
            "Look at its highest use by hour, and at what a cold start costs its callers.",
            "Lower the number, or scale it on a schedule.",
        ),
        lines=lines,
        saving=saving,
        confidence=Decimal("0.4"),
        facts={"mean_use": f"{use:.3f}"},
    )


LAMBDA_ON_ARM = Check(
    id="LAM-05",
    name="Function on x86",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    judge=judge_architecture,
)

LAMBDA_CONCURRENCY = Check(
    id="LAM-06",
    name="Provisioned concurrency hardly used",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.A,
    component=Component.CREDITS,
    judge=judge_concurrency,
)
