"""The template that a customer makes the action role from: what each family of changes needs, and no more."""

import re
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from cloudops.accounts.models import SCHEDULES_SUFFIX
from cloudops.automation.executors import EXECUTORS, FAMILIES
from tests.permissions.policies import Call
from tests.permissions.roles import ACTORS_TEMPLATE, role_of_actors

NONE_ALLOWED = dict.fromkeys(FAMILIES, "false")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    found: dict[str, Any] = yaml_parse(ACTORS_TEMPLATE.read_text(encoding="utf-8"))
    return found


def needed(kinds: tuple[str, ...]) -> set[str]:
    natures = [EXECUTORS[kind].nature for kind in kinds]
    return {action for one in natures for grant in (*one.reads, *one.writes) for action in grant.actions}


def written(kinds: tuple[str, ...]) -> set[str]:
    """Changing actions; what passes a role or asks the tagging API is asked about no resource of its own."""
    natures = [EXECUTORS[kind].nature for kind in kinds]
    found = {action for one in natures for grant in one.writes for action in grant.actions}
    return {one for one in found if not re.match(r"iam:PassRole|tag:|[a-z0-9]+:Get", one)}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_allowed_what_its_changes_need_and_no_more(family: str) -> None:
    policy = role_of_actors(**{**NONE_ALLOWED, family: "true"})

    assert {action for action, _ in policy.grants} == needed(FAMILIES[family])


def test_nothing_is_allowed_that_nobody_opted_in_to(template: dict[str, Any]) -> None:
    chosen = {name: one for name, one in template["Parameters"].items() if name.startswith("Allow")}

    assert role_of_actors(**NONE_ALLOWED).grants == set()
    assert chosen.keys() == FAMILIES.keys()
    assert all(one["Default"] == "false" for one in chosen.values())


def test_nobody_assumes_it_without_the_whole_external_id(template: dict[str, Any]) -> None:
    (statement,) = template["Resources"]["Actor"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}


def test_the_role_that_schedules_act_by_is_found_by_its_name(template: dict[str, Any]) -> None:
    (longest,) = re.findall(r"\{1,([0-9]+)\}", template["Parameters"]["RoleName"]["AllowedPattern"])
    actor, scheduler = (template["Resources"][name]["Properties"] for name in ("Actor", "Scheduler"))

    assert actor["RoleName"] == {"Ref": "RoleName"}
    assert scheduler["RoleName"] == {"Fn::Sub": "${RoleName}" + SCHEDULES_SUFFIX}
    assert actor["Path"] == scheduler["Path"] == {"Ref": "RolePath"}
    assert int(longest) + len(SCHEDULES_SUFFIX) <= 64


@pytest.mark.parametrize("action", sorted(written(tuple(EXECUTORS))))
def test_what_carries_the_protect_tag_stays_as_it_is(action: str) -> None:
    policy = role_of_actors()
    (denied,) = [statement for statement in policy.statements if statement["Effect"] == "Deny"]
    protected = Call(action=action, resource="*", context={"aws:ResourceTag/cloudops:protect": "true"})

    assert action in denied["Action"]
    assert policy.grants_of(protected) == set()
