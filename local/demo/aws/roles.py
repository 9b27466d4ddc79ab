"""IAM roles of the demo's accounts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends

READER = "cloudops-guardrails-read"


def reader_arn(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:role/{READER}"


def make_reader(role_arn: str, external_id: str) -> None:
    """As onboarding/read-role.yaml makes it: it lets the platform in, who knows the external id."""
    trust = {
        "Principal": {"AWS": f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:root"},
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    make_role(role_arn.split(":")[4], role_arn.rpartition("/")[2], trust)


def make_function_role(account_id: str, name: str) -> str:
    return make_role(account_id, name, {"Principal": {"Service": "lambda.amazonaws.com"}})


def make_role(account_id: str, name: str, trust: Mapping[str, Any]) -> str:
    """Its ARN."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", **trust}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = iam_backends[account_id]["aws"].create_role(
        role_name=name,
        assume_role_policy_document=document,
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    return str(made.arn)
