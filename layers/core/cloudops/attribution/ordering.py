"""The rules that come with the product, and the order in which rules are tried."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import NAMESPACE_URL, UUID, uuid5

from cloudops.attribution.models import AttributionRule, Kind, SplitRule

NAMESPACE = uuid5(NAMESPACE_URL, "cloudops/attribution-rules")


def built_in(name: str, kind: Kind, tag_key: str | None, priority: int) -> AttributionRule:
    return AttributionRule(
        id=uuid5(NAMESPACE, name),
        rule_name=name,
        kind=kind,
        tag_key=tag_key,
        priority=priority,
        is_built_in=True,
    )


# Below 0, which is where people's own rules stand unless they say otherwise.
BUILT_IN = (
    built_in('Tag "team" names a team', Kind.TEAM_NAME, "team", -100),
    built_in('Tag "owner" names a team', Kind.TEAM_NAME, "owner", -110),
    built_in('Tag "service" names a service', Kind.SERVICE_NAME, "service", -200),
    built_in('Tag "app" names a service', Kind.SERVICE_NAME, "app", -210),
    built_in("The account's team", Kind.ACCOUNT_OWNER, None, -300),
)
SPECIFIC = {kind: place for place, kind in enumerate(Kind)}


def is_built_in(rule_id: UUID) -> bool:
    return any(rule.id == rule_id for rule in BUILT_IN)


def with_built_in(stored: Sequence[AttributionRule]) -> list[AttributionRule]:
    """People's rules and the built-in ones, as somebody may have switched or moved them."""
    by_id = {rule.id: rule for rule in stored}
    known = [as_stored(rule, by_id.pop(rule.id, None)) for rule in BUILT_IN]
    return tried_in_order([*known, *by_id.values()])


def as_stored(rule: AttributionRule, stored: AttributionRule | None) -> AttributionRule:
    if stored is None:
        return rule
    return replace(
        rule,
        priority=stored.priority,
        is_active=stored.is_active,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
    )


def tried_in_order(rules: Iterable[AttributionRule]) -> list[AttributionRule]:
    """Higher priority first, then the more specific kind, then by name, byte by byte."""
    return sorted(rules, key=lambda rule: (-rule.priority, SPECIFIC[rule.kind], rule.rule_name.encode()))


def splits_in_order(rules: Iterable[SplitRule]) -> list[SplitRule]:
    return sorted(rules, key=lambda rule: (-rule.priority, rule.rule_name.encode()))
