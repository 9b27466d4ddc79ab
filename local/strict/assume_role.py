"""A role is assumed by whom its trust policy names, and with the external id that it asks for.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html

Of a policy's conditions only those on sts:ExternalId are judged; others count as met.
"""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import get_account_id_from, iam_backends

from local.strict.call import Call, Reply
from local.strict.errors import RefusedError
from local.strict.rule import Forward

EXTERNAL_ID = "sts:externalid"


class AssumeRoleTrust:
    def applies(self, call: Call) -> bool:
        return (call.service, call.operation) == ("sts", "AssumeRole")

    def answer(self, call: Call, forward: Forward) -> Reply:
        arn = str(call.parameters.get("RoleArn", ""))
        caller = get_account_id_from(call.access_key)
        statements = list(_statements(trust_policy(arn)))
        wanted = call.parameters.get("ExternalId")
        applying = [one["Effect"] for one in statements if _fits(one, caller, wanted)]
        if "Allow" not in applying or "Deny" in applying:
            raise RefusedError(
                "AccessDenied",
                f"User: arn:aws:iam::{caller}:user/local is not authorized to perform: sts:AssumeRole "
                f"on resource: {arn}",
                status=403,
            )
        return forward(call)


def trust_policy(arn: str) -> Mapping[str, Any]:
    """That of the role, or one that trusts nobody where there is no such role."""
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if not (account.isdigit() and len(account) == 12):
        return {}
    try:
        role = iam_backends[account]["aws"].get_role_by_arn(arn)
    except NotFoundException:
        return {}
    policy: Mapping[str, Any] = json.loads(role.assume_role_policy_document or "{}")
    return policy


def _statements(policy: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for statement in _listed(policy.get("Statement", [])):
        if any(fnmatchcase("sts:assumerole", action.lower()) for action in _listed(statement["Action"])):
            yield statement


def _fits(statement: Mapping[str, Any], caller: str, external_id: str | None) -> bool:
    return _names(statement.get("Principal", {}), caller) and all(
        _holds(operator, tests, external_id) for operator, tests in statement.get("Condition", {}).items()
    )


def _names(principal: Any, caller: str) -> bool:
    if principal == "*":
        return True
    named = _listed(principal.get("AWS", []))
    return any(one in {"*", caller} or f"::{caller}:" in one for one in named)


def _holds(operator: str, tests: Mapping[str, Any], external_id: str | None) -> bool:
    wanted = [value for key, value in tests.items() if key.lower() == EXTERNAL_ID]
    if not wanted:
        return True
    values = [str(value) for value in _listed(wanted[0])]
    if operator == "StringNotEquals":
        return external_id not in values
    if external_id is None:
        return False
    if operator == "StringEqualsIgnoreCase":
        return external_id.lower() in {value.lower() for value in values}
    if operator == "StringLike":
        return any(fnmatchcase(external_id, value.replace("[", "[[]")) for value in values)
    return operator == "StringEquals" and external_id in values


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
