"""The table class that is cheaper for how a table is used."""

from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
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
from cloudops.recommendations.prices import DYNAMODB_IA_STORAGE, DYNAMODB_IA_THROUGHPUT
from cloudops.recommendations.savings import less_per_month, saving_of_amount, uncovered
from cloudops.recommendations.subjects import Subject

THROUGHPUT = ("ReadRequestUnits", "WriteRequestUnits", "ReadCapacityUnit-Hrs", "WriteCapacityUnit-Hrs")
IA = "IA-"
STEPS = (
    "Check that the class was not changed twice in the last 30 days.",
    "Update the table's class; it stays online.",
    "Compare storage and throughput on the bill after a week.",
)


def judge_standard(subject: Subject, bill: Bill) -> Judgement | None:
    storage = tables(subject, "TimedStorage-ByteHrs")
    if not storage:
        return None
    throughput = tables(subject, *THROUGHPUT)
    kept = bill.monthly_cost(uncovered(storage)) * (1 - DYNAMODB_IA_STORAGE.value)
    added = bill.monthly_cost(throughput) * (DYNAMODB_IA_THROUGHPUT.value - 1)
    return propose(subject, bill, storage, kept - added, "Standard-IA")


def judge_infrequent(subject: Subject, bill: Bill) -> Judgement | None:
    throughput = tables(subject, *(IA + one for one in THROUGHPUT))
    if not throughput:
        return None
    storage = tables(subject, IA + "TimedStorage-ByteHrs")
    kept = bill.monthly_cost(uncovered(throughput)) * (1 - 1 / DYNAMODB_IA_THROUGHPUT.value)
    added = bill.monthly_cost(storage) * (1 / DYNAMODB_IA_STORAGE.value - 1)
    return propose(subject, bill, throughput, kept - added, "Standard")


def tables(subject: Subject, *meters: str) -> tuple[BilledUsage, ...]:
    return tuple(line for line in subject.metered(*meters) if line.family == "dynamodb")


def propose(
    subject: Subject, bill: Bill, lines: tuple[BilledUsage, ...], amount: Decimal, target: str
) -> Judgement:
    if subject.resource_id is None:
        return NotEnoughData(reason="The export names no tables.")
    if amount <= 0:
        return Fine(reason="Its class is the cheaper one for how it is used.")
    basis = "Standard-IA stores at 0.4 and serves at 1.25 times the price (AWS pricing, 2024)"
    saving = saving_of_amount(lines, bill, amount, basis)
    return Proposal(
        title=f"Move the table {subject.name} to the {target} class",
        description=f"Between storage and throughput, {target} is cheaper for {subject.name}.",
        impact=f"{less_per_month(saving, bill)}.",
        steps=STEPS,
        lines=lines,
        saving=saving,
        confidence=DYNAMODB_IA_STORAGE.confidence,
        recommended={"table_class": target},
    )


DYNAMODB_TO_INFREQUENT = Check(
    id="DDB-09",
    name="Table whose storage outweighs its throughput",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.A,
    component=Component.STORAGE,
    judge=judge_standard,
)

DYNAMODB_TO_STANDARD = Check(
    id="DDB-10",
    name="Infrequent-access table that is used much",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.A,
    component=Component.REQUESTS,
    judge=judge_infrequent,
)
