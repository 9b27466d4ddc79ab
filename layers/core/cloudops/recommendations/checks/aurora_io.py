from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill
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
from cloudops.recommendations.prices import AURORA_IO_COMPUTE, AURORA_IO_STORAGE
from cloudops.recommendations.running import percent
from cloudops.recommendations.savings import less_per_month, saving_of_amount
from cloudops.recommendations.subjects import Scope, Subject

LEAST_SHARE = Decimal("0.25")
STEPS = (
    "Split the figures by cluster: only those with much I/O gain.",
    "Switch those clusters to I/O-Optimized; switching back is possible once in 30 days.",
    "Compare the bill after a week.",
)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    io = subject.metered("Aurora:StorageIOUsage")
    if not io:
        return None
    storage = bill.monthly_cost(subject.metered("Aurora:StorageUsage"))
    aurora = [
        line
        for line in subject.metered("InstanceUsage:db.", "Aurora:ServerlessV2Usage")
        if is_aurora(line.operation)
    ]
    compute, requests = bill.monthly_cost(aurora), bill.monthly_cost(io)
    whole = compute + storage + requests
    share = requests / whole if whole > 0 else ZERO
    surcharge = compute * (AURORA_IO_COMPUTE.value - 1) + storage * (AURORA_IO_STORAGE.value - 1)
    if share < LEAST_SHARE or surcharge >= requests:
        return Fine(reason=f"I/O is {percent(share)} of what Aurora costs here.")
    basis = "I/O charges end; compute costs 1.3 times and storage 2.25 times as much (AWS pricing, May 2023)"
    saving = saving_of_amount(io, bill, requests - surcharge, basis)
    return Proposal(
        title=f"Switch Aurora to I/O-Optimized: {subject.name}",
        description=f"I/O is {percent(share)} of what Aurora costs here.",
        impact=f"{less_per_month(saving, bill)} if all clusters are alike.",
        steps=STEPS,
        lines=io,
        saving=saving,
        confidence=Decimal("0.5"),
        current={"storage_type": "aurora"},
        recommended={"storage_type": "aurora-iopt1"},
        facts={"compute": f"{compute:.2f}", "storage": f"{storage:.2f}", "io": f"{requests:.2f}"},
    )


def is_aurora(operation: str | None) -> bool:
    """CreateDBInstance:0016 is Aurora MySQL, :0021 Aurora PostgreSQL."""
    return (operation or "").endswith((":0016", ":0021"))


AURORA_IO = Check(
    id="RDS-16",
    name="Aurora that pays much for I/O",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.A,
    component=Component.IO,
    scope=Scope.SERVICE,
    judge=judge,
)
