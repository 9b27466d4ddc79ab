"""Which permissions an account's role was found to lack, and the policy that adds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from cloudops.accounts import models, repository
from cloudops.accounts.models import CloudAccount, MissingPermission, Refusal
from cloudops.platform.database import Connection

# Which of them the trust policy decides, so that no permission of the role would help.
BY_TRUST = frozenset(("sts:AssumeRole",))


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """`policy` is an IAM policy document to attach to the role; None where nothing is missing that it could add."""

    account_id: str
    missing: Sequence[MissingPermission]
    policy: Mapping[str, Any] | None


def show_permissions(connection: Connection, account_id: UUID) -> Permissions:
    account = repository.read_account(connection, account_id)
    missing = missing_of(account, repository.list_refusals(connection, account))
    return Permissions(account_id=account.account_id, missing=missing, policy=policy_of(missing))


def missing_of(account: CloudAccount, refusals: Sequence[Refusal]) -> list[MissingPermission]:
    def place(refusal: Refusal) -> tuple[str, str]:
        return refusal.action, resource_of(account, refusal)

    return [
        missing_permission(action, resource, list(group))
        for (action, resource), group in groupby(sorted(refusals, key=place), key=place)
    ]


def missing_permission(action: str, resource: str, refusals: Sequence[Refusal]) -> MissingPermission:
    times = [one.refused_at for one in refusals if one.refused_at]
    return MissingPermission(
        action=action,
        resource=resource,
        needed_for=sorted({one.needed_for for one in refusals}),
        resources=max(one.resources for one in refusals),
        refused_at=max(times, default=None),
    )


def resource_of(account: CloudAccount, refusal: Refusal) -> str:
    """Buckets are named as narrowly as they are read; nothing else that is read knows resources to name.

    Of a bucket's key only the account is taken for known; the policy confines it to what S3 asks.
    """
    partition = account.role.partition if account.role else "aws"
    match refusal.action:
        case "s3:ListBucket" if refusal.bucket:
            return f"arn:{partition}:s3:::{refusal.bucket}"
        case "s3:GetObject" if refusal.bucket:
            return f"arn:{partition}:s3:::{refusal.bucket}/{refusal.prefix or ''}*"
        case models.DECRYPT if refusal.bucket:
            return f"arn:{partition}:kms:*:{account.account_id}:key/*"
        case "sts:AssumeRole" if account.role_arn:
            return account.role_arn
        case _:
            return "*"


def policy_of(missing: Sequence[MissingPermission]) -> Mapping[str, Any] | None:
    def resource(one: MissingPermission) -> str:
        return one.resource

    grantable = sorted((one for one in missing if one.action not in BY_TRUST), key=resource)
    statements = [
        statement_of(sorted(one.action for one in group), name)
        for name, group in groupby(grantable, key=resource)
    ]
    return {"Version": "2012-10-17", "Statement": statements} if statements else None


def statement_of(actions: Sequence[str], resource: str) -> Mapping[str, Any]:
    allowed = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {**allowed, "Condition": models.THROUGH_S3} if actions == [models.DECRYPT] else allowed
