from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.models import (
    ActionType,
    Check,
    Component,
    Fine,
    Judgement,
    Kind,
    PriceRatio,
    Proposal,
    RiskClass,
)
from cloudops.recommendations.prices import GP3_PER_MAGNETIC, ST1_PER_MAGNETIC
from cloudops.recommendations.savings import less_per_month, ratio_on_bill, saving_of_amount, uncovered
from cloudops.recommendations.subjects import Subject

MAGNETIC = "EBS:VolumeUsage"
REQUESTS = "EBS:VolumeIOUsage"
ST1_LEAST_GIB = 125

STEPS = (
    "Check that the volume is no boot volume if it is to become st1.",
    "Modify it online; its requests are no longer billed.",
)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    storage = tuple(line for line in subject.metered(MAGNETIC) if line.meter == MAGNETIC)
    if not storage:
        return None
    lines = (*storage, *subject.metered(REQUESTS))
    target, ratio = choose(bill.monthly_amount(storage), gp3_ratio(storage[0], bill))
    kept = bill.monthly_cost(uncovered(storage)) * ratio.value
    basis = (
        f"{target} at {ratio.value:.2f} of the net magnetic rate ({ratio.source}), without billed requests"
    )
    saving = saving_of_amount(lines, bill, bill.monthly_cost(uncovered(lines)) - kept, basis)
    if saving.monthly <= 0:
        return Fine(reason=f"{target} would cost more: it makes few requests.")
    return Proposal(
        title=f"Change {subject.name} from magnetic to {target}",
        description=f"{subject.name} is on the oldest volume type, which bills every request.",
        impact=f"{less_per_month(saving, bill)}, and faster.",
        steps=STEPS,
        lines=lines,
        saving=saving,
        confidence=ratio.confidence,
        current={"volume_type": "standard"},
        recommended={"volume_type": target},
    )


def gp3_ratio(storage: BilledUsage, bill: Bill) -> PriceRatio:
    return ratio_on_bill(storage, bill, "EBS:VolumeUsage.gp3") or GP3_PER_MAGNETIC


def choose(gib: Decimal, gp3: PriceRatio) -> tuple[str, PriceRatio]:
    """st1 is cheaper for the large; smaller volumes can only go to gp3."""
    return ("st1", ST1_PER_MAGNETIC) if gib >= ST1_LEAST_GIB else ("gp3", gp3)


EBS_MAGNETIC = Check(
    id="EBS-13",
    name="Magnetic volume",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.A,
    component=Component.STORAGE,
    judge=judge,
)
