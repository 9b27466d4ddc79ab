from decimal import Decimal

from cloudops.recommendations.bill import Bill
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
from cloudops.recommendations.running import percent
from cloudops.recommendations.subjects import Scope, Subject

MOST_SHARE = Decimal("0.05")
LEAST_COST = Decimal(20)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    usage = [line for line in subject.usages if line.is_usage]
    lines = tuple(line for line in usage if line.family == "security")
    if not lines:
        return None
    cost, whole = bill.monthly_cost(lines), bill.monthly_cost(usage)
    share = cost / whole if whole > 0 else Decimal(0)
    if cost < LEAST_COST or share <= MOST_SHARE:
        return Fine(reason=f"Security services are {percent(share)} of its cost.")
    return Proposal(
        title=f"Review the scope of security services in {subject.name}",
        description=f"GuardDuty, Macie, Inspector and Security Hub are {percent(share)} of its cost.",
        impact=f"Part of {cost:,.2f} {bill.currency} a month, without losing what the security owner needs.",
        steps=(
            "See which protection plan and which data source costs most.",
            "With the security owner, narrow what is scanned twice or holds nothing sensitive.",
        ),
        lines=lines,
        saving=None,
        confidence=Decimal("0.5"),
        facts={"share": f"{share:.4f}"},
    )


SECURITY_SERVICES = Check(
    id="SEC-03",
    name="Security services out of proportion",
    kind=Kind.SECURITY,
    type=ActionType.REVIEW,
    risk=RiskClass.C,
    component=Component.MONITORING,
    scope=Scope.ACCOUNT,
    judge=judge,
)
