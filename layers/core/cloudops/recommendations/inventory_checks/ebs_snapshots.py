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

OLD_DAYS = 90
# A volume that is being replaced comes and goes within a few days.
ORPHAN_DAYS = 3
DESCRIBE_IMAGES, DESCRIBE_VOLUMES = "ec2:DescribeImages", "ec2:DescribeVolumes"
STEPS = (
    "Check that it is not the last copy of something, and under no legal hold.",
    "Set a Recycle Bin rule for snapshots, so that a mistake can be undone.",
    "Delete the snapshot.",
)


def judge_old(holding: Holding, bill: Bill) -> Judgement:
    age = holding.days_since(holding.configuration.get("startedAt"))
    if age is None:
        return NotEnoughData(reason="When it was taken is not known.")
    if kept := why_kept(holding):
        return Fine(reason=kept)
    if age < OLD_DAYS:
        return Fine(reason=f"It is {age:.0f} days old; it counts from {OLD_DAYS} on.")
    if holding.configuration.get("storageTier") == "archive":
        return Fine(reason="It is in the archive tier.")
    return removal(
        holding,
        bill,
        title=f"Delete the old snapshot {holding.name}",
        description=f"{holding.name} was taken {age:.0f} days ago, and neither an image nor a plan keeps it.",
        age=age,
        confidence="0.5",
    )


def judge_orphan(holding: Holding, bill: Bill) -> Judgement:
    exists = holding.configuration.get("volumeExists")
    if exists is None:
        return NotEnoughData(reason="It is a copy, so which volume it came from is not known.")
    if exists:
        return Fine(reason="Its volume still exists.")
    if kept := why_kept(holding):
        return Fine(reason=kept)
    age = holding.days_since(holding.configuration.get("startedAt"))
    if age is None or age < ORPHAN_DAYS:
        return Fine(reason=f"It was taken in the last {ORPHAN_DAYS} days.")
    volume = holding.configuration.get("volumeId")
    return removal(
        holding,
        bill,
        title=f"Delete the orphaned snapshot {holding.name}",
        description=f"The volume {volume} of {holding.name} is gone, and no image is made of it.",
        age=age,
        confidence="0.6",
    )


def why_kept(holding: Holding) -> str | None:
    images, manager = holding.configuration.get("images"), holding.configuration.get("managedBy")
    if images:
        return f"The image {images[0]} is made of it."
    return f"{manager} decides when it is deleted." if manager else None


def removal(
    holding: Holding, bill: Bill, *, title: str, description: str, age: float, confidence: str
) -> Judgement:
    return proposal(
        bill,
        title=title,
        description=description,
        steps=STEPS,
        lines=holding.live,
        saving=saving_when_gone(holding.live, bill),
        confidence=confidence,
        current={
            "sizeGB": holding.configuration.get("sizeGB"),
            "volumeId": holding.configuration.get("volumeId"),
        },
        recommended={"state": "deleted"},
        facts={"age_days": int(age), "taken_at": holding.configuration.get("startedAt")},
    )


EBS_OLD_SNAPSHOT = InventoryCheck(
    id="EBS-10",
    name="Old snapshot",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.C,
    component=Component.BACKUP,
    types=frozenset(("EBS Snapshot",)),
    judge=judge_old,
    needs=(DESCRIBE_IMAGES,),
)
EBS_ORPHAN_SNAPSHOT = InventoryCheck(
    id="EBS-11",
    name="Orphan snapshot",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.TERMINATE,
    risk=RiskClass.C,
    component=Component.BACKUP,
    types=frozenset(("EBS Snapshot",)),
    judge=judge_orphan,
    needs=(DESCRIBE_IMAGES, DESCRIBE_VOLUMES),
)
