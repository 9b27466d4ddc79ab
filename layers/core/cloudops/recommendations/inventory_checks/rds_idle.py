from cloudops.recommendations.bill import Bill
from cloudops.recommendations.inventory_checks.models import GET_METRICS, Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.observing import too_little_observed
from cloudops.recommendations.inventory_checks.proposing import facts_of, proposal, saving_when_gone
from cloudops.recommendations.models import (
    ActionType,
    Component,
    Fine,
    Judgement,
    Kind,
    NotEnoughData,
    RiskClass,
)

COMPUTE_METERS = ("InstanceUsage", "Multi-AZUsage", "MirrorUsage")
STEPS = (
    "Ask its owner about jobs that run less than every two weeks.",
    "Take a final snapshot.",
    "Stop it (AWS starts it again after seven days), later delete it.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    if holding.status != "available":
        return Fine(reason=f"It is {holding.status}.")
    if holding.configuration.get("replicaOf") or holding.configuration.get("replicas"):
        return Fine(reason="It replicates, so connections alone do not tell whether it is used.")
    if short := too_little_observed(holding, since=holding.configuration.get("createdAt")):
        return short
    connections = holding.figure("connectionsMax")
    if connections is None:
        return NotEnoughData(reason="It reports no connections metric.")
    if connections > 0:
        return Fine(reason=f"It had up to {connections:.0f} connections.")
    # Storage is paid for until it is deleted, so only the instance's own hours count.
    lines = holding.subject.metered(*COMPUTE_METERS)
    return proposal(
        bill,
        title=f"Stop the idle database {holding.name}",
        description=f"Nobody connected to {holding.name} in the days observed.",
        steps=STEPS,
        lines=lines,
        saving=saving_when_gone(lines, bill),
        confidence="0.8",
        current={"instanceClass": holding.configuration.get("instanceClass"), "state": "available"},
        recommended={"state": "stopped", "snapshot": True},
        facts=facts_of(holding, "connectionsMax", "cpuUtilization", "observedHours"),
    )


RDS_IDLE = InventoryCheck(
    id="RDS-01",
    name="Idle database",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    types=frozenset(("RDS",)),
    judge=judge,
    needs=(GET_METRICS,),
)
