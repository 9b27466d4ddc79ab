"""Lines of the bill that are nothing but waste: they end with the thing or the setting that causes them."""

from collections.abc import Callable
from decimal import Decimal

from cloudops.recommendations.bill import Bill
from cloudops.recommendations.models import (
    ActionType,
    Check,
    Component,
    Judgement,
    Kind,
    NotEnoughData,
    Proposal,
    RiskClass,
)
from cloudops.recommendations.running import days_billed
from cloudops.recommendations.savings import less_per_month, saving_of
from cloudops.recommendations.subjects import Scope, Subject


def judge_waste(
    *,
    meters: tuple[str, ...],
    title: str,
    why: str,
    steps: tuple[str, ...],
    least_days: int,
    confidence: Decimal,
) -> Callable[[Subject, Bill], Judgement | None]:
    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        lines = subject.metered(*meters)
        if not lines:
            return None
        days = days_billed(lines)
        if days < least_days:
            return NotEnoughData(reason=f"It has been billed for {days} days; {least_days} are needed.")
        saving = saving_of(lines, bill, basis="these lines end with what causes them")
        return Proposal(
            title=f"{title} {subject.name}",
            description=f"{why} It was billed on {days} days.",
            impact=f"{less_per_month(saving, bill)}.",
            steps=steps,
            lines=lines,
            saving=saving,
            confidence=confidence,
            facts={"days_billed": days},
        )

    return judge


IDLE_ADDRESS = Check(
    id="NET-01",
    name="Idle public IPv4 address",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.C,
    component=Component.ADDRESS,
    judge=judge_waste(
        meters=("PublicIPv4:IdleAddress", "ElasticIP:IdleAddress"),
        title="Release the idle address",
        why="The address is billed although nothing uses it.",
        least_days=7,
        confidence=Decimal("0.9"),
        steps=(
            "Check that no DNS record and no partner's allow list contains the address.",
            "Release it; the same address cannot be had again.",
        ),
    ),
)

UNUSED_CAPACITY_RESERVATION = Check(
    id="EC2-13",
    name="Unused capacity reservation",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.A,
    component=Component.COMPUTE,
    judge=judge_waste(
        meters=("UnusedBox:", "UnusedDed:"),
        title="Cancel the unused capacity reservation",
        why="Capacity is reserved and paid for, and no instance runs in it.",
        least_days=7,
        confidence=Decimal("0.8"),
        steps=(
            "Ask whether it is held for a launch or for disaster recovery.",
            "Cancel the reservation, or lower its instance count.",
        ),
    ),
)

FAST_SNAPSHOT_RESTORE = Check(
    id="EBS-14",
    name="Fast snapshot restore left on",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.A,
    component=Component.BACKUP,
    judge=judge_waste(
        meters=("EBS:FastSnapshotRestore",),
        title="Turn off fast restore of",
        why="Fast snapshot restore is billed for every hour and zone it is on.",
        least_days=25,
        confidence=Decimal("0.6"),
        steps=("Check that no Auto Scaling launch depends on it.", "Disable fast restores of the snapshot."),
    ),
)

SURPLUS_CREDITS = Check(
    id="EC2-12",
    name="Burstable instance that pays for surplus credits",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.CREDITS,
    judge=judge_waste(
        meters=("CPUCredits:",),
        title="Stop paying surplus CPU credits for",
        why="A burstable instance works above its baseline and pays extra for it.",
        least_days=1,
        confidence=Decimal("0.5"),
        steps=(
            "Compare the surcharge with the next size and with a type that does not burst.",
            "Change the type; or set the credit mode to standard where slower is acceptable.",
        ),
    ),
)

EARLY_DELETION = Check(
    id="S3-08",
    name="Early-deletion charges",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.A,
    component=Component.FEES,
    judge=judge_waste(
        meters=("EarlyDelete",),
        title="Stop early-deletion charges in",
        why="Objects are deleted or moved before their class's minimum time.",
        least_days=1,
        confidence=Decimal("0.7"),
        steps=(
            "Find the prefix whose objects live shorter than the class's minimum of 30, 90 or 180 days.",
            "Keep those objects in the standard class, or let the rule move them later.",
        ),
    ),
)

SECOND_TRAIL = Check(
    id="CT-01",
    name="Second copy of management events",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.C,
    component=Component.MONITORING,
    scope=Scope.SERVICE,
    judge=judge_waste(
        meters=("PaidEventsRecorded",),
        title="Stop the second trail of",
        why="The first copy of management events is free; a second one is being billed.",
        least_days=7,
        confidence=Decimal("0.7"),
        steps=(
            "List the trails of the region and of the organisation, and who reads each.",
            "With the security owner's consent, stop the extra one.",
        ),
    ),
)
