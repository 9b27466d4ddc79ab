"""Things outside production that run around the clock."""

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
    Proposal,
    RiskClass,
)
from cloudops.recommendations.running import always_on, days_billed, percent, share_of_hours
from cloudops.recommendations.savings import less_per_month, saving_of
from cloudops.recommendations.subjects import Subject

LEAST_DAYS = 14
# Twelve hours on each of five days stay on.
OFF_SHARE = 1 - Decimal(5 * 12) / Decimal(7 * 24)
BASIS = "off outside 12 hours on working days: 108 of the week's 168 hours"
CONFIDENCE = Decimal("0.5")


def judge_schedule(
    meters: tuple[str, ...], steps: tuple[str, ...], *, anywhere: bool = False
) -> Callable[[Subject, Bill], Judgement | None]:
    """`anywhere` asks for no environment tag: such things are people's tools, not services."""

    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        lines = subject.metered(*meters)
        if not lines:
            return None
        if not anywhere and subject.environment is None:
            return NotEnoughData(reason="No tag says which environment it belongs to.")
        if not anywhere and not subject.is_non_production:
            return Fine(reason=f"It belongs to the environment {subject.environment}.")
        if subject.resource_id is None or days_billed(lines) < LEAST_DAYS:
            return NotEnoughData(reason=f"{LEAST_DAYS} days of one resource are needed.")
        if not always_on(lines, bill):
            return Fine(reason=f"It ran {percent(share_of_hours(lines, bill))} of the time.")
        saving = saving_of(lines, bill, share=OFF_SHARE, basis=BASIS)
        where = subject.environment or "no environment tag"
        return Proposal(
            title=f"Switch {subject.name} off outside working hours",
            description=f"{subject.name} ({where}) ran all day and all night for {days_billed(lines)} days.",
            impact=f"{less_per_month(saving, bill)}.",
            steps=steps,
            lines=lines,
            saving=saving,
            confidence=CONFIDENCE,
            current={"schedule": "always on"},
            recommended={"schedule": "on 12 hours on working days", "hours_per_week": 60},
            facts={"environment": subject.environment},
        )

    return judge


EC2_OFF_HOURS = Check(
    id="EC2-08",
    name="Non-production instance that never stops",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.SCHEDULE,
    risk=RiskClass.A,
    component=Component.COMPUTE,
    judge=judge_schedule(
        ("BoxUsage",),
        (
            "Ask the owner which hours it is needed, and whether jobs run at night.",
            "Check that it is in no Auto Scaling group that would replace it, and keeps its address.",
            "Create a schedule that stops it in the evening and starts it in the morning of working days.",
        ),
    ),
)

RDS_OFF_HOURS = Check(
    id="RDS-11",
    name="Non-production database that never stops",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.SCHEDULE,
    risk=RiskClass.A,
    component=Component.COMPUTE,
    judge=judge_schedule(
        ("InstanceUsage:db.", "Multi-AZUsage:db."),
        (
            "Ask the owner which hours it is needed, and whether jobs run at night.",
            "For Aurora, schedule the cluster, not its members.",
            "Create a schedule that stops and starts it; a stopped database starts again after seven days.",
        ),
    ),
)

SAGEMAKER_NOTEBOOK = Check(
    id="SM-02",
    name="Notebook instance that never stops",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.SCHEDULE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    judge=judge_schedule(
        ("Notebk:",),
        (
            "Ask the owner whether a kernel works through the night.",
            "Add a lifecycle configuration that stops the notebook after an hour of idleness.",
        ),
        anywhere=True,
    ),
)
