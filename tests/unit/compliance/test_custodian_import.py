"""Policies of Cloud Custodian, translated exactly or refused with their place and the reason."""

from typing import Any

import pytest
import yaml

from cloudops.compliance.policies.custodian import UntranslatableError, translate
from cloudops.compliance.policies.evaluating import evaluate
from cloudops.compliance.policies.expressions import ExpressionError, parse
from tests.unit.compliance.policy_subjects import NOW, subject

OLD = {"field": "configuration.createdAt", "op": "older_than_days", "value": 30}


def expression_of(text: str) -> dict[str, Any]:
    (found,) = translate({"policies": [yaml.safe_load(text)]})
    return found.expression


def filtered(resource: str, *filters: Any) -> dict[str, Any]:
    (found,) = translate({"policies": [{"name": "x", "resource": resource, "filters": list(filters)}]})
    return found.expression


def test_a_whole_policy_keeps_its_words_and_loses_what_it_would_do() -> None:
    (found,) = translate(
        yaml.safe_load(
            """
            policies:
              - name: forgotten-test-databases
                resource: aws.rds
                description: Test databases that somebody left open.
                mode: {type: periodic, schedule: rate(1 day)}
                filters:
                  - PubliclyAccessible: true
                  - or:
                      - tag:stage: test
                      - not:
                          - tag:owner: present
                actions: [stop]
            """
        )
    )

    assert (found.name, found.resource_types) == ("forgotten-test-databases", ["RDS"])
    assert found.description == "Test databases that somebody left open."
    assert len(found.notes) == 2
    assert found.expression == {
        "all": [
            {"field": "configuration.publiclyAccessible", "op": "eq", "value": True},
            {
                "any": [
                    {"field": "tags.stage", "op": "eq", "value": "test"},
                    {"not": {"field": "tags.owner", "op": "exists"}},
                ]
            },
        ]
    }


@pytest.mark.parametrize(
    ("resource", "written", "expected"),
    [
        ("ec2", {"tag:team": "absent"}, {"field": "tags.team", "op": "absent"}),
        ("ec2", {"InstanceType": "m4.large"}, {"field": "instance_type", "op": "eq", "value": "m4.large"}),
        (
            "ec2",
            {"type": "value", "key": "State.Name", "value": ["running", "stopped"]},
            {"field": "status", "op": "in", "value": ["running", "stopped"]},
        ),
        (
            "ec2",
            {"type": "value", "key": "InstanceType", "op": "not-in", "value": ["t3.micro"]},
            {"field": "instance_type", "op": "not_in", "value": ["t3.micro"]},
        ),
        (
            "ec2",
            {"type": "value", "key": "ImageId", "op": "glob", "value": "ami-0*"},
            {"field": "configuration.imageId", "op": "matches", "value": "ami-0*"},
        ),
        (
            "ec2",
            {"type": "instance-age", "days": 90},
            {"field": "configuration.launchedAt", "op": "older_than_days", "value": 90},
        ),
        ("ebs", {"Encrypted": False}, {"field": "configuration.encrypted", "op": "eq", "value": False}),
        ("ebs", {"Attachments": []}, {"field": "status", "op": "eq", "value": "available"}),
        (
            "ebs",
            {"type": "value", "key": "Size", "op": "greater-than", "value": 500},
            {"field": "configuration.sizeGB", "op": "gt", "value": 500},
        ),
        ("ebs", {"type": "value", "key": "CreateTime", "value_type": "age", "op": "gt", "value": 30}, OLD),
        (
            "ebs",
            {"type": "value", "key": "CreateTime", "value_type": "age", "op": "lt", "value": 30},
            {"all": [{"field": "configuration.createdAt", "op": "exists"}, {"not": OLD}]},
        ),
        (
            "ebs-snapshot",
            {"type": "age", "days": 60, "op": "ge"},
            {"field": "configuration.startedAt", "op": "older_than_days", "value": 60},
        ),
        (
            "lambda",
            {"type": "value", "key": "Runtime", "op": "in", "value": ["python3.8", "nodejs14.x"]},
            {"field": "configuration.runtime", "op": "in", "value": ["python3.8", "nodejs14.x"]},
        ),
        ("elb", {"Scheme": "internal"}, {"field": "configuration.scheme", "op": "eq", "value": "internal"}),
        ("s3", {"tag:data": "empty"}, {
            "not": {
                "all": [
                    {"field": "tags.data", "op": "exists"},
                    {"field": "tags.data", "op": "not_in", "value": [""]},
                ]
            }
        }),
        ("s3", {"type": "value", "key": "tag:data", "op": "ne", "value": "absent"}, {
            "not": {"field": "tags.data", "op": "absent"}
        }),
        (
            "security-group",
            {"type": "ingress", "Ports": [22, 3389], "Cidr": {"value": ["0.0.0.0/0", "::/0"], "op": "in"}},
            {
                "any": [
                    {"field": "configuration.openAdminPorts", "op": "contains", "value": 22},
                    {"field": "configuration.openAdminPorts", "op": "contains", "value": 3389},
                ]
            },
        ),
        (
            "security-group",
            {"type": "ingress", "OnlyPorts": [80, 443], "Cidr": {"value": "0.0.0.0/0"}},
            {"field": "configuration.opensOtherPorts", "op": "eq", "value": True},
        ),
        ("log-group", {"retentionInDays": "absent"}, {"field": "configuration.retentionDays", "op": "absent"}),
    ],
)  # fmt: skip
def test_a_filter_that_maps(resource: str, written: Any, expected: Any) -> None:
    assert filtered(resource, written) == expected
    parse(expected)


