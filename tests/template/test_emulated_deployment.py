"""The stack in moto's CloudFormation. docs/deployment.md lists what that cannot show."""

from typing import Any

import pytest
from moto import mock_aws

from tests.template.emulated import BROKEN, creatable, create, standing, tear_down, upload_code
from tests.template.stack import CHECKOUT

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse")
# The archives, the evidence, the key, and the role of the account's API logs.
KEPT = {"buckets": 2, "keys": 1, "roles": 1}
LIMITS = CHECKOUT / "docs" / "deployment.md"


def test_whatever_the_emulation_knows_is_made(transformed: dict[str, Any]) -> None:
    document = creatable(transformed)
    with mock_aws():
        upload_code(document)

        made = create(document)

    assert made == document["Resources"].keys()
    assert len(made) > 250


def test_what_was_left_out_is_listed(transformed: dict[str, Any]) -> None:
    left_out = transformed["Resources"].keys() - creatable(transformed)["Resources"].keys()
    types = {transformed["Resources"][name]["Type"] for name in left_out}
    listed = LIMITS.read_text(encoding="utf-8")

    assert BROKEN.keys() <= types
    assert {kind for kind in types if f"`{kind.removeprefix('AWS::')}`" not in listed} == set()


def test_a_stack_that_was_torn_down_is_made_again_beside_what_it_left(transformed: dict[str, Any]) -> None:
    # moto takes the parts of a network away in an order that it then refuses, and functions and database stand in it.
    document = creatable(transformed, but=("AWS::EC2::", "AWS::Lambda::", "AWS::RDS::"))
    with mock_aws():
        upload_code(document)
        made = create(document)

        tear_down()

        assert {kind: count for kind, count in standing().items() if count} == KEPT
        assert create(document) == made
