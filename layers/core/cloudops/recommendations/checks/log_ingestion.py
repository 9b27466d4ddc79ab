from decimal import Decimal

from cloudops.recommendations.bill import Bill
from cloudops.recommendations.growth import recent_jump
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
from cloudops.recommendations.subjects import Subject

METERS = ("DataProcessing-Bytes", "VendedLog-Bytes")
LEAST_COST = Decimal(5)
LEAST_JUMP = Decimal(2)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    lines = tuple(line for line in subject.metered(*METERS) if line.family == "cloudwatch")
    if not lines:
        return None
    cost = bill.monthly_cost(lines)
    if cost < LEAST_COST:
        return Fine(reason=f"It costs less than {LEAST_COST} {bill.currency} a month.")
    jump = recent_jump(one for one in subject.series if one.meter in METERS)
    if jump is None:
        return NotEnoughData(reason="17 days of daily figures are needed.")
    if jump <= LEAST_JUMP:
        return Fine(reason=f"The last days are {jump:.1f} times the two weeks before.")
    return Proposal(
        title=f"Calm the logs of {subject.name}",
        description=f"{subject.name} takes in {jump:.1f} times as many bytes as in the two weeks before.",
        impact=f"Back to the old volume saves {1 - 1 / jump:.0%} of what ingestion now costs.",
        steps=(
            "See which stream and which log level grew, and which deployment came before it.",
            "Lower the level or sample; move chatty logs to the infrequent-access class.",
        ),
        lines=lines,
        saving=None,
        confidence=Decimal("0.7"),
        facts={"times_usual": f"{jump:.2f}"},
    )


LOG_INGESTION = Check(
    id="CWL-05",
    name="Log ingestion jumped",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.A,
    component=Component.IO,
    judge=judge,
)
