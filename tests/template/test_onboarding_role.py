"""The template that a customer makes the role from, as the quick-create link opens it."""

import re
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl

import pytest
from cfnlint.decode import cfn_yaml

from cloudops.accounts.models import DECRYPT, THROUGH_S3, Role
from cloudops.accounts.use_cases import quick_create_url
from cloudops.accounts.verification import new_external_id
from cloudops.inventory.scanners import SCANNERS
from tests.permissions.policies import Call
from tests.permissions.roles import role_of_customers
from tests.template.stack import CHECKOUT

ROLE = Role(arn="arn:aws:iam::111122223333:role/teams/reader", external_id=new_external_id())

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


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
    others = [one for one in actions if not re.match(r"[a-z0-9]+:(Describe|Get|List)", one)]
    assert others == [DECRYPT]


def test_it_decrypts_by_the_key_of_the_exports_alone_and_only_what_s3_reads() -> None:
    reader = role_of_customers(export_key=KEY)
    through_s3 = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}

    assert reader.grants_of(Call(action=DECRYPT, resource=KEY, context=through_s3))
    for refused in (
        Call(action=DECRYPT, resource=f"{KEY}0", context=through_s3),
        Call(
            action=DECRYPT, resource=KEY, context={"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
        ),
        Call(action=DECRYPT, resource=KEY),
    ):
        assert not reader.grants_of(refused)
    assert not role_of_customers().grants_of(Call(action=DECRYPT, resource=KEY, context=through_s3))


def test_what_a_session_may_decrypt_is_what_the_role_may() -> None:
    (allowed,) = [one for one in role_of_customers(export_key=KEY).statements if one["Action"] == DECRYPT]

    assert allowed["Condition"] == THROUGH_S3


@pytest.mark.parametrize(
    ("arn", "fits"),
    [
        ("", True),
        (KEY, True),
        (KEY.replace("arn:aws:", "arn:aws-us-gov:"), True),
        (KEY.replace("key/1234abcd", "key/mrk-1234abcd"), True),
        ("arn:aws:kms:eu-west-1:111122223333:alias/exports", False),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", False),
        ("arn:aws:kms:eu-west-1:111122223333:key/*", False),
    ],
)
def test_a_key_is_named_by_its_arn(template: dict[str, Any], arn: str, fits: bool) -> None:
    pattern = template["Parameters"]["ExportKeyArn"]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, arn)) == fits


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
