"""Connect cloud accounts by roles that refuse strangers, rename them, verify and disconnect them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from cloudops.accounts import repository
from cloudops.accounts.models import (
    ROLE_ARN,
    CloudAccount,
    ConnectionStatus,
    NewConnection,
    Role,
    Verdict,
)
from cloudops.accounts.repository import AccountFilter, CloudAccountNotFoundError
from cloudops.accounts.verification import new_external_id
from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.errors import ConflictError, InvalidError
from cloudops.notifications.models import NewNotification, Topic
from cloudops.notifications.use_cases import notify
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match
from cloudops.tenancy.use_cases import default_project

__all__ = [
    "AccountFilter",
    "AccountNotConnectedError",
    "CloudAccountNotFoundError",
    "ConnectionChangedError",
    "change",
    "connect",
    "disconnect",
    "list_accounts",
    "list_readable",
    "list_to_verify",
    "quick_create_url",
    "record_recheck",
    "record_verdict",
    "role_to_verify",
    "show_account",
    "trust_policy",
]

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


class AccountConnectedError(ConflictError):
    """The account is connected already."""


class AccountNotConnectedError(ConflictError):
    """The account is not connected."""


class AccountInUseError(ConflictError):
    """Data sources are read through this account."""


class ConnectionChangedError(ConflictError):
    """The connection was changed while it was verified."""


def list_accounts(
    connection: Connection, chosen: AccountFilter, *, limit: int, cursor: str | None
) -> Page[CloudAccount]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_accounts(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def list_readable(connection: Connection) -> list[CloudAccount]:
    """The accounts that jobs may read: each has a role that was seen to refuse strangers."""
    chosen = AccountFilter(status=ConnectionStatus.CONNECTED)
    return repository.list_accounts(connection, chosen, limit=100_000, after=None)


def show_account(connection: Connection, account_id: UUID) -> CloudAccount:
    return repository.read_account(connection, account_id)


def connect(connection: Connection, wanted: NewConnection, *, actor: Actor, now: datetime) -> CloudAccount:
    """Issue an external id for the account; the connection is pending until its role was verified."""
    check_role(wanted.role_arn, wanted.account_id)
    project_id = default_project(connection).id
    account = repository.ensure_account(connection, wanted.account_id, project_id=project_id, now=now)
    if account.role:
        raise AccountConnectedError(f"account {account.account_id} has the role {account.role_arn}")
    repository.connect_account(connection, account.id, wanted, external_id=new_external_id())
    named = {
        "name": wanted.name or account.name,
        "project_id": wanted.project_id or account.project_id,
        "team_id": wanted.team_id or account.team_id,
        "regions": wanted.regions,
    }
    repository.change_account(connection, account.id, named)
    connected = repository.read_account(connection, account.id)
    message = f"Account {account.account_id} is being connected by {wanted.role_arn}"
    record(connection, event_of(account, connected, "connecting", message, actor=actor))
    return connected


def check_role(role_arn: str, account_id: str, *, field: str = "role_arn") -> None:
    found = ROLE_ARN.fullmatch(role_arn)
    if found is None:
        raise InvalidError("it is not the ARN of an IAM role", field=field)
    if found["account"] != account_id:
        raise InvalidError(f"the role belongs to account {found['account']}", field=field)


def change(
    connection: Connection, account_id: UUID, fields: Mapping[str, Any], *, if_match: str | None, actor: Actor
) -> CloudAccount:
    """Change name, project, team, regions or roles; another role has to be verified anew, with the same external id."""
    account = repository.lock_account(connection, account_id)
    require_match(if_match, etag_of(account.editable()))
    if {"role_arn", "action_role_arn", "regions"} & fields.keys() and account.role is None:
        raise AccountNotConnectedError
    wanted = {**account.editable(), **fields}
    if wanted["role_arn"] != account.role_arn:
        check_role(wanted["role_arn"], account.account_id)
        repository.change_role(connection, account_id, wanted["role_arn"])
    if wanted["action_role_arn"] != account.action_role_arn:
        change_action_role(connection, account, wanted["action_role_arn"])
    repository.change_account(
        connection,
        account_id,
        {key: wanted[key] for key in ("name", "project_id", "team_id", "regions")},
    )
    changed = repository.read_account(connection, account_id)
    if changed.editable() != account.editable():
        message = f"Account {account.account_id} was changed"
        record(connection, event_of(account, changed, "changed", message, actor=actor))
    return changed


def change_action_role(connection: Connection, account: CloudAccount, role_arn: str | None) -> None:
    """None takes it away: from then on the account is only read."""
    if role_arn is not None:
        check_role(role_arn, account.account_id, field="action_role_arn")
    repository.change_action_role(connection, account.id, role_arn)


def disconnect(connection: Connection, account_id: UUID, *, if_match: str | None, actor: Actor) -> None:
    """Forget role and external id; the account stays, as its costs do. Who connects it again gets another id."""
    account = repository.lock_account(connection, account_id)
    require_match(if_match, etag_of(account.editable()))
    if account.role is None:
        raise AccountNotConnectedError
    if sources := repository.count_sources_of(connection, account_id):
        raise AccountInUseError(f"remove or change {sources} data source(s) first")
    repository.disconnect_account(connection, account_id)
    left = repository.read_account(connection, account_id)
    message = f"Account {account.account_id} was disconnected"
    record(connection, event_of(account, left, "disconnected", message, actor=actor))


def role_to_verify(connection: Connection, account_id: UUID) -> Role:
    role = repository.read_account(connection, account_id).role
    if role is None:
        raise AccountNotConnectedError
    return role


def list_to_verify(connection: Connection) -> list[UUID]:
    """The accounts whose roles were tried before; what still waits for its role is left to whoever connects it."""
    return repository.list_tried(connection)


def record_verdict(
    connection: Connection, account_id: UUID, role: Role, verdict: Verdict, *, actor: Actor, now: datetime
) -> CloudAccount:
    """Keep what somebody's try of `role` found, unless the account has another one by now."""
    before, judged = keep_verdict(connection, account_id, role, verdict, now=now)
    record(connection, event_of(before, judged, "verified", verdict_told(judged), actor=actor))
    return judged


