"""What an expression may say; everything else is refused with the place of the wrong part."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudops.compliance.policies.expressions import (
    MAXIMUM_DEPTH,
    MAXIMUM_SIZE,
    ExpressionError,
    document_of,
    fields_in,
    parse,
)
from tests.unit.compliance.policy_subjects import documents, expressions

ABSENT = {"field": "tags.owner", "op": "absent"}

# A busy machine is no failure.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def deep(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = ABSENT
    for _ in range(levels - 1):
        found = {"not": found}
    return found


def refusal_of(document: Any) -> ExpressionError | None:
    try:
        parse(document)
    except ExpressionError as error:
        return error
    return None


@patient
@given(expressions)
def test_what_was_parsed_is_written_back_as_it_was(document: dict[str, Any]) -> None:
    assert document_of(parse(document)) == document


@patient
@given(documents | st.dictionaries(st.sampled_from(["all", "any", "not", "field", "op"]), documents))
def test_whatever_else_is_sent_is_refused_by_name(document: Any) -> None:
    refusal = refusal_of(document)

    assert refusal is None or (str(refusal.field).startswith("expression") and refusal.detail)


@pytest.mark.parametrize(
    ("document", "place", "reason"),
    [
        ({}, "", "neither"),
        ([], "", "neither"),
        ({"all": []}, ".all", "one part or more"),
        ({"any": ABSENT}, ".any", "not a list"),
        ({"all": [ABSENT], "any": [ABSENT]}, "", "neither"),
        ({"all": [ABSENT, {"not": {"field": "cost", "op": "gt"}}]}, ".all.1.not.field", "no such field"),
        ({"field": "tags.", "op": "absent"}, ".field", "no such field"),
        ({"field": "configuration.a..b", "op": "absent"}, ".field", "no such field"),
        ({"field": "tenant_id", "op": "exists"}, ".field", "no such field"),
        ({"field": "tags.owner", "op": "like", "value": "x"}, ".op", "takes absent, contains, eq"),
        ({"field": "tags.owner", "op": "gt", "value": 3}, ".op", "a tag's text"),
        ({"field": "region", "op": "older_than_days", "value": 3}, ".op", "holds text"),
        ({"field": "monthly_cost", "op": "matches", "value": "1*"}, ".op", "a number"),
        ({"field": "first_seen", "op": "eq", "value": "2026-01-01"}, ".op", "a day"),
        ({"field": "tags.owner", "op": "eq"}, ".value", "needs a value"),
        ({"field": "tags.owner", "op": "absent", "value": True}, ".value", "takes no value"),
        ({"field": "tags.owner", "op": "eq", "value": 3}, ".value", "holds text"),
        ({"field": "tags.owner", "op": "eq", "value": None}, ".value", "holds text"),
        ({"field": "monthly_cost", "op": "eq", "value": True}, ".value", "holds a number"),
        ({"field": "monthly_cost", "op": "gt", "value": "100"}, ".value", "takes a number"),
        ({"field": "monthly_cost", "op": "gt", "value": float("nan")}, ".value", "takes a number"),
        ({"field": "region", "op": "in", "value": "eu-west-1"}, ".value", "a list"),
        ({"field": "region", "op": "in", "value": []}, ".value", "one value or more"),
        ({"field": "region", "op": "in", "value": ["eu-west-1", 3]}, ".value.1", "holds text"),
        ({"field": "configuration.a", "op": "eq", "value": {}}, ".value", "neither"),
        ({"field": "configuration.a", "op": "older_than_days", "value": -1}, ".value", "whole number"),
        ({"field": "configuration.a", "op": "older_than_days", "value": 1.5}, ".value", "whole number"),
        ({"field": "name", "op": "matches", "value": "x" * 201}, ".value", "200 characters"),
        ({"field": "name", "op": "eq", "value": "\ud800"}, ".value", "200 characters"),
        ({"field": "name", "op": "eq", "value": "x", "also": 1}, "", "neither"),
        (deep(MAXIMUM_DEPTH + 1), ".not" * MAXIMUM_DEPTH, "deeper than 10"),
        ({"any": [ABSENT] * MAXIMUM_SIZE}, f".any.{MAXIMUM_SIZE - 1}", "more than 500"),
        ({"field": "region", "op": "in", "value": ["x"] * MAXIMUM_SIZE}, ".value", "more than 500"),
    ],
)
def test_a_wrong_part_is_named_by_its_path(document: Any, place: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(document)

    assert refused.value.field == f"expression{place}"
    assert reason in refused.value.detail


def test_the_deepest_and_the_largest_are_taken() -> None:
    assert document_of(parse(deep(MAXIMUM_DEPTH))) == deep(MAXIMUM_DEPTH)
    assert parse({"any": [ABSENT] * (MAXIMUM_SIZE - 1)})


def test_the_fields_of_an_expression_are_listed_once() -> None:
    found = fields_in(parse({"all": [ABSENT, {"not": ABSENT}, {"field": "region", "op": "exists"}]}))

    assert found == ("tags.owner", "region")
