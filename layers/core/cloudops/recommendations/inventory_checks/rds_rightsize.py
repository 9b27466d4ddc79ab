from cloudops.recommendations.bill import Bill
from cloudops.recommendations.instance_sizes import memory_gib
from cloudops.recommendations.instance_types import parse
from cloudops.recommendations.inventory_checks.models import GET_METRICS, Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.observing import too_little_observed
from cloudops.recommendations.inventory_checks.proposing import facts_of, proposal, saving_at_ratio
from cloudops.recommendations.inventory_checks.resizing import FITS, ratio_of, smaller
from cloudops.recommendations.models import (
    ActionType,
    Component,
    Fine,
    Judgement,
    Kind,
    NotEnoughData,
    RiskClass,
)

GIB = 2**30
STEPS = (
    "Check the smaller class's limits on connections and IOPS.",
    "Test a failover, then change the class in the maintenance window.",
    "Watch CPU and freeable memory for a week; go back if CPU stays above 80 %.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    if holding.status != "available":
        return Fine(reason=f"It is {holding.status}.")
    if short := too_little_observed(holding, since=holding.configuration.get("createdAt")):
        return short
    peak, memory = holding.figure("cpuPeakP95"), memory_load(holding)
    if peak is None or memory is None:
        return NotEnoughData(reason="How much of its CPU or memory it uses is not known.")
    target = smaller(str(holding.configuration.get("instanceClass")), loads=[peak, memory], most_steps=1)
    if target is None:
        return Fine(reason=f"Half of it would not carry {peak:.0f} % CPU and {memory:.0f} % memory.")
    lines = holding.subject.metered("InstanceUsage", "Multi-AZUsage")
    return proposal(
        bill,
        title=f"Resize {holding.name} from {target.current} to {target.wanted}",
        description=f"{holding.name} would stay below {FITS} % CPU and memory on {target.wanted}.",
        steps=STEPS,
        lines=lines,
        saving=saving_at_ratio(lines, bill, ratio_of(lines, bill, target)) if lines else None,
        confidence="0.7",
        current={"instanceClass": str(target.current), "engine": holding.configuration.get("engine")},
        recommended={"instanceClass": str(target.wanted)},
        facts={
            "memory_used_percent": f"{memory:.0f}",
            **facts_of(holding, "cpuPeakP95", "cpuUtilization", "freeableMemoryMin", "observedHours"),
        },
    )


def memory_load(holding: Holding) -> float | None:
    """Percent of the class's memory in use at its scarcest. Caches count as used, which errs towards keeping it."""
    current = parse(str(holding.configuration.get("instanceClass")))
    size, free = memory_gib(current) if current else None, holding.figure("freeableMemoryMin")
    return max(0.0, 100 * (1 - free / GIB / size)) if size and free is not None else None


RDS_RIGHTSIZE = InventoryCheck(
    id="RDS-02",
    name="Rightsize database class",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    types=frozenset(("RDS",)),
    judge=judge,
    needs=(GET_METRICS,),
)
