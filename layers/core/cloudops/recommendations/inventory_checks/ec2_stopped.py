from cloudops.recommendations.bill import Bill
from cloudops.recommendations.inventory_checks.models import Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.proposing import proposal, saving_when_gone
from cloudops.recommendations.models import (
    ActionType,
    Component,
    Fine,
    Judgement,
    Kind,
    NotEnoughData,
    RiskClass,
)

LEAST_DAYS = 30
STEPS = (
    "Ask its owner whether it will ever be started again.",
    "Make an image of it and check that the image starts.",
    "Terminate it, delete its volumes and release its addresses.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    if holding.status != "stopped":
        return Fine(reason=f"It is {holding.status}.")
    days = holding.days_since(holding.configuration.get("stoppedAt"))
    if days is None:
        return NotEnoughData(reason="AWS does not say since when it is stopped.")
    if days < LEAST_DAYS:
        return Fine(reason=f"It has been stopped for {days:.0f} days; it counts from {LEAST_DAYS} on.")
    lines = (*holding.live, *holding.attached)
    volumes = holding.configuration.get("volumes") or []
    return proposal(
        bill,
        title=f"Terminate {holding.name}, stopped for {days:.0f} days",
        description=f"{holding.name} does not run, but its {len(volumes)} volumes and its addresses are billed.",
        steps=STEPS,
        lines=lines,
        saving=saving_when_gone(lines, bill),
        confidence="0.6",
        current={"state": "stopped", "volumes": volumes},
        recommended={"state": "terminated"},
        facts={"stopped_at": holding.configuration.get("stoppedAt"), "days_stopped": int(days)},
    )


EC2_STOPPED = InventoryCheck(
    id="EC2-07",
    name="Stopped for a long time",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.C,
    component=Component.STORAGE,
    types=frozenset(("EC2",)),
    judge=judge,
)
