"""What the tag rules make of pairs of key and value. Pure: pairs and rules in, pairs out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cloudops.attribution.models import NormalizedPair, Pair, TagRule
from cloudops.attribution.patterns import compiled, expanded


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A rule that is ready to run."""

    rule: TagRule
    place: int
    pattern: Any

    @staticmethod
    def of(rule: TagRule, place: int) -> "Reading":
        return Reading(
            rule=rule, place=place, pattern=compiled(rule.pattern) if rule.pattern is not None else None
        )

    def groups(self, value: str) -> list[str] | None:
        """The whole value and the pattern's groups; None where the rule does not take the value."""
        if self.pattern is None:
            return [value]
        found = self.pattern.fullmatch(value)
        return None if found is None else [found.group(0), *(group or "" for group in found.groups())]

    def read(self, pair: Pair, groups: list[str]) -> NormalizedPair:
        template = self.rule.normalized_value
        return NormalizedPair(
            tag_key=pair.tag_key,
            tag_value=pair.tag_value,
            normalized_key=self.rule.normalized_key or pair.tag_key,
            normalized_value=pair.tag_value if template is None else expanded(template, groups),
            tag_rule_id=self.rule.id,
            place=self.place,
        )


def in_order(rules: Iterable[TagRule]) -> list[TagRule]:
    """The active ones: higher priority first, then by name, byte by byte. Names are unique, so there are no ties."""
    active = [rule for rule in rules if rule.is_active]
    return sorted(active, key=lambda rule: (-rule.priority, rule.rule_name.encode()))


def normalize(pairs: Iterable[Pair], rules: Sequence[TagRule]) -> list[NormalizedPair]:
    """`rules` stand in their order; the first that takes a pair is the only one."""
    by_key: dict[str, list[Reading]] = {}
    for place, rule in enumerate(rules):
        by_key.setdefault(rule.tag_key.lower(), []).append(Reading.of(rule, place))
    return [read(pair, by_key.get(pair.tag_key.lower(), [])) for pair in pairs]


def read(pair: Pair, readings: Sequence[Reading]) -> NormalizedPair:
    for reading in readings:
        groups = reading.groups(pair.tag_value)
        if groups is not None:
            return reading.read(pair, groups)
    return NormalizedPair(
        tag_key=pair.tag_key,
        tag_value=pair.tag_value,
        normalized_key=pair.tag_key,
        normalized_value=pair.tag_value,
        tag_rule_id=None,
        place=None,
    )
