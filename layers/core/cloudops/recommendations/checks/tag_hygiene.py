"""Spend without an owner, and tag values that mean the same in different spellings."""

from collections import defaultdict
from decimal import Decimal

from cloudops.recommendations.bill import ZERO, Bill, BilledUsage
from cloudops.recommendations.models import (
    ActionType,
    Check,
    Component,
    Fine,
    Judgement,
    Kind,
    NotEnoughData,
    Proposal,
    RiskClass,
    Severity,
)
from cloudops.recommendations.running import percent
from cloudops.recommendations.subjects import OWNER_KEYS, Scope, Subject

LEAST_SHARE = Decimal("0.05")
LEAST_COST = Decimal(5)
TOP = 10


def judge_owner(subject: Subject, bill: Bill) -> Judgement | None:
    usage = [line for line in subject.usages if line.is_usage]
    # Usage without a resource, such as most traffic, cannot carry tags.
    taggable = [line for line in usage if line.resource_id]
    if not usage:
        return None
    if not taggable:
        return NotEnoughData(reason="The export names no resources.")
    whole = bill.monthly_cost(taggable)
    ownerless = tuple(line for line in taggable if not has_owner(line))
    cost = bill.monthly_cost(ownerless)
    share = cost / whole if whole > 0 else ZERO
    if share < LEAST_SHARE or cost < LEAST_COST:
        return Fine(reason=f"{percent(share)} of its resources' cost names no owner.")
    return Proposal(
        title=f"Tag the owners of spend in {subject.name}",
        description=f"{cost:,.2f} {bill.currency} a month, {percent(share)} of what its resources cost, "
        "carries no owner, team or cost centre.",
        impact="Cost gets an owner who can act on it.",
        steps=(
            "Take the largest resources listed and ask their creators who owns them.",
            "Tag them; add a tag policy so that new ones need the tag.",
            "Activate the keys as cost allocation tags in the payer account.",
        ),
        lines=ownerless,
        saving=None,
        confidence=Decimal("0.9"),
        facts={"share": f"{share:.4f}", "keys": list(OWNER_KEYS), "largest": largest(ownerless, bill)},
    )


def has_owner(line: BilledUsage) -> bool:
    return any(key.lower() in OWNER_KEYS and value.strip() for key, value in line.tags.items())


def largest(lines: tuple[BilledUsage, ...], bill: Bill) -> list[str]:
    costs: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        costs[line.resource_id or ""] += bill.monthly_cost([line])
    ranked = sorted(costs.items(), key=lambda item: (-item[1], item[0]))
    return [f"{resource}: {cost:.2f}" for resource, cost in ranked[:TOP]]


def judge_spelling(subject: Subject, bill: Bill) -> Judgement | None:
    tagged = [line for line in subject.usages if line.is_usage and line.tags]
    if not tagged:
        return None
    doubled = spellings(tagged)
    if not doubled:
        return Fine(reason="No tag value is spelled in two ways.")
    lines = tuple(line for line in tagged if any(line.tags.get(key) in values for key, values in doubled))
    return Proposal(
        title=f"Spell tag values one way in {subject.name}",
        description=f"{len(doubled)} tag values differ only in case, spaces or dashes.",
        impact="Reports by tag add up.",
        steps=(
            "Choose one spelling of each value listed.",
            "Map the others to it in the tag rules, and retag where that is easy.",
        ),
        lines=lines,
        saving=None,
        confidence=Decimal("0.9"),
        facts={"spellings": [f"{key}: {', '.join(values)}" for key, values in doubled]},
    )


def spellings(lines: list[BilledUsage]) -> list[tuple[str, tuple[str, ...]]]:
    """Groups of values of one key that are equal once case, spaces, dashes and underscores are gone."""
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in lines:
        for key, value in line.tags.items():
            plain = value.lower().translate(str.maketrans("", "", " -_"))
            # Names and provider keys are free text, not values of a list.
            if plain and key.lower() != "name" and not key.startswith("aws:"):
                groups[key, plain].add(value)
    return [(key, tuple(sorted(values))) for (key, _), values in sorted(groups.items()) if len(values) > 1]


OWNERLESS_SPEND = Check(
    id="GOV-01",
    name="Spend without an owner",
    kind=Kind.COMPLIANCE,
    type=ActionType.REVIEW,
    risk=RiskClass.A,
    component=Component.TAGS,
    scope=Scope.ACCOUNT,
    provider=None,
    judge=judge_owner,
)

TAG_SPELLING = Check(
    id="GOV-02",
    name="Tag values spelled in several ways",
    kind=Kind.COMPLIANCE,
    type=ActionType.REVIEW,
    risk=RiskClass.A,
    component=Component.TAGS,
    scope=Scope.ACCOUNT,
    provider=None,
    severity=Severity.LOW,
    judge=judge_spelling,
)
