from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill
from cloudops.recommendations.checks.storage_growth import standard_only
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
from cloudops.recommendations.prices import S3_INFREQUENT_PER_STANDARD
from cloudops.recommendations.savings import less_per_month, saving_of
from cloudops.recommendations.subjects import Subject

LEAST_COST = Decimal(5)
MOST_READS_PER_GB = Decimal(10)
# Reads this rare leave most objects untouched for a month; half is a cautious guess, and said to be one.
ASSUMED_COLD = Decimal("0.5")
BASIS = "half of the bytes, taken to be unread for 30 days, at the infrequent-access rate"

STEPS = (
    "Check that objects are mostly above 128 KB, so that monitoring fees stay below the saving.",
    "Add a lifecycle rule that moves objects to Intelligent-Tiering, beside the present rules.",
    "Look at the split between tiers after 60 days.",
)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    stored = tuple(line for line in subject.metered("TimedStorage-") if line.family == "s3")
    if not stored:
        return None
    lines = standard_only(subject)
    if not lines:
        return Fine(reason="It uses other storage classes already.")
    if subject.resource_id is None:
        return NotEnoughData(reason="The export names no buckets.")
    if bill.monthly_cost(lines) < LEAST_COST:
        return Fine(reason=f"Its storage costs less than {LEAST_COST} {bill.currency} a month.")
    gb = bill.monthly_amount(lines)
    reads = bill.per_month(sum((line.usage_amount for line in subject.ever_metered("Requests-Tier2")), ZERO))
    if reads > MOST_READS_PER_GB * gb:
        return Fine(reason=f"It is read: {reads / gb:,.0f} requests per GB and month.")
    share = ASSUMED_COLD * (1 - S3_INFREQUENT_PER_STANDARD.value)
    saving = saving_of(lines, bill, share=share, basis=BASIS, ratio=S3_INFREQUENT_PER_STANDARD)
    return Proposal(
        title=f"Move {subject.name} to Intelligent-Tiering",
        description=f"{subject.name} keeps {gb:,.0f} GB in the standard class and is hardly read.",
        impact=f"{less_per_month(saving, bill)} if half of it is cold.",
        steps=STEPS,
        lines=lines,
        saving=saving,
        confidence=Decimal("0.4"),
        current={"storage_class": "STANDARD", "size_gb": f"{gb:.0f}"},
        recommended={"storage_class": "INTELLIGENT_TIERING"},
        facts={"reads_per_month": f"{reads:.0f}", "assumed_cold_share": str(ASSUMED_COLD)},
    )


S3_TIERING = Check(
    id="S3-06",
    name="Rarely read bucket in the standard class",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.B,
    component=Component.STORAGE,
    judge=judge,
)
