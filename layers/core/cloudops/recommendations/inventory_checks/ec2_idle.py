from cloudops.recommendations.bill import Bill
from cloudops.recommendations.inventory_checks.models import GET_METRICS, Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.observing import not_reported, too_little_observed
from cloudops.recommendations.inventory_checks.proposing import facts_of, proposal, saving_when_gone
from cloudops.recommendations.models import ActionType, Component, Fine, Judgement, Kind, RiskClass

MEAN_CPU = 5
# The busiest hour counts, so that a weekly batch keeps its machine.
BUSIEST_HOUR_CPU = 10
BYTES_PER_SECOND = 1000
FIGURES = ("cpuUtilization", "cpuBusiestHour", "networkIn", "networkOut")
GROUPS = {
    "aws:autoscaling:groupName": "Auto Scaling group",
    "eks:cluster-name": "EKS cluster",
    "aws:ecs:clusterName": "ECS cluster",
}
STEPS = (
    "Ask its owner whether it is kept for recovery, a licence or a rare job.",
    "Stop it, and start it again if somebody misses it within two weeks.",
    "Make an image of it, then terminate it with its volumes.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    if holding.status != "running":
        return Fine(reason=f"It is {holding.status}.")
    group = next((f"{noun} {holding.tags[key]}" for key, noun in GROUPS.items() if key in holding.tags), None)
    if group:
        return Fine(reason=f"It belongs to the {group}, which decides how many run.")
    if short := too_little_observed(holding, since=holding.configuration.get("launchedAt")):
        return short
    if busy := why_busy(holding):
        return Fine(reason=busy)
    if unknown := not_reported(holding, *FIGURES):
        return unknown
    lines = holding.subject.metered("BoxUsage", "SpotUsage", "HostBoxUsage")
    saving = saving_when_gone(lines, bill)
    return proposal(
        bill,
        title=f"Stop the idle instance {holding.name}",
        description=f"{holding.name} used {holding.figure('cpuUtilization'):.1f} % of its CPU in 14 days.",
        steps=STEPS,
        lines=lines,
        saving=saving,
        confidence="0.5" if holding.configuration.get("instanceStore") else "0.8",
        current={"instanceType": holding.configuration.get("instanceType"), "state": "running"},
        recommended={"state": "stopped"},
        facts=facts_of(
            holding, "cpuUtilization", "cpuBusiestHour", "networkIn", "networkOut", "observedHours"
        ),
    )


def why_busy(holding: Holding) -> str | None:
    mean, busiest = holding.figure("cpuUtilization") or 0, holding.figure("cpuBusiestHour") or 0
    if mean >= MEAN_CPU:
        return f"It used {mean:.0f} % of its CPU."
    if busiest > BUSIEST_HOUR_CPU:
        return f"It used {busiest:.0f} % of its CPU in its busiest hour."
    network = (holding.figure("networkIn") or 0) + (holding.figure("networkOut") or 0)
    return f"It moved {network:,.0f} bytes per second." if network > BYTES_PER_SECOND else None


EC2_IDLE = InventoryCheck(
    id="EC2-01",
    name="Idle running instance",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.B,
    component=Component.COMPUTE,
    types=frozenset(("EC2",)),
    judge=judge,
    needs=(GET_METRICS,),
)
