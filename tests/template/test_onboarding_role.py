"""The template that a customer makes the role from, as the quick-create link opens it."""

import re
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl

import pytest
from cfnlint.decode import cfn_yaml

from cloudops.accounts.models import Role
from cloudops.accounts.use_cases import quick_create_url
from cloudops.accounts.verification import new_external_id
from cloudops.inventory.scanners import SCANNERS
from tests.template.stack import CHECKOUT

ROLE = Role(arn="arn:aws:iam::111122223333:role/teams/reader", external_id=new_external_id())


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    found: dict[str, Any] = cfn_yaml.load(str(CHECKOUT / "onboarding" / "read-role.yaml"))
    return found


@pytest.fixture(scope="module")
def filled_in() -> dict[str, str]:
    """The parameters that the link fills in."""
    url = quick_create_url(
        ROLE, template_url="https://b/read-role.yaml", our_account="123456789012", region="eu-west-1"
    )
    query = dict(parse_qsl(url.partition("quickcreate?")[2]))
    return {name.removeprefix("param_"): value for name, value in query.items() if name.startswith("param_")}


def test_the_link_fills_in_every_parameter_without_a_default(
    template: dict[str, Any], filled_in: dict[str, str]
) -> None:
    needed = {name for name, one in template["Parameters"].items() if "Default" not in one}

    assert needed <= filled_in.keys() <= template["Parameters"].keys()
    for name, value in filled_in.items():
        assert re.fullmatch(template["Parameters"][name]["AllowedPattern"], value), name
        assert "NoEcho" not in template["Parameters"][name]


def test_the_role_is_the_one_that_the_connection_names(filled_in: dict[str, str]) -> None:
    assert ROLE.arn.endswith(f":role{filled_in['RolePath']}{filled_in['RoleName']}")


def test_nobody_assumes_it_without_the_whole_external_id(template: dict[str, Any]) -> None:
    (statement,) = template["Resources"]["Reader"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}
    assert "TrustedAccountId" in str(statement["Principal"])


def test_it_reads_and_changes_nothing(template: dict[str, Any]) -> None:
    actions = granted(template)

    assert actions
    assert [one for one in actions if not re.match(r"[a-z0-9]+:(Describe|Get|List)", one)] == []


def test_it_grants_all_that_scans_and_readings_ask_for(template: dict[str, Any]) -> None:
    asked = {action for scanner in SCANNERS for action in scanner.permissions}
    asked |= {"ec2:DescribeRegions", "ce:GetCostAndUsage", "cloudwatch:GetMetricData"}
    asked |= {"s3:ListBucket", "s3:GetObject"}

    actions = granted(template)

    assert {one for one in asked if not any(fnmatchcase(one, action) for action in actions)} == set()


def granted(template: dict[str, Any]) -> list[str]:
    (policy,) = template["Resources"]["Reader"]["Properties"]["Policies"]
    actions: list[str] = []
    for statement in policy["PolicyDocument"]["Statement"]:
        one = statement["Fn::If"][1] if "Fn::If" in statement else statement
        actions += one["Action"] if isinstance(one["Action"], list) else [one["Action"]]
    return actions
