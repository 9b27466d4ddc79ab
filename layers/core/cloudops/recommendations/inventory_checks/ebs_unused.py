from cloudops.recommendations.bill import Bill
from cloudops.recommendations.inventory_checks.models import GET_METRICS, Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.observing import (
    HOURS_PER_DAY,
    not_reported,
    too_little_observed,
)
from cloudops.recommendations.inventory_checks.proposing import facts_of, proposal, saving_when_gone
from cloudops.recommendations.models import ActionType, Component, Fine, Judgement, Kind, RiskClass

OPERATIONS_PER_DAY = 1
STEPS = (
    "Check that it is no standby replica and that nothing mounts it at need.",
    "Take a snapshot and wait until it is complete.",
    "Unmount and detach it; delete it after two weeks without a complaint.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    if holding.status != "in-use":
        return Fine(reason=f"It is {holding.status}.")
    if holding.configuration.get("isRoot"):
        return Fine(reason="It is the root volume of its instance.")
    if short := too_little_observed(holding, since=holding.configuration.get("createdAt")):
        return short
    days = (holding.figure("observedHours") or 0) / HOURS_PER_DAY
    operations = (holding.figure("readOps") or 0) + (holding.figure("writeOps") or 0)
    if operations >= OPERATIONS_PER_DAY * days:
        return Fine(reason=f"It was read and written {operations:,.0f} times in {days:.0f} days.")
    if unknown := not_reported(holding, "readOps", "writeOps"):
        return unknown
    return proposal(
        bill,
        title=f"Delete the unused volume {holding.name}",
        description=f"{holding.name} is attached, and was read and written {operations:.0f} times in {days:.0f} days.",
        steps=STEPS,
        lines=holding.live,
        saving=saving_when_gone(holding.live, bill),
        confidence="0.7",
        current={
            "volumeType": holding.configuration.get("volumeType"),
            "sizeGB": holding.configuration.get("sizeGB"),
            "attachedTo": holding.configuration.get("attachedTo"),
        },
        recommended={"state": "deleted", "snapshot": True},
        facts=facts_of(holding, "readOps", "writeOps", "observedHours"),
    )


EBS_UNUSED = InventoryCheck(
    id="EBS-02",
    name="Attached volume without I/O",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.C,
    component=Component.STORAGE,
    types=frozenset(("EBS",)),
    judge=judge,
    needs=(GET_METRICS,),
)
