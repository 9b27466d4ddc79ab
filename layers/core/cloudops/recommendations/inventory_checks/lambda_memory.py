import math
from decimal import Decimal

from cloudops.recommendations.bill import Bill
from cloudops.recommendations.inventory_checks.models import GET_METRICS, Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.proposing import facts_of, proposal, saving_of_share
from cloudops.recommendations.models import (
    ActionType,
    Component,
    Fine,
    Judgement,
    Kind,
    NotEnoughData,
    RiskClass,
)

LEAST_MB, STEP_MB = 128, 64
HEADROOM = 1.25
WELL_USED = 0.5
STEPS = (
    "Try the smaller size behind an alias: CPU shrinks with memory, so check how long it runs then.",
    "Change the memory size; go back where duration grows by more than memory shrank.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    size, used = holding.configuration.get("memoryMB"), holding.figure("usedMemoryMB")
    if size is None:
        return NotEnoughData(reason="Its memory size is not known.")
    if size <= LEAST_MB:
        return Fine(reason=f"It has {LEAST_MB} MB, the smallest size.")
    if used is None:
        return NotEnoughData(reason="Lambda Insights is not on for it, so what it uses is not known.")
    if used >= WELL_USED * size:
        return Fine(reason=f"It used up to {used:.0f} of {size} MB.")
    wanted = max(LEAST_MB, math.ceil(used * HEADROOM / STEP_MB) * STEP_MB)
    lines = holding.subject.metered("Lambda-GB-Second")
    share = 1 - Decimal(wanted) / Decimal(size)
    return proposal(
        bill,
        title=f"Lower the memory of {holding.name} from {size} to {wanted} MB",
        description=f"{holding.name} never used more than {used:.0f} MB in 14 days.",
        steps=STEPS,
        lines=lines,
        saving=saving_of_share(lines, bill, share=share, basis="the same duration with less memory"),
        confidence="0.6",
        current={"memoryMB": size},
        recommended={"memoryMB": wanted},
        facts=facts_of(holding, "usedMemoryMB", "durationP95", "invocations"),
    )


LAMBDA_MEMORY = InventoryCheck(
    id="LAM-01",
    name="Memory over-provisioned",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.A,
    component=Component.COMPUTE,
    types=frozenset(("Lambda",)),
    judge=judge,
    needs=(GET_METRICS,),
)
