"""samconfig.toml: a stage each, and nothing of anybody's account."""

import re
import tomllib
from typing import Any

import pytest

from cloudops.showback.models import SELF_TAG
from tests.template.stack import CHECKOUT, source

TEXT = (CHECKOUT / "samconfig.toml").read_text(encoding="utf-8")
CONFIG: dict[str, Any] = tomllib.loads(TEXT)
STAGES = tuple(source()["Mappings"]["Stages"])


def deployment(stage: str) -> dict[str, Any]:
    found: dict[str, Any] = CONFIG[stage]["deploy"]["parameters"]
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_deploys_a_stack_of_its_own(stage: str) -> None:
    found = deployment(stage)

    assert found["parameter_overrides"] == f"Stage={stage}"
    assert found["stack_name"] == found["s3_prefix"] == f"cloudops-{stage}"
    # The database takes the stack's name: a letter first, no two dashes in a row, 63 characters.
    assert re.fullmatch(r"[a-z](-?[a-z0-9])*", found["stack_name"])


@pytest.mark.parametrize("stage", STAGES)
def test_a_deployment_may_expand_the_transforms_and_make_roles(stage: str) -> None:
    assert deployment(stage)["capabilities"].split() == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_stage_costs_can_be_told_on_a_bill(stage: str) -> None:
    assert "=".join(SELF_TAG) in deployment(stage)["tags"].split()


def test_somebody_looks_before_production_changes() -> None:
    assert [stage for stage in STAGES if deployment(stage)["confirm_changeset"]] == ["prod"]


def test_nothing_of_an_account_is_in_it() -> None:
    assert not re.search(r"\d{12}|arn:|@|profile|region *=", TEXT)
