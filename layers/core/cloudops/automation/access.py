"""Into the resource's account: by its action role, narrowed to what this one action needs."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloudops.accounts.models import ActionRole
from cloudops.automation.executor import Clients, Executor, Grant
from cloudops.automation.models import Intended
from cloudops.automation.plans import Call
from cloudops.automation.surroundings import AccountReadOnlyError
from cloudops.platform.aws import SESSIONS, AssumedRole, Session, session_client
from cloudops.platform.aws_mutations import Outcome, call_once, mutating_client

# What AssumeRole takes: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
LONGEST_POLICY = 2048


class PolicyTooLongError(ValueError):
    """A session policy that AWS would not take."""


@dataclass(frozen=True, kw_only=True)
class AssumedAccess:
    """`role_of` tells an account's action role; None where it may only be read."""

    role_of: Callable[[str], ActionRole | None]

    def reads(self, action: Intended, executor: Executor) -> Clients:
        return self._clients(action, (*executor.nature.reads, *executor.nature.writes), purpose="act")

    def reads_anew(self, action: Intended, executor: Executor) -> Clients:
        return self._clients(action, executor.nature.reads, purpose="verify")

    def call(self, action: Intended, executor: Executor, call: Call, arguments: Mapping[str, Any]) -> Outcome:
        session = self._session(action, (*executor.nature.reads, *executor.nature.writes), purpose="act")
        return call_once(
            mutating_client(call.service, action.target.region, session), call.operation, arguments
        )

    def _clients(self, action: Intended, grants: Sequence[Grant], *, purpose: str) -> Clients:
        session = self._session(action, grants, purpose=purpose)
        return lambda service: session_client(service, action.target.region, session)

    def _session(self, action: Intended, grants: Sequence[Grant], *, purpose: str) -> Session:
        role = self.role_of(action.target.account_id)
        if role is None:
            raise AccountReadOnlyError(f"connect account {action.target.account_id} with a role to act by")
        return SESSIONS.session_of(
            AssumedRole(
                role_arn=role.role_arn,
                external_id=role.external_id,
                session_policy=session_policy(action, grants),
                # CloudTrail of the account shows it beside each call.
                session_name=f"cloudops-{purpose}-{action.id}",
            )
        )


def session_policy(action: Intended, grants: Sequence[Grant]) -> str:
    statements = [statement(action, grant) for grant in grants]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
    if len(policy) > LONGEST_POLICY:
        raise PolicyTooLongError(f"{action.type} asks for {len(policy)} characters of policy")
    return policy


def statement(action: Intended, grant: Grant) -> dict[str, Any]:
    known = {**action.params, **places(action)}
    resources = [resource.format_map(known) for resource in grant.resources]
    allowed = {"Effect": "Allow", "Action": list(grant.actions), "Resource": resources}
    return {**allowed, "Condition": grant.conditions} if grant.conditions else allowed


def places(action: Intended) -> dict[str, str]:
    return {
        "partition": partition_of(action.target.region),
        "account": action.target.account_id,
        "region": action.target.region,
        "resource": action.target.resource_id,
    }


def partition_of(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
