"""What to do about an alert: chosen by what drove it, never empty."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cloudops.recommendations.bill import MONTH_DAYS
from cloudops.recommendations.models import ActionType, Kind
from cloudops.recommendations.remedies import (
    COST_REMEDIES,
    FALLBACK_METRIC,
    LESS_SPEND,
    MORE_SPEND,
    RELIABILITY_REMEDIES,
    Remedy,
)
from cloudops.recommendations.usage_types import service_family

MOST_ADVICE = 2
# What moved less than this share of the largest driver needs no advice of its own.
MATERIAL = Decimal("0.2")
# Other dimensions say where spend moved, not what moved; these do, the first ones best.
TELLING = (frozenset(("usage_type", "instance_type")), frozenset(("resource", "resource_id", "service")))


@dataclass(frozen=True, kw_only=True)
class AlertDriver:
    """One contributor; `change` is its part of the excess per day, in the alert's currency or unit."""

    dimension: str
    value: str
    change: Decimal


@dataclass(frozen=True, kw_only=True)
class AlertFacts:
    """`excess_per_day` is above what was expected; negative where spend fell. `owner` comes from tags."""

    alert_type: str
    excess_per_day: Decimal
    service: str | None = None
    account_id: str | None = None
    resource_id: str | None = None
    metric_name: str | None = None
    currency: str | None = None
    drivers: tuple[AlertDriver, ...] = ()
    owner: str | None = None

    @property
    def by_change(self) -> tuple[AlertDriver, ...]:
        """In the direction of the alert, largest first."""
        sign = -1 if self.excess_per_day < 0 else 1
        moved = [driver for driver in self.drivers if driver.change * sign > 0]
        return tuple(sorted(moved, key=lambda one: (-abs(one.change), one.dimension, one.value)))


@dataclass(frozen=True, kw_only=True)
class Advice:
    check_id: str
    kind: Kind
    type: ActionType
    title: str
    description: str
    action_steps: tuple[str, ...]
    impact: str
    risk: Decimal
    confidence: Decimal
    owner: str | None
    driver: AlertDriver | None


def for_alert(facts: AlertFacts) -> tuple[Advice, ...]:
    """At least one piece of advice, at most two: by the largest drivers, or how to look for them."""
    if facts.alert_type == "reliability":
        remedy = RELIABILITY_REMEDIES.get(facts.metric_name or "", FALLBACK_METRIC)
        return (advice(remedy, facts, next(iter(facts.by_change), None)),)
    if facts.excess_per_day < 0:
        return (advice(LESS_SPEND, facts, next(iter(facts.by_change), None)),)
    found = [advice(remedy, facts, driver) for remedy, driver in fitting_remedies(facts)]
    return tuple(found) or (advice(MORE_SPEND, facts, next(iter(facts.by_change), None)),)


def fitting_remedies(facts: AlertFacts) -> Sequence[tuple[Remedy, AlertDriver | None]]:
    """Of the dimensions that tell most, the remedy of each of the largest drivers; else the service's first."""
    for dimensions in TELLING:
        telling = [driver for driver in facts.by_change if driver.dimension in dimensions]
        chosen: dict[str, tuple[Remedy, AlertDriver | None]] = {}
        for driver in telling:
            remedy = next((one for one in COST_REMEDIES if fits(one, facts, driver)), None)
            if remedy and abs(driver.change) >= MATERIAL * abs(telling[0].change):
                chosen.setdefault(remedy.check_id, (remedy, driver))
        if chosen:
            return list(chosen.values())[:MOST_ADVICE]
    service = AlertDriver(dimension="service", value=facts.service or "", change=facts.excess_per_day)
    fitting = (one for one in COST_REMEDIES if one.families and fits(one, facts, service))
    return [(one, None) for one in fitting][:1]


def fits(remedy: Remedy, facts: AlertFacts, driver: AlertDriver) -> bool:
    family = service_family(driver.value if driver.dimension.startswith("service") else facts.service or "")
    return (not remedy.families or family in remedy.families) and bool(re.search(remedy.values, driver.value))


def advice(remedy: Remedy, facts: AlertFacts, driver: AlertDriver | None) -> Advice:
    where = facts.service or facts.resource_id or facts.metric_name or "the account"
    what = driver.value.rsplit("/", 1)[-1] if driver else where
    cause = f" Largest driver: {driver.dimension} {driver.value}." if driver else ""
    return Advice(
        check_id=remedy.check_id,
        kind=remedy.kind,
        type=remedy.type,
        title=f"{remedy.title}: {what}",
        description=f"{where} left its expected range.{cause}",
        action_steps=remedy.steps,
        impact=impact_of(facts),
        risk=remedy.risk.value,
        confidence=Decimal(remedy.confidence),
        owner=facts.owner,
        driver=driver,
    )


def impact_of(facts: AlertFacts) -> str:
    if facts.alert_type == "reliability":
        return f"{facts.metric_name or 'The metric'} returns to its usual range for users."
    daily = abs(facts.excess_per_day)
    monthly = daily * MONTH_DAYS
    if facts.excess_per_day < 0:
        return f"{daily:,.2f} {facts.currency} a day less than expected is explained or repaired."
    return f"{daily:,.2f} {facts.currency} a day, {monthly:,.2f} {facts.currency} a month if it stays."
