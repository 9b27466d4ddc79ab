"""How tag rules read pairs of key and value."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.attribution.models import Pair, TagRule
from cloudops.attribution.normalizing import in_order, normalize
from cloudops.attribution.patterns import BadPatternError, check_template, compiled
from cloudops.errors import InvalidError
from tests.integration.intake import NOW


def rule(name: str, pattern: str | None = None, **fields: Any) -> TagRule:
    given_fields: dict[str, Any] = {
        "tag_key": "env",
        "normalized_key": None,
        "normalized_value": None,
        "priority": 0,
        "is_active": True,
        **fields,
    }
    return TagRule(
        id=uuid4(), rule_name=name, pattern=pattern, created_at=NOW, updated_at=NOW, **given_fields
    )


def read(key: str, value: str, *rules: TagRule) -> tuple[str, str]:
    (found,) = normalize([Pair(tag_key=key, tag_value=value)], in_order(rules))
    return found.normalized_key, found.normalized_value


PRODUCTION = rule("production", "(?i)prod(uction)?", normalized_value="production")


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("env", "prod", ("env", "production")),
        ("Env", "PROD", ("Env", "production")),
        ("ENV", "Production", ("ENV", "production")),
        ("env", "prod-1", ("env", "prod-1")),
        ("stage", "prod", ("stage", "prod")),
    ],
)
def test_a_pattern_takes_whole_values_of_its_key_in_any_case(
    key: str, value: str, expected: tuple[str, str]
) -> None:
    assert read(key, value, PRODUCTION) == expected


def test_a_rule_without_a_pattern_takes_every_value() -> None:
    assert read("env", "x", rule("r", normalized_key="environment")) == ("environment", "x")


def test_a_template_names_groups_and_those_that_took_no_part_are_empty() -> None:
    groups = rule("r", "(a)?([a-z]+)-([0-9]+)", normalized_value=r"\3/\2\1 of \0")

    assert read("env", "web-7", groups) == ("env", "7/web of web-7")


def test_the_higher_priority_goes_first_then_the_name() -> None:
    low, high = rule("a", normalized_value="low"), rule("z", normalized_value="high", priority=1)
    first = rule("B", normalized_value="first", priority=1)

    assert read("env", "x", low, high) == ("env", "high")
    assert read("env", "x", low, high, first) == ("env", "first")


def test_an_inactive_rule_takes_nothing() -> None:
    assert read("env", "x", rule("r", normalized_value="y", is_active=False)) == ("env", "x")


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("a(?=b)", "lookahead"),
        ("(?<!a)b", "lookbehind"),
        (r"(a)\1", "backreferences"),
        ("(?P<n>a)(?P=n)", "backreferences"),
        ("(", "missing"),
        ("x" * 501, "500 characters"),
        (r"\pL{1000}", "MB"),
    ],
)
def test_what_re2_cannot_do_is_told_with_its_reason(pattern: str, told: str) -> None:
    with pytest.raises(BadPatternError, match=told) as refused:
        compiled(pattern)

    assert refused.value.field == "pattern"


@pytest.mark.parametrize(("template", "pattern"), [(r"\1", None), (r"\2", "(a)")])
def test_a_template_names_no_group_that_is_not_there(template: str, pattern: str | None) -> None:
    with pytest.raises(InvalidError) as refused:
        check_template(template, pattern)

    assert refused.value.field == "normalized_value"


RULES = st.lists(
    st.builds(
        rule,
        st.text(min_size=1, max_size=4),
        st.sampled_from([None, ".*", "a.*", "[ab]+"]),
        normalized_value=st.sampled_from(["x", "y", r"\0!"]),
        priority=st.integers(-1, 1),
    ),
    unique_by=lambda one: one.rule_name,
    max_size=6,
)


@given(rules=RULES, value=st.text("ab", max_size=4), shuffle=st.randoms(use_true_random=False))
def test_the_order_in_which_rules_were_made_says_nothing(
    rules: list[TagRule], value: str, shuffle: Any
) -> None:
    shuffled = list(rules)
    shuffle.shuffle(shuffled)

    assert read("env", value, *shuffled) == read("env", value, *rules)
