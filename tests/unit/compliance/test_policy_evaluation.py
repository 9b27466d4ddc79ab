"""Whether an expression is true of a resource, and what it says of what is missing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from cloudops.compliance.policies.evaluating import MAXIMUM_REASON, evaluate, pattern, reason_of
from cloudops.compliance.policies.expressions import parse
from cloudops.compliance.policies.fields import Subject
from tests.unit.compliance.policy_subjects import NOW, expressions, leaves, subject, subjects

# A busy machine is no failure.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(document: dict[str, Any], **fields: Any) -> bool | None:
    return evaluate(parse(document), subject(**fields), now=NOW)


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("type", "eq", "EC2", True),
        ("type", "eq", "ec2", False),
        ("type", "ne", "EC2", False),
        ("region", "in", ["eu-west-1", "eu-west-2"], True),
        ("region", "not_in", ["eu-west-1"], False),
        ("name", "matches", "w?b", True),
        ("name", "matches", "*b", True),
        ("name", "matches", "we", False),
        ("name", "matches", "[w]eb", False),
        ("name", "contains", "eb", True),
        ("monthly_cost", "gt", 70, True),
        ("monthly_cost", "gte", 70.5, True),
        ("monthly_cost", "lt", 70.5, False),
        ("monthly_cost", "lte", 70.5, True),
        ("monthly_cost", "eq", 70.5, True),
        ("first_seen", "older_than_days", 200, True),
        ("first_seen", "older_than_days", 217, False),
        ("tags.owner", "eq", "ann", True),
        ("tags.aws:cloudformation:stack-name", "exists", None, True),
        ("configuration.encrypted", "eq", False, True),
        ("configuration.encrypted", "eq", 0, False),
        ("configuration.sizeGB", "eq", True, False),
        ("configuration.sizeGB", "gt", 99, True),
        ("configuration.sizeGB", "eq", "100", False),
        ("configuration.ports", "contains", 22, True),
        ("configuration.ports", "contains", "22", False),
        ("configuration.network.vpc", "eq", "vpc-1", True),
        ("configuration.network.vpc.deeper", "absent", None, True),
        ("configuration.createdAt", "older_than_days", 30, True),
        ("configuration.createdAt", "older_than_days", 40, False),
        ("configuration.name", "older_than_days", 1, False),
        ("configuration.name", "gt", 1, False),
        ("utilization.cpu", "lt", 5, True),
    ],
)
def test_a_test_compares_by_the_types_of_json(field: str, op: str, value: Any, expected: bool) -> None:
    document = {"field": field, "op": op} | ({} if value is None else {"value": value})
    configuration = {
        "encrypted": False,
        "sizeGB": 100,
        "ports": [22, 80],
        "network": {"vpc": "vpc-1"},
        "createdAt": "2026-07-01T00:00:00Z",
        "name": "web",
    }

    found = holds(
        document,
        tags={"owner": "ann", "aws:cloudformation:stack-name": "web"},
        configuration=configuration,
        utilization={"cpu": Decimal("1.5")},
    )

    assert found is expected


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("absent", None, True),
        ("exists", None, False),
        ("eq", "x", False),
        ("ne", "x", True),
        ("in", ["x"], False),
        ("not_in", ["x"], True),
        ("gt", 1, False),
        ("lte", 1, False),
        ("matches", "*", False),
        ("contains", "", False),
        ("older_than_days", 0, False),
    ],
)
def test_what_is_absent_equals_nothing_and_what_nobody_looked_at_is_unknown(
    op: str, value: Any, expected: bool
) -> None:
    document = {"field": "configuration.owner", "op": op} | ({} if value is None else {"value": value})

    assert holds(document) is expected
    assert holds(document, configuration={"owner": None}) is expected
    assert holds(document, complete=False) is None


def test_tags_and_the_bills_fields_are_known_without_a_scan() -> None:
    assert holds({"field": "tags.owner", "op": "absent"}, complete=False) is True
    assert holds({"field": "region", "op": "absent"}, complete=False, region=None) is True


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"all": ["yes", "unknown"]}, None),
        ({"all": ["no", "unknown"]}, False),
        ({"any": ["yes", "unknown"]}, True),
        ({"any": ["no", "unknown"]}, None),
        ({"any": ["no", "no"]}, False),
        ({"not": "unknown"}, None),
        ({"not": "no"}, True),
    ],
)
def test_what_is_unknown_decides_nothing(document: dict[str, Any], expected: bool | None) -> None:
    parts_by_name = {
        "yes": {"field": "type", "op": "eq", "value": "EC2"},
        "no": {"field": "type", "op": "eq", "value": "RDS"},
        "unknown": {"field": "configuration.a", "op": "exists"},
    }
    ((word, parts),) = document.items()
    written = parts_by_name[parts] if word == "not" else [parts_by_name[one] for one in parts]

    assert holds({word: written}, complete=False) is expected


@patient
@given(expressions, subjects())
def test_every_expression_has_an_outcome_on_every_resource(document: dict[str, Any], found: Subject) -> None:
    expression = parse(document)

    assert evaluate(expression, found, now=NOW) in (True, False, None)
    assert len(reason_of(expression, found, now=NOW)) <= MAXIMUM_REASON


@patient
@given(expressions, subjects())
def test_whatever_a_scan_read_whole_is_true_or_false(document: dict[str, Any], found: Subject) -> None:
    known = Subject(**{**vars(found), "complete": True})

    assert evaluate(parse(document), known, now=NOW) is not None


@patient
@given(expressions, subjects())
def test_not_turns_an_outcome_round_and_twice_gives_it_back(document: dict[str, Any], found: Subject) -> None:
    plain = evaluate(parse(document), found, now=NOW)
    turned = evaluate(parse({"any": [{"all": [document]}]}), found, now=NOW)

    assert turned is plain
    if "not" not in document:
        assert evaluate(parse({"not": document}), found, now=NOW) is (None if plain is None else not plain)


@patient
@given(leaves(), subjects())
def test_ne_not_in_and_absent_are_the_opposites_of_eq_in_and_exists(
    document: dict[str, Any], found: Subject
) -> None:
    opposite = {"eq": "ne", "in": "not_in", "exists": "absent"}.get(document["op"])
    if opposite is None:
        return
    one = evaluate(parse(document), found, now=NOW)
    other = evaluate(parse({**document, "op": opposite}), found, now=NOW)

    assert (one is None) == (other is None)
    assert one is None or one is not other


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert not pattern("*a" * 90 + "b").match("a" * 2000)


def test_the_reason_tells_the_tests_that_decided() -> None:
    document = {
        "any": [
            {"all": [{"field": "configuration.encrypted", "op": "eq", "value": False}]},
            {"field": "region", "op": "eq", "value": "us-east-1"},
            {"not": {"field": "tags.owner", "op": "exists"}},
            {"field": "first_seen", "op": "older_than_days", "value": 30},
        ]
    }

    told = reason_of(
        parse(document), subject(configuration={"encrypted": False}, first_seen=date(2026, 1, 1)), now=NOW
    )

    assert told == (
        "configuration.encrypted is false; not: tags.owner is set; first_seen is older than 30 days"
    )
