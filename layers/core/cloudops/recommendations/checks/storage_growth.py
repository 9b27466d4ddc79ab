"""Stored bytes that only ever grow: nothing expires them."""

from collections.abc import Callable
from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.growth import growth_of
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
from cloudops.recommendations.subjects import Scope, Subject

LEAST_COST = Decimal(5)
# Between the first and the last week of a month: half as much again in a year.
LEAST_GROWTH = Decimal("0.03")


def judge_growth(
    *,
    lines_of: Callable[[Subject], tuple[BilledUsage, ...]],
    noun: str,
    steps: tuple[str, ...],
    recommended: str,
) -> Callable[[Subject, Bill], Judgement | None]:
    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        lines = lines_of(subject)
        if not lines:
            return None
        cost = bill.monthly_cost(lines)
        if cost < LEAST_COST:
            return Fine(reason=f"It costs less than {LEAST_COST} {bill.currency} a month.")
        meters = {line.meter for line in lines}
        growth = growth_of(one for one in subject.series if one.meter in meters)
        if growth is None:
            return NotEnoughData(reason="Three weeks of daily figures are needed.")
        if growth.share < LEAST_GROWTH or not growth.never_pauses:
            return Fine(reason=f"It grew {percent(growth.share)} in {growth.days} days.")
        return Proposal(
            title=f"Let {noun} expire in {subject.name}",
            description=f"{noun.capitalize()} in {subject.name} grew {percent(growth.share)} "
            f"in {growth.days} days and cost {cost:,.2f} {bill.currency} a month.",
            impact="The growth stops; how much can be deleted is for its owner to say.",
            steps=steps,
            lines=lines,
            saving=None,
            confidence=Decimal("0.6"),
            current={"retention": "none seen"},
            recommended={"retention": recommended},
            facts={
                "first_week_mean": str(growth.before),
                "last_week_mean": str(growth.after),
                "days": growth.days,
            },
        )

    return judge


def snapshots(subject: Subject) -> tuple[BilledUsage, ...]:
    return subject.metered("EBS:SnapshotUsage")


def stored_logs(subject: Subject) -> tuple[BilledUsage, ...]:
    return tuple(line for line in subject.metered("TimedStorage-ByteHrs") if line.family == "cloudwatch")


def standard_only(subject: Subject) -> tuple[BilledUsage, ...]:
    """A bucket's storage, if all of it is in the standard class: no lifecycle rule has moved anything."""
    stored = tuple(line for line in subject.metered("TimedStorage-") if line.family == "s3")
    return stored if all(line.meter == "TimedStorage-ByteHrs" for line in stored) else ()


SNAPSHOT_GROWTH = Check(
    id="EBS-10",
    name="Snapshots pile up",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.C,
    component=Component.BACKUP,
    scope=Scope.SERVICE,
    judge=judge_growth(
        lines_of=snapshots,
        noun="snapshots",
        recommended="a lifecycle policy that keeps what recovery needs",
        steps=(
            "List snapshots older than 90 days that no image, backup plan or legal hold needs.",
            "Turn on the Recycle Bin, then delete them.",
            "Create a lifecycle policy so that new ones expire.",
        ),
    ),
)

LOG_GROWTH = Check(
    id="CWL-01",
    name="Logs kept for ever",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.C,
    component=Component.STORAGE,
    judge=judge_growth(
        lines_of=stored_logs,
        noun="logs",
        recommended="30, 90 or 365 days by class of log",
        steps=(
            "Ask security whether audit needs these logs; export them to S3 first if so.",
            "Set a retention of 30, 90 or 365 days on the log groups that have none.",
        ),
    ),
)

BUCKET_GROWTH = Check(
    id="S3-01",
    name="Bucket that grows in the standard class alone",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.B,
    component=Component.STORAGE,
    judge=judge_growth(
        lines_of=standard_only,
        noun="objects",
        recommended="a lifecycle that moves or expires old objects",
        steps=(
            "Look for object lock and compliance tags on the bucket.",
            "Add lifecycle rules beside the present ones: move what is old, expire what nobody needs.",
            "Abort incomplete multipart uploads after seven days.",
        ),
    ),
)