def record_recheck(
    connection: Connection, account_id: UUID, role: Role, verdict: Verdict, *, now: datetime
) -> CloudAccount:
    """Keep what the schedule's try of `role` found; a line of the trail tells that the status changed."""
    before, judged = keep_verdict(connection, account_id, role, verdict, now=now)
    if before.status != judged.status:
        message = verdict_told(judged)
        record(connection, event_of(before, judged, "status_changed", message, actor=Actor()))
    return judged


def keep_verdict(
    connection: Connection, account_id: UUID, role: Role, verdict: Verdict, *, now: datetime
) -> tuple[CloudAccount, CloudAccount]:
    """The account before and after."""
    account = repository.lock_account(connection, account_id)
    if account.role != role:
        raise ConnectionChangedError("verify it again")
    repository.set_verdict(connection, account_id, verdict, now=now)
    judged = repository.read_account(connection, account_id)
    if judged.status == ConnectionStatus.INSECURE and account.status != judged.status:
        notify(connection, [insecure_notice(judged, now)], now=now)
    return account, judged


def insecure_notice(account: CloudAccount, now: datetime) -> NewNotification:
    return NewNotification(
        topic=Topic.ACCOUNT_INSECURE,
        severity="critical",
        title=f"The role of account {account.account_id} is open to strangers",
        body=verdict_told(account),
        entity_type="cloud_account",
        entity_id=str(account.id),
        what=now.isoformat(),
    )


def verdict_told(account: CloudAccount) -> str:
    reason = f": {account.status_reason}" if account.status_reason else ""
    return f"Account {account.account_id} is {account.status}{reason}"


def event_of(
    before: CloudAccount, after: CloudAccount, event_type: str, message: str, *, actor: Actor
) -> NewEvent:
    """Viewers read the trail, so no external id is in it."""
    old, new = told(before), told(after)
    differing = [name for name in new if old[name] != new[name]]
    return NewEvent(
        entity_type="cloud_account",
        entity_id=str(after.id),
        event_type=event_type,
        message=message,
        actor=actor,
        project_id=after.project_id,
        metadata={
            "old": {name: old[name] for name in differing},
            "new": {name: new[name] for name in differing},
        },
    )


def told(account: CloudAccount) -> dict[str, Any]:
    return {
        "name": account.name,
        "project_id": str(account.project_id),
        "team_id": str(account.team_id) if account.team_id else None,
        "role_arn": account.role_arn,
        "action_role_arn": account.action_role_arn,
        "action_role_status": account.action_role_status,
        "action_role_status_reason": account.action_role_status_reason,
        "regions": account.regions,
        "status": account.status,
        "status_reason": account.status_reason,
    }


def quick_create_url(
    role: Role,
    *,
    template_url: str,
    our_account: str,
    region: str,
    stack_name: str = "cloudops-guardrails-role",
) -> str:
    """The console's page that makes the role from our template; whoever opens it only has to confirm."""
    found = ROLE_ARN.fullmatch(role.arn)
    if found is None:
        raise InvalidError("it is not the ARN of an IAM role", field="role_arn")
    parameters = {
        "templateURL": template_url,
        "stackName": stack_name,
        "param_ExternalId": role.external_id,
        "param_TrustedAccountId": our_account,
        "param_RoleName": found["name"],
        "param_RolePath": f"/{found['path'] or ''}",
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"https://{region}.{CONSOLES[role.partition]}/cloudformation/home?region={region}#/stacks/quickcreate?{query}"


def trust_policy(role: Role, *, our_account: str) -> dict[str, Any]:
    """What the role's trust relationship has to say, so that we may assume it and nobody in our name."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{role.partition}:iam::{our_account}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": role.external_id}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
