"""Versions past their standard support, billed a surcharge."""

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
    Proposal,
    RiskClass,
)
from cloudops.recommendations.savings import less_per_month, saving_of
from cloudops.recommendations.subjects import Subject

LEAST_COST = Decimal(5)
CONFIDENCE = Decimal("0.95")


def judge_support(
    family: str, runs: tuple[str, ...], steps: tuple[str, ...]
) -> Callable[[Subject, Bill], Judgement | None]:
    """`runs` are the meters that show that such a thing is running at all."""

    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        mine = tuple(line for line in subject.live if line.is_usage and line.family == family)
        lines = tuple(line for line in mine if "extendedsupport" in line.meter.lower())
        if not lines:
            running = any(line.meter.startswith(runs) for line in mine)
            return Fine(reason="No extended support is billed.") if running else None
        saving = saving_of(lines, bill, basis="the surcharge ends with the upgrade")
        if saving.monthly < LEAST_COST:
            return Fine(reason=f"Its surcharge is below {LEAST_COST} {bill.currency} a month.")
        versions = ", ".join(sorted({line.meter for line in lines}))
        return Proposal(
            title=f"Upgrade {subject.name} out of extended support",
            description=f"{subject.name} is billed for extended support ({versions}).",
            impact=f"{less_per_month(saving, bill)}; the surcharge rises in later years.",
            steps=steps,
            lines=lines,
            saving=saving,
            confidence=CONFIDENCE,
            current={"support": "extended"},
            recommended={"support": "standard"},
            facts={"surcharges": sorted({line.meter for line in lines})},
        )

    return judge


def support_check(
    check_id: str, name: str, family: str, runs: tuple[str, ...], steps: tuple[str, ...]
) -> Check:
    return Check(
        id=check_id,
        name=name,
        kind=Kind.COST_OPTIMIZATION,
        type=ActionType.REVIEW,
        risk=RiskClass.C,
        component=Component.SUPPORT,
        judge=judge_support(family, runs, steps),
    )


RDS_EXTENDED_SUPPORT = support_check(
    "RDS-05",
    "Database in extended support",
    "rds",
    ("InstanceUsage:", "Multi-AZUsage:", "Aurora:"),
    (
        "Pick the target version and read what it breaks.",
        "Test the application against a restored copy on the new version.",
        "Upgrade by blue/green deployment in a maintenance window, and keep the old side for a day.",
    ),
)

ELASTICACHE_EXTENDED_SUPPORT = support_check(
    "EC-05",
    "Cache in extended support",
    "elasticache",
    ("NodeUsage:",),
    ("Check the client library against the new engine.", "Upgrade the engine, or move to Valkey."),
)

OPENSEARCH_EXTENDED_SUPPORT = support_check(
    "OPS-05",
    "Search domain in extended support",
    "opensearch",
    ("ESInstance:",),
    ("Check plugins and clients against the new version.", "Take a snapshot and upgrade the domain."),
)

EKS_EXTENDED_SUPPORT = support_check(
    "EKS-01",
    "Kubernetes cluster in extended support",
    "eks",
    ("AmazonEKS-Hours",),
    (
        "Read the cluster's upgrade insights and replace removed APIs.",
        "Upgrade add-ons, the control plane and then the node groups, one minor version at a time.",
    ),
)
