"""IAM roles of the demo's accounts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends

from local.functions import CHECKOUT
from local.intrinsics import Resolver

READER = "cloudops-guardrails-read"
ACTOR = "cloudops-guardrails-act"
OWNER = "larkmoor-administrator"
ACTORS_TEMPLATE = CHECKOUT / "onboarding" / "action-role.yaml"
OPTED_IN = ("Compute", "Storage", "Databases", "Network", "Schedules", "Tags")


def reader_arn(account_id: str) -> str:
    return role_arn(account_id, READER)


def actor_arn(account_id: str) -> str:
    return role_arn(account_id, ACTOR)


def role_arn(account_id: str, name: str) -> str:
    return f"arn:aws:iam::{account_id}:role/{name}"


def make_reader(arn: str, external_id: str) -> None:
    """As onboarding/read-role.yaml makes it: it lets the platform in, who knows the external id."""
    trust = {**OUR_ACCOUNT, "Condition": {"StringEquals": {"sts:ExternalId": external_id}}}
    make_role(*named(arn), trusting(trust))


def make_actor(arn: str, external_id: str) -> None:
    """What CloudFormation makes of onboarding/action-role.yaml for somebody who opted in to everything."""
    account_id, name = named(arn)
    parameters = {
        "AWS::AccountId": account_id,
        "ExternalId": external_id,
        "TrustedAccountId": DEFAULT_ACCOUNT_ID,
        "RoleName": name,
        "RolePath": "/",
        **{f"Allow{family}": "true" for family in OPTED_IN},
    }
    template = actors_template()
    attributes = {"Scheduler.Arn": role_arn(account_id, f"{name}-schedules")}
    resolver = Resolver(references=parameters, attributes=attributes, conditions=template["Conditions"])
    for resource in template["Resources"].values():
        role = resolver.resolve(resource["Properties"])
        make_role(account_id, role["RoleName"], role["AssumeRolePolicyDocument"])
        for policy in role["Policies"]:
            document = json.dumps(policy["PolicyDocument"])
            iam_backends[account_id]["aws"].put_role_policy(role["RoleName"], policy["PolicyName"], document)


@cache
def actors_template() -> Mapping[str, Any]:
    from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415 - only where an account may be changed

    found: Mapping[str, Any] = yaml_parse(ACTORS_TEMPLATE.read_text())
    return found


def owner_arn(account_id: str) -> str:
    return role_arn(account_id, OWNER)


def make_owner(account_id: str) -> None:
    """By which the demo does again what was done to its account. The platform does not know it."""
    make_role(account_id, OWNER, trusting(OUR_ACCOUNT))


def make_function_role(account_id: str, name: str) -> str:
    return make_role(account_id, name, trusting({"Principal": {"Service": "lambda.amazonaws.com"}}))


OUR_ACCOUNT = {"Principal": {"AWS": f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:root"}}


def trusting(whom: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **whom}],
    }


def named(arn: str) -> tuple[str, str]:
    """The account and the role's name."""
    return arn.split(":")[4], arn.rpartition("/")[2]


def make_role(account_id: str, name: str, trust: Mapping[str, Any]) -> str:
    """Its ARN."""
    made = iam_backends[account_id]["aws"].create_role(
        role_name=name,
        assume_role_policy_document=json.dumps(trust),
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    return str(made.arn)
