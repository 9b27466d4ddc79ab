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
    Proposal,
    RiskClass,
)
from cloudops.recommendations.subjects import Subject

LEAST_COST = Decimal(5)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    stored = tuple(line for line in subject.live if line.is_usage and line.family == "efs")
    standard = tuple(line for line in stored if line.meter.startswith("TimedStorage-ByteHrs"))
    if not standard:
        return None
    if subject.resource_id is None:
        return NotEnoughData(reason="The export names no file systems.")
    if any(line.meter.startswith(("IATimedStorage", "ArchiveTimedStorage")) for line in stored):
        return Fine(reason="Its lifecycle moves files to cheaper storage already.")
    cost = bill.monthly_cost(standard)
    if cost < LEAST_COST:
        return Fine(reason=f"Its storage costs less than {LEAST_COST} {bill.currency} a month.")
    return Proposal(
        title=f"Give {subject.name} a lifecycle",
        description=f"All of {subject.name} is in standard storage, for {cost:,.2f} {bill.currency} a month.",
        impact="Files unread for 30 days cost about a tenth; how many there are, its metrics tell.",
        steps=(
            "Check that first reads of cold files may be slower.",
            "Set the lifecycle to infrequent access after 30 days and archive after 90.",
        ),
        lines=standard,
        saving=None,
        confidence=Decimal("0.6"),
        current={"lifecycle": "none seen"},
        recommended={"lifecycle": "infrequent access after 30 days"},
    )


EFS_LIFECYCLE = Check(
    id="EFS-01",
    name="File system without lifecycle",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.B,
    component=Component.STORAGE,
    judge=judge,
)
