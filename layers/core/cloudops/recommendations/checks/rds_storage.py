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
from cloudops.recommendations.savings import less_per_month, ratio_on_bill, saving_at
from cloudops.recommendations.subjects import Subject

GP2 = ("RDS:GP2-Storage", "RDS:Multi-AZ-GP2-Storage")
STEPS = (
    "Check that storage was not changed in the last six hours.",
    "Modify the storage type to gp3 and keep its size; optimisation runs in the background.",
)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    lines = subject.metered(*GP2)
    if not lines:
        return None
    ratio = ratio_on_bill(lines[0], bill, lines[0].meter.replace("GP2", "GP3"))
    if ratio is None:
        # The list prices of both are equal in most regions, so only the customer's own rates can tell.
        return NotEnoughData(reason="This bill shows no gp3 rate for databases in this region.")
    if ratio.value >= 1:
        return Fine(reason="gp3 storage costs no less here.")
    saving = saving_at(lines, bill, ratio)
    return Proposal(
        title=f"Change the storage of {subject.name} from gp2 to gp3",
        description=f"{subject.name} stores {bill.monthly_amount(lines):,.0f} GB on gp2.",
        impact=f"{less_per_month(saving, bill)}.",
        steps=STEPS,
        lines=lines,
        saving=saving,
        confidence=ratio.confidence,
        current={"storage_type": "gp2"},
        recommended={"storage_type": "gp3"},
    )


RDS_GP2 = Check(
    id="RDS-08",
    name="Database on gp2 storage",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.A,
    component=Component.STORAGE,
    judge=judge,
)

BACKUP_LEAST_COST = Decimal(5)
BACKUP_STEPS = (
    "Compare the retention with the recovery policy; beyond 35 days a monthly export is cheaper.",
    "Delete manual snapshots of databases that are gone, after checking for legal hold.",
    "Lower the backup retention to what the policy asks for.",
)


def judge_backup(subject: Subject, bill: Bill) -> Judgement | None:
    lines = subject.metered("RDS:ChargedBackupUsage", "Aurora:BackupUsage")
    if not lines:
        return None
    cost = bill.monthly_cost(lines)
    if cost < BACKUP_LEAST_COST:
        return Fine(
            reason=f"Backups beyond the free amount cost less than {BACKUP_LEAST_COST} {bill.currency}."
        )
    return Proposal(
        title=f"Keep fewer backups of {subject.name}",
        description=f"Backups beyond the free amount cost {cost:,.2f} {bill.currency} a month.",
        impact="Part of that cost; how much depends on the retention that recovery needs.",
        steps=BACKUP_STEPS,
        lines=lines,
        saving=None,
        confidence=Decimal("0.6"),
        facts={"stored_gb": f"{bill.monthly_amount(lines):.1f}"},
    )


RDS_BACKUP = Check(
    id="RDS-15",
    name="Backups beyond the free amount",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.B,
    component=Component.BACKUP,
    judge=judge_backup,
)
