from cloudops.recommendations.bill import Bill
from cloudops.recommendations.inventory_checks.models import GET_METRICS, Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.observing import too_little_observed
from cloudops.recommendations.inventory_checks.proposing import facts_of, proposal, saving_at_ratio
from cloudops.recommendations.inventory_checks.resizing import FITS, Target, ratio_of, smaller
from cloudops.recommendations.models import (
    ActionType,
    Component,
    Fine,
    Judgement,
    Kind,
    NotEnoughData,
    RiskClass,
)

GROUP_TAGS = ("aws:autoscaling:groupName", "eks:cluster-name", "aws:ecs:clusterName")
STEPS = (
    "Check the smaller type's limits on network, volumes and interfaces.",
    "Stop the instance in a quiet hour, change its type, start it.",
    "Watch CPU and memory for a week; go back if either stays above 80 %.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    if holding.status != "running":
        return Fine(reason=f"It is {holding.status}.")
    if any(key in holding.tags for key in GROUP_TAGS):
        return Fine(reason="Its group decides its type.")
    if short := too_little_observed(holding, since=holding.configuration.get("launchedAt")):
        return short
    peak, memory = holding.figure("cpuPeakP95"), holding.figure("memoryBusiestHour")
    if peak is None:
        return NotEnoughData(reason="It reports no CPU peaks.")
    # Without the agent's memory metric one step down is as far as CPU alone may lead.
    target = smaller(
        str(holding.configuration.get("instanceType")),
        loads=[load for load in (peak, memory) if load is not None],
        most_steps=2 if memory is not None else 1,
    )
    if target is None:
        return Fine(reason=f"Half of it would not carry {peak:.0f} % CPU or its memory.")
    return resize(holding, bill, target, knows_memory=memory is not None)


def resize(holding: Holding, bill: Bill, target: Target, *, knows_memory: bool) -> Judgement:
    lines = holding.subject.metered("BoxUsage")
    saving = saving_at_ratio(lines, bill, ratio_of(lines, bill, target)) if lines else None
    basis = "CPU and memory" if knows_memory else "CPU only: the agent reports no memory"
    return proposal(
        bill,
        title=f"Resize {holding.name} from {target.current} to {target.wanted}",
        description=f"{holding.name} would stay below {FITS} % on {target.wanted}, judged by {basis}.",
        steps=STEPS,
        lines=lines,
        saving=saving,
        confidence="0.75" if knows_memory else "0.5",
        current={
            "instanceType": str(target.current),
            "vcpus": holding.configuration.get("vcpus"),
            "memory": holding.configuration.get("memory"),
        },
        recommended={"instanceType": str(target.wanted)},
        facts={
            "judged_by": basis,
            **facts_of(holding, "cpuPeakP95", "cpuPeak", "memoryBusiestHour", "observedHours"),
        },
    )


EC2_RIGHTSIZE = InventoryCheck(
    id="EC2-02",
    name="Rightsize in family",
    kind=Kind.RIGHTSIZING,
    type=ActionType.RESIZE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    types=frozenset(("EC2",)),
    judge=judge,
    needs=(GET_METRICS,),
)
