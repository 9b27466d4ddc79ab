from cloudops.recommendations.bill import Bill
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
)

GET_LIFECYCLE = "s3:GetLifecycleConfiguration"
LEAST_GB = 1
STEPS = (
    "Ask its owner how long objects are needed, and whether a rule or law wants them kept.",
    "Add rules that expire or tier objects, noncurrent versions and broken uploads; keep rules that are there.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    rules = holding.configuration.get("lifecycleRules")
    if rules is None:
        return NotEnoughData(reason="Its lifecycle rules were not read.")
    enabled = [rule for rule in rules if rule.get("enabled")]
    if enabled:
        return Fine(reason=f"It has {len(enabled)} lifecycle rules.")
    if holding.unmeasured:
        return holding.unmeasured
    size = holding.configuration.get("sizeGB")
    if size is not None and size < LEAST_GB:
        return Fine(reason=f"It holds less than {LEAST_GB} GB.")
    return proposal(
        bill,
        title=f"Give the bucket {holding.name} a lifecycle",
        description=f"Nothing in {holding.name} ever expires or moves to a cheaper class.",
        steps=STEPS,
        lines=holding.live,
        saving=None,
        confidence="0.6",
        current={
            "lifecycleRules": 0,
            "sizeGB": None if size is None else f"{size:g}",
            "storageClass": holding.configuration.get("storageClass"),
            "versioning": holding.configuration.get("versioning"),
        },
        recommended={"lifecycleRules": 1},
        facts={"saving_unknown": "It depends on how long objects are needed."},
        without_saving="What it saves depends on how long objects are needed.",
    )


S3_LIFECYCLE = InventoryCheck(
    id="S3-01",
    name="Bucket without lifecycle",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.STORAGE_CLASS,
    risk=RiskClass.B,
    component=Component.STORAGE,
    types=frozenset(("S3",)),
    judge=judge,
    needs=(GET_LIFECYCLE,),
)