def test_a_list_of_filters_is_a_conjunction_and_not_denies_all_of_its_list() -> None:
    found = filtered("ec2", {"not": [{"tag:a": "x"}, {"tag:b": "y"}]})

    for tags, expected in (({"a": "x", "b": "y"}, False), ({"a": "x"}, True), ({}, True)):
        assert evaluate(parse(found), subject(tags=tags), now=NOW) is expected


def test_what_is_unequal_to_a_missing_tag_is_flagged_as_it_is_there() -> None:
    found = filtered("ec2", {"type": "value", "key": "tag:stage", "op": "ne", "value": "prod"})

    assert evaluate(parse(found), subject(tags={}), now=NOW) is True


@pytest.mark.parametrize(
    ("resource", "written", "place", "reason"),
    [
        ("ec2", "termination-protected", "", "not known"),
        ("ec2", {"type": "metrics", "name": "CPUUtilization"}, ".type", "metrics is not known"),
        ("ec2", {"type": "marked-for-op", "op": "stop"}, ".type", "not known"),
        ("ec2", {"type": "offhour"}, ".type", "not known"),
        ("s3", {"type": "instance-age", "days": 3}, ".type", "not known"),
        ("ec2", {"type": "value", "key": "KeyName", "value": "x"}, ".key", "KeyName is not known of ec2"),
        ("ec2", {"KeyName": "x"}, ".KeyName", "not known of ec2"),
        (
            "ec2",
            {"type": "value", "key": "ImageId", "op": "regex", "value": ".*"},
            ".op",
            "regex is not known",
        ),
        ("ec2", {"type": "value", "key": "ImageId", "op": ["eq"], "value": "x"}, ".op", "not known"),
        ("ec2", {"type": "value", "key": "ImageId"}, ".value", "needs a value"),
        ("ec2", {"type": "value", "value": "x"}, ".key", "needs a key"),
        (
            "ec2",
            {"type": "value", "key": "ImageId", "value": "x", "value_from": {"url": "u"}},
            ".value_from",
            "not known",
        ),
        (
            "ec2",
            {"type": "value", "key": "ImageId", "value": 3, "value_type": "swap"},
            ".value_type",
            "not known",
        ),
        ("ec2", {"type": "instance-age", "days": 3, "hours": 2}, ".hours", "not known"),
        ("ec2", {"type": "instance-age"}, ".days", "number of days"),
        ("ec2", {"type": "instance-age", "days": 1.5}, ".days", "whole number"),
        ("ec2", {"type": "instance-age", "days": float("inf")}, ".days", "whole number"),
        ("ec2", {"type": "instance-age", "days": 3, "op": "eq"}, ".op", "gt, ge, lt or le"),
        ("ec2", {"or": []}, ".or", "no list of filters"),
        ("ec2", {"or": {"tag:a": "b"}}, ".or", "no list of filters"),
        ("ec2", {"tag:a": "b", "tag:c": "d"}, "", "one key"),
        ("ec2", {}, "", "no filter"),
        ("ebs", {"type": "value", "key": "Attachments", "value": "x"}, ".value", "whether there are none"),
        (
            "security-group",
            {"type": "ingress", "Ports": [22], "Cidr": {"value": "10.0.0.0/8"}},
            ".Cidr",
            "everybody",
        ),
        ("security-group", {"type": "ingress", "Ports": [22]}, ".Cidr", "range of everybody"),
        (
            "security-group",
            {"type": "ingress", "Ports": [21], "Cidr": {"value": "::/0"}},
            ".Ports",
            "22 and 3389",
        ),
        ("security-group", {"type": "ingress", "IpProtocol": "-1"}, ".IpProtocol", "not known"),
    ],
)
def test_a_filter_that_does_not_map_is_refused(resource: str, written: Any, place: str, reason: str) -> None:
    with pytest.raises(UntranslatableError) as refused:
        filtered(resource, {"tag:first": "present"}, written)

    assert refused.value.field == f"document.policies.0.filters.1{place}"
    assert reason in refused.value.detail


@pytest.mark.parametrize(
    ("policy", "place", "reason"),
    [
        ([], "", "no policy"),
        ({"name": "x", "resource": "azure.vm", "filters": [{"a": 1}]}, ".resource", "not known"),
        ({"name": "x", "resource": 3, "filters": [{"a": 1}]}, ".resource", "not known"),
        ({"resource": "ec2", "filters": [{"a": 1}]}, ".name", "needs a name"),
        ({"name": "x", "resource": "ec2"}, ".filters", "flag everything"),
        ({"name": "x", "resource": "ec2", "filters": []}, ".filters", "flag everything"),
        ({"name": "x", "resource": "ec2", "query": [], "filters": []}, ".query", "not known"),
    ],
)
def test_a_policy_that_does_not_map_is_refused(policy: Any, place: str, reason: str) -> None:
    with pytest.raises(UntranslatableError) as refused:
        translate({"policies": [policy]})

    assert refused.value.field == f"document.policies.0{place}"
    assert reason in refused.value.detail


@pytest.mark.parametrize("document", [None, [], "x", {}, {"policies": {}}, {"policies": []}])
def test_what_is_no_file_of_policies_is_refused(document: Any) -> None:
    with pytest.raises(UntranslatableError) as refused:
        translate(document)

    assert refused.value.field == "document.policies"


def test_an_operator_that_does_not_fit_what_it_compares_is_refused() -> None:
    with pytest.raises(ExpressionError) as refused:
        filtered("ec2", {"type": "value", "key": "tag:cpu", "op": "gt", "value": 3})

    assert refused.value.field == "document.policies.0.filters.op"


def test_nesting_has_an_end() -> None:
    deep: Any = {"tag:a": "b"}
    for _ in range(300):
        deep = {"not": [deep]}

    with pytest.raises(UntranslatableError) as refused:
        filtered("ec2", deep)

    assert "nested deeper" in refused.value.detail
