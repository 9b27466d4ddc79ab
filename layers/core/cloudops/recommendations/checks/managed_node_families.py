"""Database, cache and search nodes on families that have a successor."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.instance_types import InstanceType
from cloudops.recommendations.models import ActionType, Check, Component, Judgement, Kind, RiskClass
from cloudops.recommendations.moves import Target, judge_moves, moves
from cloudops.recommendations.prices import (
    ELASTICACHE_CURRENT,
    OPENSEARCH_CURRENT,
    RDS_CURRENT,
    RDS_GRAVITON,
)
from cloudops.recommendations.subjects import Subject

RDS_METERS = ("InstanceUsage:db.", "Multi-AZUsage:db.")
CONFIDENCE = Decimal("0.8")


def judge_families(
    meters: tuple[str, ...], families: Mapping[str, str], why: str, steps: tuple[str, ...]
) -> Callable[[Subject, Bill], Judgement | None]:
    def target(current: InstanceType, _line: BilledUsage) -> Target | None:
        family = families.get(current.family)
        return Target(family=family) if family else None

    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        lines = subject.metered(*meters)
        if not lines:
            return None
        found = moves(lines, bill, target)
        return judge_moves(subject, bill, found, why=why, steps=steps, confidence=CONFIDENCE)

    return judge


DATABASE_STEPS = (
    "Check that the class is orderable for the engine version in its zones.",
    "Check that no reservation of the old class would be left unused.",
    "Take a snapshot, then modify the instance in its maintenance window; a Multi-AZ one fails over.",
)

RDS_PREVIOUS_GENERATION = Check(
    id="RDS-03",
    name="Previous-generation database class",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    judge=judge_families(
        RDS_METERS,
        RDS_CURRENT,
        "Its class is of a generation that has a successor of the same size.",
        DATABASE_STEPS,
    ),
)

RDS_GRAVITON_CANDIDATE = Check(
    id="RDS-04",
    name="Database class that has a Graviton equivalent",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    judge=judge_families(
        RDS_METERS,
        RDS_GRAVITON,
        "The same size exists on Graviton; open-source engines run there unchanged.",
        ("Check the engine's minor version and its extensions on Graviton.", *DATABASE_STEPS),
    ),
)

ELASTICACHE_FAMILY = Check(
    id="EC-03",
    name="Cache node on an older or x86 family",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    judge=judge_families(
        ("NodeUsage:cache.",),
        ELASTICACHE_CURRENT,
        "The same size exists on Graviton nodes.",
        (
            "Check that the engine version supports the node type.",
            "Modify the replication group in its maintenance window and watch evictions and latency.",
        ),
    ),
)

OPENSEARCH_FAMILY = Check(
    id="OPS-03",
    name="Search node on an older or x86 family",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    judge=judge_families(
        ("ESInstance:",),
        OPENSEARCH_CURRENT,
        "The same size exists on a current family.",
        (
            "Check that the domain is green and its version supports the instance type.",
            "Change the instance type; the domain deploys blue/green, so leave room for it.",
        ),
    ),
)
