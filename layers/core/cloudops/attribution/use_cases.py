"""Add, change, preview and remove rules, and tell why a cost is with its team."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from cloudops.actor import Actor
from cloudops.attribution import repository, rule_repository
from cloudops.attribution.attributing import attribution_is_due, rules_that_count, show_attribution
from cloudops.attribution.checking import check
from cloudops.attribution.models import (
    AttributionRule,
    Explanation,
    Match,
    Preview,
    Rule,
    RuleSet,
    SplitRule,
    TagRule,
)
from cloudops.attribution.ordering import BUILT_IN, as_stored, is_built_in, splits_in_order, with_built_in
from cloudops.attribution.previewing import NOTHING, preview
from cloudops.attribution.rule_repository import RuleExistsError, RuleNotFoundError
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.errors import ConflictError, InvalidError
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match

__all__ = [
    "attribution_is_due",
    "explain_charge",
    "explain_resource",
    "list_attribution_rules",
    "list_split_rules",
    "list_tag_rules",
    "show_attribution",
]

MAXIMUM_RULES = 1000
MAXIMUM_EXPLAINED = 100
MOVABLE = {"priority", "is_active"}


class BuiltInRuleError(ConflictError):
    """A built-in rule can be switched off and moved, and nothing else."""


class TooManyRulesError(ConflictError):
    """There are as many rules as there may be."""


@dataclass(frozen=True, kw_only=True)
class Book[T: Rule]:
    """Where the rules of one kind are kept; `entity` is what the trail calls one."""

    entity: str
    listed: Callable[[Connection], list[T]]
    locked: Callable[[Connection, UUID], T]
    put: Callable[[Connection, T], None]
    deleted: Callable[[Connection, UUID], None]
    # The field to complain of where a rule takes too much or nothing.
    chooses: str


def list_tag_rules(connection: Connection) -> list[TagRule]:
    """In the order in which they are tried."""
    return rule_repository.list_tag_rules(connection)


def list_attribution_rules(connection: Connection) -> list[AttributionRule]:
    """In the order in which they are tried, with the built-in ones."""
    return with_built_in(rule_repository.list_attribution_rules(connection))


def list_split_rules(connection: Connection) -> list[SplitRule]:
    """In the order in which they are tried."""
    return splits_in_order(rule_repository.list_split_rules(connection))


def lock_attribution_rule(connection: Connection, rule_id: UUID) -> AttributionRule:
    stored = rule_repository.find_attribution_rule(connection, rule_id)
    for rule in BUILT_IN:
        if rule.id == rule_id:
            return as_stored(rule, stored)
    if stored is None:
        raise RuleNotFoundError
    return stored


TAG_RULES = Book[TagRule](
    entity="tag_rule",
    listed=list_tag_rules,
    locked=rule_repository.lock_tag_rule,
    put=rule_repository.put_tag_rule,
    deleted=rule_repository.delete_tag_rule,
    chooses="pattern",
)
ATTRIBUTION_RULES = Book[AttributionRule](
    entity="attribution_rule",
    listed=list_attribution_rules,
    locked=lock_attribution_rule,
    put=rule_repository.put_attribution_rule,
    deleted=rule_repository.delete_attribution_rule,
    chooses="match_values",
)
SPLIT_RULES = Book[SplitRule](
    entity="split_rule",
    listed=list_split_rules,
    locked=rule_repository.lock_split_rule,
    put=rule_repository.put_split_rule,
    deleted=rule_repository.delete_split_rule,
    chooses="charge_category",
)


def show_rule[T: Rule](connection: Connection, book: Book[T], rule_id: UUID) -> T:
    for rule in book.listed(connection):
        if rule.id == rule_id:
            return rule
    raise RuleNotFoundError


def try_rule(connection: Connection, rule: Rule) -> Preview:
    check(rule)
    return preview(connection, rule)


def add_rule[T: Rule](connection: Connection, book: Book[T], rule: T, *, force: bool, actor: Actor) -> T:
    """Save a new rule. What takes nothing, or everything, is refused unless forced."""
    check(rule)
    refuse_name(connection, book, rule)
    if len(book.listed(connection)) >= MAXIMUM_RULES:
        raise TooManyRulesError(f"there may be {MAXIMUM_RULES}")
    refuse_careless(connection, book, rule, force=force)
    book.put(connection, rule)
    record(connection, event_of(book, "created", None, rule, actor=actor))
    return rule


def change_rule[T: Rule](
    connection: Connection,
    book: Book[T],
    rule_id: UUID,
    fields: Mapping[str, Any],
    *,
    if_match: str | None,
    force: bool,
    actor: Actor,
    now: datetime,
) -> T:
    before = book.locked(connection, rule_id)
    require_match(if_match, etag_of(before.editable()))
    if is_built_in(rule_id) and fields.keys() - MOVABLE:
        raise BuiltInRuleError
    after = replace(before, **fields)
    if after == before:
        return before
    check(after)
    refuse_name(connection, book, after)
    refuse_careless(connection, book, after, force=force)
    saved = replace(after, created_at=before.created_at or now, updated_at=now)
    book.put(connection, saved)
    record(connection, event_of(book, "changed", before, saved, actor=actor))
    return saved


def remove_rule[T: Rule](
    connection: Connection, book: Book[T], rule_id: UUID, *, if_match: str | None, actor: Actor
) -> None:
    before = book.locked(connection, rule_id)
    require_match(if_match, etag_of(before.editable()))
    if is_built_in(rule_id):
        raise BuiltInRuleError
    book.deleted(connection, rule_id)
    record(connection, event_of(book, "deleted", before, None, actor=actor))


def refuse_name(connection: Connection, book: Book[Any], rule: Rule) -> None:
    """Built-in rules have names, too, which no constraint of the database knows."""
    if any(one.rule_name == rule.rule_name and one.id != rule.id for one in book.listed(connection)):
        raise RuleExistsError


def refuse_careless(connection: Connection, book: Book[Any], rule: Rule, *, force: bool) -> None:
    if force:
        return
    for warning in preview(connection, rule).warnings:
        what = "nothing" if warning == NOTHING else "everything"
        raise InvalidError(
            f"it takes {what} of the newest two bills; with force=true it is saved all the same",
            field=book.chooses,
        )


def event_of(
    book: Book[Any], event_type: str, before: Rule | None, after: Rule | None, *, actor: Actor
) -> NewEvent:
    rule = after or before
    if rule is None:
        raise ValueError("an event is about a rule")
    old, new = told(before), told(after)
    differing = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return NewEvent(
        entity_type=book.entity,
        entity_id=str(rule.id),
        event_type=event_type,
        message=f"The {book.entity.replace('_', ' ')} {rule.rule_name} was {event_type}",
        actor=actor,
        metadata={
            "old": {name: old[name] for name in differing if name in old},
            "new": {name: new[name] for name in differing if name in new},
        },
    )


def told(rule: Rule | None) -> dict[str, Any]:
    """A rule as the trail keeps it."""
    if rule is None:
        return {}
    return {name: plain(value) for name, value in rule.editable().items()}


def plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if hasattr(value, "team_id"):
        return {"team_id": str(value.team_id), "percentage": plain(value.percentage)}
    return value if value is None or isinstance(value, bool | int) else str(value)


def explain_charge(connection: Connection, charge_id: int, charge_date: date) -> list[Explanation]:
    key = repository.find_subject_of_charge(connection, charge_id, charge_date)
    return explain(connection, [key])


def explain_resource(connection: Connection, resource_id: str, account_id: str | None) -> list[Explanation]:
    """One explanation for each set of tags that the resource was billed with."""
    keys = repository.find_subjects(connection, resource_id, account_id, limit=MAXIMUM_EXPLAINED)
    return explain(connection, keys)


def explain(connection: Connection, keys: list[int]) -> list[Explanation]:
    repository.begin_work(connection)
    rules = rules_that_count(connection)
    repository.add_explained(connection, keys)
    repository.take_stored_pairs(connection)
    repository.judge(connection, rules)
    return [named(one, rules) for one in repository.list_explanations(connection)]


def named(explanation: Explanation, rules: RuleSet) -> Explanation:
    team = next((match.place for match in explanation.matches if match.team_id), None)
    service = next((match.place for match in explanation.matches if match.service_id), None)

    def with_name(match: Match) -> Match:
        decides = [what for what, place in (("team", team), ("service", service)) if place == match.place]
        return replace(match, rule_name=rules.attribution[match.place].rule_name, decides=decides)

    return replace(explanation, matches=[with_name(match) for match in explanation.matches])
