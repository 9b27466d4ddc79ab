"""The StackSet makes the read role in many accounts, and none that a stranger could open."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from cloudops.accounts.verification import new_external_id
from tests.template.stack import CHECKOUT

ONBOARDING = CHECKOUT / "onboarding"
SCRIPT = ONBOARDING / "add-accounts.sh"
ACCOUNT = "111122223333"


@pytest.fixture(scope="module")
def properties() -> dict[str, Any]:
    template = yaml_parse((ONBOARDING / "stack-set.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = template["Resources"]["Readers"]["Properties"]
    return found


def test_it_fills_in_every_parameter_of_the_role_without_a_default(properties: dict[str, Any]) -> None:
    role = yaml_parse((ONBOARDING / "read-role.yaml").read_text(encoding="utf-8"))
    needed = {name for name, one in role["Parameters"].items() if "Default" not in one}

    assert {one["ParameterKey"] for one in properties["Parameters"]} == needed


def test_a_role_without_an_id_of_its_own_opens_to_nobody(properties: dict[str, Any]) -> None:
    (id_of_the_stack,) = [
        one["ParameterValue"] for one in properties["Parameters"] if one["ParameterKey"] == "ExternalId"
    ]

    assert "AWS::StackId" in str(id_of_the_stack)
    assert properties["AutoDeployment"] == {"Enabled": False}


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
