from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill
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
from cloudops.recommendations.prices import GP3_IOPS_PER_IO1_STORAGE, GP3_STORAGE_PER_IO1
from cloudops.recommendations.savings import less_per_month, saving_of_amount, uncovered
from cloudops.recommendations.subjects import Subject

STORAGE = ("EBS:VolumeUsage.piops", "EBS:VolumeUsage.io1", "EBS:VolumeUsage.io2")
IOPS = ("EBS:VolumeP-IOPS",)
GP3_MOST_IOPS = 16_000
GP3_FREE_IOPS = 3_000

BASIS = "gp3 storage and the same IOPS at published ratios of the volume's net storage rate"
STEPS = (
    "Check the volume's p99 latency target and durability class: gp3 promises less of both.",
    "Check its peak throughput, backups included, and provision it on gp3.",
    "Modify it to gp3 online with the same IOPS; watch latency for a week.",
)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    storage, iops_lines = subject.metered(*STORAGE), subject.metered(*IOPS)
    if not storage:
        return None
    if subject.resource_id is None:
        return NotEnoughData(reason="The export names no volumes, so IOPS cannot be told per volume.")
    iops = bill.monthly_amount(iops_lines)
    if iops > GP3_MOST_IOPS:
        return Fine(reason=f"It has {iops:,.0f} IOPS provisioned, more than every gp3 volume offers.")
    gib, cost = bill.monthly_amount(storage), bill.monthly_cost(uncovered(storage))
    rate = cost / gib if gib > 0 else ZERO
    paid_iops = max(ZERO, iops - GP3_FREE_IOPS)
    on_gp3 = cost * GP3_STORAGE_PER_IO1.value + paid_iops * rate * GP3_IOPS_PER_IO1_STORAGE.value
    lines = (*storage, *iops_lines)
    saving = saving_of_amount(lines, bill, bill.monthly_cost(uncovered(lines)) - on_gp3, BASIS)
    return Proposal(
        title=f"Change {subject.name} from provisioned IOPS to gp3",
        description=f"{subject.name} has {iops:,.0f} IOPS on {gib:,.0f} GB; gp3 offers as many for less.",
        impact=f"{less_per_month(saving, bill)}.",
        steps=STEPS,
        lines=lines,
        saving=saving,
        confidence=Decimal("0.5"),
        current={"volume_type": "io1 or io2", "size_gb": f"{gib:.0f}", "iops": f"{iops:.0f}"},
        recommended={"volume_type": "gp3", "iops": f"{max(iops, Decimal(GP3_FREE_IOPS)):.0f}"},
        facts={"ratio_source": GP3_STORAGE_PER_IO1.source, "ratio_as_of": GP3_STORAGE_PER_IO1.as_of},
    )


EBS_PROVISIONED_IOPS = Check(
    id="EBS-05",
    name="Provisioned-IOPS volume that gp3 could serve",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.B,
    component=Component.STORAGE,
    judge=judge,
)
