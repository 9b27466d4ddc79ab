from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill, BilledUsage
from cloudops.recommendations.models import (
    ActionType,
    Check,
    Component,
    Judgement,
    Kind,
    PriceRatio,
    Proposal,
    RiskClass,
)
from cloudops.recommendations.prices import (
    GP3_IOPS_PER_GP2,
    GP3_STORAGE_PER_GP2,
    GP3_THROUGHPUT_PER_GP2,
)
from cloudops.recommendations.savings import less_per_month, ratio_on_bill, saving_of_amount
from cloudops.recommendations.subjects import Subject

GP2 = "EBS:VolumeUsage.gp2"
GP3 = "EBS:VolumeUsage.gp3"

# gp2 gives 3 IOPS per GiB up to 16,000 and 250 MiB/s from 334 GiB; gp3 includes 3,000 IOPS and 125 MiB/s.
GP2_IOPS_PER_GIB = 3
GP2_MOST_IOPS = 16_000
GP3_FREE_IOPS = 3_000
GP2_FULL_THROUGHPUT_FROM_GIB = 334
GP2_EXTRA_THROUGHPUT = 125

STEPS = (
    "Check that the volume was not modified in the last six hours.",
    "Modify it to gp3 online, with the IOPS and throughput that its gp2 size gave it.",
    "Watch latency for a day; then lower IOPS and throughput to what it needs.",
)


def judge(subject: Subject, bill: Bill) -> Judgement | None:
    lines = subject.metered(GP2)
    if not lines:
        return None
    gib = bill.monthly_amount(lines)
    volumes = 1 if subject.resource_id else None
    storage = ratio_on_bill(lines[0], bill, GP3) or GP3_STORAGE_PER_GP2
    extra = extra_units(gib) if volumes else ZERO
    saving = saving_of_amount(lines, bill, amount_saved(lines, bill, storage, extra), basis_of(storage))
    iops, throughput = needed(gib)
    return Proposal(
        title=f"Change {subject.name} from gp2 to gp3",
        description=f"{subject.name} holds {gib:,.0f} GB on gp2; gp3 costs less at the same speed.",
        impact=f"{less_per_month(saving, bill)} with the same IOPS and throughput.",
        steps=STEPS,
        lines=lines,
        saving=saving,
        confidence=storage.confidence if volumes else storage.confidence * Decimal("0.7"),
        current={"volume_type": "gp2", "size_gb": f"{gib:.0f}"},
        recommended={"volume_type": "gp3", "iops": str(iops), "throughput_mib_s": str(throughput)},
        facts={
            "storage_ratio": f"{storage.value:.4f}",
            "ratio_source": storage.source,
            "ratio_as_of": storage.as_of,
        },
    )


def needed(gib: Decimal) -> tuple[int, int]:
    """The IOPS and MiB/s that a gp2 volume of this size can sustain, at least gp3's own."""
    iops = min(GP2_MOST_IOPS, max(GP3_FREE_IOPS, int(gib * GP2_IOPS_PER_GIB)))
    return iops, 250 if gib >= GP2_FULL_THROUGHPUT_FROM_GIB else 125


def extra_units(gib: Decimal) -> Decimal:
    """What the kept IOPS and throughput cost on gp3, in gigabytes of gp2."""
    iops, throughput = needed(gib)
    paid_iops = (iops - GP3_FREE_IOPS) * GP3_IOPS_PER_GP2.value
    paid_throughput = (throughput - 125) * GP3_THROUGHPUT_PER_GP2.value
    return paid_iops + paid_throughput


def amount_saved(lines: tuple[BilledUsage, ...], bill: Bill, storage: PriceRatio, extra: Decimal) -> Decimal:
    cost, gib = bill.monthly_cost(lines), bill.monthly_amount(lines)
    rate = cost / gib if gib > 0 else ZERO
    return cost * (1 - storage.value) - extra * rate


def basis_of(storage: PriceRatio) -> str:
    share = f"{storage.value.normalize():f}"
    rate = f"{share} of the net gp2 rate ({storage.source}, {storage.as_of})"
    return f"gp3 storage at {rate}, less kept IOPS and throughput"


EBS_GP2 = Check(
    id="EBS-04",
    name="gp2 volume",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.A,
    component=Component.STORAGE,
    judge=judge,
)
