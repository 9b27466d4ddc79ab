"""What a new or changed rule would move, before anybody saves it. Nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from cloudops.attribution import repository
from cloudops.attribution.attributing import rules_that_count, tag_rule_keys
from cloudops.attribution.models import (
    AttributionRule,
    CostSum,
    Move,
    NormalizedPair,
    Preview,
    Rule,
    RuleSet,
    SplitRule,
    TagRule,
)
from cloudops.attribution.normalizing import in_order, normalize
from cloudops.attribution.ordering import splits_in_order, tried_in_order
from cloudops.attribution.patterns import groups_of
from cloudops.platform.database import Connection

NOTHING = "matches_nothing"
EVERYTHING = "matches_everything"
EXAMPLES = 20


def preview(connection: Connection, rule: Rule) -> Preview:
    """A rule with the id of a saved one stands in its place. Money is that of the newest two billing months."""
    repository.begin_work(connection)
    before = rules_that_count(connection)
    bills = repository.list_previewed_deliveries(connection)
    deliveries = [delivery_id for delivery_id, _ in bills]
    periods = sorted({period for _, period in bills})
    if isinstance(rule, TagRule):
        found = preview_tag_rule(connection, rule, before, deliveries)
    elif isinstance(rule, AttributionRule):
        found = preview_attribution_rule(connection, rule, before, deliveries)
    else:
        found = preview_split_rule(connection, rule, before, deliveries)
    return replace(found, periods=periods)


def preview_tag_rule(
    connection: Connection, rule: TagRule, before: RuleSet, deliveries: Sequence[UUID]
) -> Preview:
    after = replace(before, tags=in_order(standing_in(before.tags, rule)))
    replaced = [one.tag_key for one in before.tags if one.id == rule.id]
    repository.add_previewed(connection, deliveries, [key.lower() for key in (rule.tag_key, *replaced)])
    pairs = normalize(repository.list_pairs(connection, tag_rule_keys(after)), after.tags)
    repository.take_pairs(connection, pairs)
    repository.judge(connection, after)
    matched = repository.sum_costs(connection, "sum_pairs_taken", deliveries, rule.id)
    moves = repository.list_moves(connection, deliveries)
    return Preview(
        periods=[],
        matched=matched,
        reattributed=added(moves),
        moves=moves[:EXAMPLES],
        examples=repository.list_pairs_taken(connection, deliveries, rule.id, limit=EXAMPLES),
        warnings=warnings_of(rule, matched, everything=collapses(rule, pairs)) if deliveries else [],
    )


def preview_attribution_rule(
    connection: Connection, rule: AttributionRule, before: RuleSet, deliveries: Sequence[UUID]
) -> Preview:
    after = replace(before, attribution=tried_in_order(standing_in(before.attribution, rule)))
    repository.add_previewed(connection, deliveries, None)
    repository.take_stored_pairs(connection)
    repository.judge(connection, after)
    matched = repository.sum_costs(connection, "sum_rule_matches", deliveries, rule.id)
    billed = repository.sum_costs(connection, "sum_previewed", deliveries)
    moves = repository.list_moves(connection, deliveries)
    return Preview(
        periods=[],
        matched=matched,
        reattributed=added(moves),
        moves=moves[:EXAMPLES],
        warnings=warnings_of(rule, matched, everything=takes_all(matched, billed)) if deliveries else [],
    )


def preview_split_rule(
    connection: Connection, rule: SplitRule, before: RuleSet, deliveries: Sequence[UUID]
) -> Preview:
    """What would be shared; who bears how much depends on the day."""
    after = replace(before, splits=splits_in_order(standing_in(before.splits, rule)))
    repository.add_previewed(connection, deliveries, None)
    repository.take_stored_pairs(connection)
    repository.judge(connection, after)
    matched = repository.sum_costs(connection, "sum_shared", deliveries, rule.id)
    billed = repository.sum_costs(connection, "sum_previewed", deliveries)
    return Preview(
        periods=[],
        matched=matched,
        reattributed=matched,
        moves=[],
        warnings=warnings_of(rule, matched, everything=takes_all(matched, billed)) if deliveries else [],
    )


def standing_in[T: Rule](rules: Iterable[T], rule: T) -> list[T]:
    """The rules that count once this one is saved."""
    others = [one for one in rules if one.id != rule.id]
    return [*others, rule] if rule.is_active else others


def warnings_of(rule: Rule, matched: Sequence[CostSum], *, everything: bool) -> list[str]:
    if not rule.is_active or (isinstance(rule, AttributionRule) and rule.kind.finds_the_owner):
        return []
    if not matched:
        return [NOTHING]
    return [EVERYTHING] if everything else []


def collapses(rule: TagRule, pairs: Sequence[NormalizedPair]) -> bool:
    """Whether a pattern that was meant to choose makes one value of all that the key has."""
    if rule.pattern is None or rule.normalized_value is None or groups_of(rule.normalized_value):
        return False
    of_key = [pair for pair in pairs if pair.tag_key.lower() == rule.tag_key.lower()]
    values = {pair.tag_value for pair in of_key}
    return len(values) > 1 and all(pair.tag_rule_id == rule.id for pair in of_key)


def takes_all(matched: Sequence[CostSum], billed: Sequence[CostSum]) -> bool:
    return sum(one.charges for one in matched) == sum(one.charges for one in billed) > 1


def added(moves: Sequence[Move]) -> list[CostSum]:
    """Per currency, the charges and the money that would change hands."""
    charges: dict[str, int] = {}
    cost: dict[str, Decimal] = {}
    for move in moves:
        charges[move.currency] = charges.get(move.currency, 0) + move.charges
        cost[move.currency] = cost.get(move.currency, Decimal(0)) + move.billed_cost
    return [
        CostSum(currency=currency, charges=charges[currency], billed_cost=cost[currency])
        for currency in sorted(charges)
    ]
