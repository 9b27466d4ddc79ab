from decimal import Decimal

from cloudops.recommendations.bill import Bill
from cloudops.recommendations.inventory_checks.models import Holding, InventoryCheck
from cloudops.recommendations.inventory_checks.proposing import proposal, saving_of_share
from cloudops.recommendations.models import ActionType, Component, Fine, Judgement, Kind, RiskClass, Saving

KEPT_DAYS = 90
STEPS = (
    "Ask whether an audit needs its logs; if so, export them to S3 first.",
    "Set a retention of 30, 90 or 365 days by what the logs are for.",
)


def judge(holding: Holding, bill: Bill) -> Judgement:
    retention = holding.configuration.get("retentionDays")
    if retention:
        return Fine(reason=f"It keeps logs for {retention} days.")
    stored = holding.configuration.get("storedGB") or 0
    if stored == 0:
        return Fine(reason="It holds nothing.")
    age = holding.days_since(holding.configuration.get("createdAt"))
    return proposal(
        bill,
        title=f"Set a retention for {holding.name}",
        description=f"{holding.name} keeps its {stored:,.2f} GB of logs for ever.",
        steps=STEPS,
        lines=holding.subject.metered("TimedStorage"),
        saving=saving_by_age(holding, bill, age),
        confidence="0.5",
        current={"retentionDays": None, "storedGB": f"{stored:g}"},
        recommended={"retentionDays": KEPT_DAYS},
        facts={"age_days": None if age is None else int(age)},
    )


def saving_by_age(holding: Holding, bill: Bill, age: float | None) -> Saving | None:
    """As if it had been written evenly since it was made."""
    if age is None:
        return None
    share = 1 - Decimal(KEPT_DAYS) / Decimal(age) if age > KEPT_DAYS else Decimal(0)
    basis = f"the share that is older than {KEPT_DAYS} days, if it was written evenly"
    lines = holding.subject.metered("TimedStorage")
    return saving_of_share(lines, bill, share=share, basis=basis)


LOG_RETENTION = InventoryCheck(
    id="CWL-01",
    name="Log group without retention",
    kind=Kind.COST_OPTIMIZATION,
    type=ActionType.REVIEW,
    risk=RiskClass.C,
    component=Component.STORAGE,
    types=frozenset(("Log Group",)),
    judge=judge,
)
