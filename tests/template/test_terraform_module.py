"""The Terraform module grants what the CloudFormation templates grant."""

import json
import re
from typing import Any

from cloudops.accounts.models import SCHEDULES_SUFFIX
from cloudops.automation.executors import FAMILIES
from scripts.write_terraform_policies import WRITTEN, policies
from tests.permissions.roles import role_of_actors, role_of_customers
from tests.template.stack import CHECKOUT

MODULE = CHECKOUT / "onboarding" / "terraform"
POLICIES: dict[str, Any] = json.loads(WRITTEN.read_text(encoding="utf-8"))
NONE_ALLOWED = dict.fromkeys(FAMILIES, "false")


def actions(statements: list[dict[str, Any]]) -> set[str]:
    return {
        action
        for one in statements
        if one["Effect"] == "Allow"
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }


def test_the_policies_are_those_of_the_templates() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == policies(), "run `make onboarding`"


def test_the_read_role_is_allowed_the_same() -> None:
    read = POLICIES["read"]

    assert actions(read["always"] + read["exports"]) == {action for action, _ in role_of_customers().grants}


def test_a_key_of_the_exports_is_used_the_same() -> None:
    (added,) = POLICIES["read"]["export_key"]

    assert dict(added) in [dict(one) for one in role_of_customers(export_key="@export_key").statements]
    assert (added["Action"], added["Resource"]) == ("kms:Decrypt", "@export_key")
    assert "local.policies.read.export_key" in (MODULE / "main.tf").read_text(encoding="utf-8")


def test_a_family_of_changes_is_allowed_the_same() -> None:
    granted = {
        name: {action for action, _ in role_of_actors(**{**NONE_ALLOWED, name: "true"}).grants}
        for name in FAMILIES
    }

    assert {f"Allow{family.title()}": actions(found) for family, found in POLICIES["act"].items()} == granted


def test_what_carries_the_protect_tag_stays_as_it_is() -> None:
    (denied,) = POLICIES["denied"]

    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"Null": {"aws:ResourceTag/cloudops:protect": "false"}}
    assert "local.policies.denied" in (MODULE / "main.tf").read_text(encoding="utf-8")


def test_the_module_fills_in_whatever_the_policies_leave_open() -> None:
    left_open = set(re.findall(r"@[a-z_]+", WRITTEN.read_text(encoding="utf-8")))

    assert left_open == {"@partition", "@account", "@export_bucket", "@export_key", "@scheduler"}
    assert left_open == set(re.findall(r'"(@[a-z_]+)"', (MODULE / "main.tf").read_text(encoding="utf-8")))


def test_the_role_that_schedules_act_by_is_found_by_its_name() -> None:
    main = (MODULE / "main.tf").read_text(encoding="utf-8")
    actor, scheduler = (resource(main, name) for name in ("actor", "scheduler"))
    (longest,) = re.findall(
        r"\{1,([0-9]+)\}\$\", var\.action_role_name", (MODULE / "variables.tf").read_text(encoding="utf-8")
    )

    assert re.findall(r"\bname += (.+)", actor) == ["var.action_role_name"]
    assert re.findall(r"\bname += (.+)", scheduler) == [f'"${{var.action_role_name}}{SCHEDULES_SUFFIX}"']
    assert re.findall(r"\bpath += (.+)", actor) == re.findall(r"\bpath += (.+)", scheduler)
    assert int(longest) + len(SCHEDULES_SUFFIX) <= 64


def resource(main: str, name: str) -> str:
    (found,) = re.findall(
        rf'^resource "aws_iam_role" "{name}" \{{$(.+?)^\}}$', main, re.MULTILINE | re.DOTALL
    )
    return str(found)


def test_nobody_assumes_a_role_without_the_whole_external_id() -> None:
    main = (MODULE / "main.tf").read_text(encoding="utf-8")

    assert re.findall(r'test +=  *"(\w+)"\s+variable = "sts:ExternalId"', main) == ["StringEquals"]
    assert main.count("data.aws_iam_policy_document.trust.json") == 2
