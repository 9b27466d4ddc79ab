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

LEAST_DAYS = 7
CLUSTER_TAGS = ("kubernetes.io/created-for/pvc/name", "kubernetes.io/created-for/pv/name")
STEPS = (
    "Check that no cluster's persistent volume claim refers to it.",
    "Take a snapshot and wait until it is complete.",
    "Delete the volume.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    if holding.status != "available":
        return Fine(reason=f"It is {holding.status}.")
    if holding.unmeasured:
        return holding.unmeasured
    days = days_unattached(holding)
    if days is None:
        return NotEnoughData(reason="When it was made is not known.")
    if days < LEAST_DAYS:
        return Fine(reason=f"It was in use {days:.0f} days ago; it counts from {LEAST_DAYS} on.")
    in_cluster = any(tag in holding.tags for tag in CLUSTER_TAGS)
    return proposal(
        bill,
        title=f"Delete the unattached volume {holding.name}",
        description=f"No instance has had {holding.name} for at least {days:.0f} days.",
        steps=STEPS,
        lines=holding.live,
        saving=saving_when_gone(holding.live, bill),
        confidence=confidence_of(holding, in_cluster=in_cluster),
        current={
            "volumeType": holding.configuration.get("volumeType"),
            "sizeGB": holding.configuration.get("sizeGB"),
            "state": "available",
        },
        recommended={"state": "deleted", "snapshot": True},
        facts={"days_unattached": int(days), "made_for_a_cluster": in_cluster},
    )


def days_unattached(holding: Holding) -> float | None:
    """Volumes report metrics only while they are attached; before the window only their age is known."""
    last_used = (holding.utilization or {}).get("lastObserved")
    if last_used:
        return holding.days_since(last_used)
    age = holding.days_since(holding.configuration.get("createdAt"))
    watched = (holding.utilization or {}).get("periodDays")
    return min(age, watched) if age is not None and watched else age


def confidence_of(holding: Holding, *, in_cluster: bool) -> str:
    if in_cluster:
        return "0.4"
    return "0.9" if holding.utilization is not None else "0.6"


EBS_UNATTACHED = InventoryCheck(
    id="EBS-01",
    name="Unattached volume",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.B,
    component=Component.STORAGE,
    types=frozenset(("EBS",)),
    judge=judge,
)
