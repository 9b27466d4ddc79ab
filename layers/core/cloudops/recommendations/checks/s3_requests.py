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
from cloudops.recommendations.running import percent
from cloudops.recommendations.subjects import Subject

LEAST_COST = Decimal(5)
LEAST_REQUESTS = 10_000
LEAST_SHARE = Decimal("0.5")

STEPS = (
    "Find the callers in the access logs or in CloudTrail data events.",
    "Batch small writes and cache reads, for example behind CloudFront.",
)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    lines = tuple(line for line in subject.metered("Requests-") if line.family == "s3")
    if not lines:
        return None
    if any("gb" in (line.usage_unit or "").lower() for line in lines):
        return NotEnoughData(
            reason="The export counts these requests in gigabytes, so what they are is unclear."
        )
    cost, whole = bill.monthly_cost(lines), bill.monthly_cost(subject.usages)
    requests = bill.monthly_amount(lines)
    share = cost / whole if whole > 0 else Decimal(0)
    if cost < LEAST_COST or requests < LEAST_REQUESTS or share <= LEAST_SHARE:
        return Fine(reason=f"Requests are {percent(share)} of its cost.")
    return Proposal(
        title=f"Make fewer requests to {subject.name}",
        description=f"{requests:,.0f} requests a month are {percent(share)} of what {subject.name} costs.",
        impact=f"Part of {cost:,.2f} {bill.currency} a month; how much depends on the callers.",
        steps=STEPS,
        lines=lines,
        saving=None,
        confidence=Decimal("0.6"),
        facts={"requests_per_month": f"{requests:.0f}", "share_of_cost": f"{share:.3f}"},
    )


S3_REQUESTS = Check(
    id="S3-14",
    name="Bucket whose requests cost more than its storage",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.A,
    component=Component.REQUESTS,
    judge=judge,
)
