"""The bill's check of the same id, with the size and IOPS that the volume has rather than what its bill implies."""

from decimal import Decimal

from cloudops.recommendations.bill import Bill
from cloudops.recommendations.checks.ebs_gp2 import (
    GP2,
    GP3,
    STEPS,
    amount_saved,
    basis_of,
    extra_units,
    needed,
)
from cloudops.recommendations.inventory_checks.models import Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.proposing import proposal
from cloudops.recommendations.models import (
    ActionType,
    Component,
    Fine,
    Judgement,
    Kind,
    NotEnoughData,
    RiskClass,
    Saving,
)
from cloudops.recommendations.prices import GP3_STORAGE_PER_GP2
from cloudops.recommendations.savings import ratio_on_bill, saving_of_amount


def judge(holding: Holding, bill: Bill) -> Judgement:
    kind = holding.configuration.get("volumeType")
    if kind != "gp2":
        return Fine(reason=f"It is {kind or 'of an older type'}.")
    gib = holding.configuration.get("sizeGB")
    if not gib:
        return NotEnoughData(reason="Its size is not known.")
    iops, throughput = needed(Decimal(gib))
    return proposal(
        bill,
        title=f"Change {holding.name} from gp2 to gp3",
        description=f"{holding.name} has {gib:,} GiB on gp2; gp3 costs less at the same speed.",
        steps=STEPS,
        lines=holding.subject.metered(GP2),
        saving=saving_on_gp3(holding, bill, Decimal(gib)),
        confidence="0.9",
        current={"volumeType": "gp2", "sizeGB": gib, "iops": holding.configuration.get("iops")},
        recommended={"volumeType": "gp3", "sizeGB": gib, "iops": iops, "throughput": throughput},
    )


def saving_on_gp3(holding: Holding, bill: Bill, gib: Decimal) -> Saving | None:
    lines = holding.subject.metered(GP2)
    if not lines:
        return None
    storage = ratio_on_bill(lines[0], bill, GP3) or GP3_STORAGE_PER_GP2
    amount = amount_saved(lines, bill, storage, extra_units(gib))
    return saving_of_amount(lines, bill, amount, basis_of(storage))


EBS_GP2_VOLUME = InventoryCheck(
    id="EBS-04",
    name="gp2 volume",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.A,
    component=Component.STORAGE,
    types=frozenset(("EBS",)),
    judge=judge,
)
