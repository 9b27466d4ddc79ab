"""The StackSets make the roles in many accounts: none opens to a stranger, none changes unasked."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from cloudops.accounts.verification import new_external_id
from cloudops.automation.executors import FAMILIES
from tests.template.stack import CHECKOUT

ONBOARDING = CHECKOUT / "onboarding"
SCRIPT = ONBOARDING / "add-accounts.sh"
ACCOUNT = "111122223333"
EXPORTS = {"ExportBucket", "ExportKeyArn"}


def template(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml_parse((ONBOARDING / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def properties(name: str) -> dict[str, Any]:
    (stack_set,) = template(name)["Resources"].values()
    found: dict[str, Any] = stack_set["Properties"]
    return found


def filled_in(name: str) -> dict[str, Any]:
    return {one["ParameterKey"]: one["ParameterValue"] for one in properties(name)["Parameters"]}


@pytest.mark.parametrize(
    ("name", "role", "choices"),
    [("stack-set", "read-role", EXPORTS), ("action-stack-set", "action-role", set(FAMILIES))],
)
def test_it_fills_in_every_parameter_of_the_role_without_a_default(
    name: str, role: str, choices: set[str]
) -> None:
    needed = {key for key, one in template(role)["Parameters"].items() if "Default" not in one}

    assert filled_in(name).keys() == needed | choices
    assert f"/{role}.yaml" in template(name)["Parameters"]["TemplateUrl"]["AllowedPattern"].replace("\\", "")


def test_a_family_of_changes_is_opted_in_to_as_for_one_account() -> None:
    offered, asked = template("action-stack-set")["Parameters"], template("action-role")["Parameters"]

    assert {key: offered[key] for key in FAMILIES} == {key: asked[key] for key in FAMILIES}
    assert {key: filled_in("action-stack-set")[key] for key in FAMILIES} == {
        key: {"Ref": key} for key in FAMILIES
    }
    assert offered["RoleName"]["AllowedPattern"] == asked["RoleName"]["AllowedPattern"]


def test_exports_are_named_as_for_one_account() -> None:
    offered, asked = template("stack-set")["Parameters"], template("read-role")["Parameters"]

    for key in EXPORTS:
        assert {**offered[key], "Description": ""} == {**asked[key], "Description": ""}
        assert filled_in("stack-set")[key] == {"Ref": key}


@pytest.mark.parametrize("name", ["stack-set", "action-stack-set"])
def test_a_role_without_an_id_of_its_own_opens_to_nobody(name: str) -> None:
    assert "AWS::StackId" in str(filled_in(name)["ExternalId"])
    assert properties(name)["AutoDeployment"] == {"Enabled": False}


def run(tmp_path: Path, line: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """The script with a stand-in for the AWS CLI, and what that was asked."""
    aws = tmp_path / "aws"
    aws.write_text(
        '#!/usr/bin/env bash\necho "$*" >> "$ASKED"\n[[ $2 == create* ]] && echo op || echo SUCCEEDED\n'
    )
    aws.chmod(0o755)
    asked = tmp_path / "asked"
    asked.touch()
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "ASKED": str(asked), "AWS_REGION": "eu-west-1"}
    command = [str(SCRIPT), "readers", "ou-ab12-cdef3456"]
    done = subprocess.run(command, input=line, capture_output=True, text=True, env=environment, check=False)
    return done, asked.read_text().splitlines()


def test_an_account_gets_the_external_id_of_its_connection(tmp_path: Path) -> None:
    external_id = new_external_id()

    done, asked = run(tmp_path, f"{ACCOUNT},{external_id}\n")

    assert (done.returncode, done.stdout) == (0, f"{ACCOUNT} SUCCEEDED\n")
    assert f"ParameterKey=ExternalId,ParameterValue={external_id}" in asked[0]
    assert f"Accounts={ACCOUNT},AccountFilterType=INTERSECTION" in asked[0]


@pytest.mark.parametrize("line", [f"{ACCOUNT}\n", f"{ACCOUNT},short\n", "acme,id\n"])
def test_a_line_that_is_none_is_refused_before_anything_is_made(tmp_path: Path, line: str) -> None:
    done, asked = run(tmp_path, line)

    assert done.returncode == 1
    assert asked == []
    assert re.search("is not an account id|has no external id", done.stderr)
