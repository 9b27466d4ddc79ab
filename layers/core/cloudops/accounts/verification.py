"""Whether an account's role opens to us, and to nobody who does not know the external id.

After "The confused deputy problem" in the IAM user guide: a provider tries the role without and with a wrong
external id, and refuses a customer whose role lets either of them in.
"""

import json
import secrets
from collections.abc import Callable
from typing import Any

from cloudops.accounts.models import ConnectionStatus, Role, Verdict
from cloudops.platform.aws import (
    AssumedRole,
    RoleRefusedError,
    RoleUnreachableError,
    Session,
    assume,
    session_client,
)

SESSION_NAME = "cloudops-verification"
SHORTEST_SESSION = 900
# GetCallerIdentity needs no permission, so a session that tries the door may do nothing behind it.
NOTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
)

Identify = Callable[[Session], str]


def new_external_id() -> str:
    return secrets.token_urlsafe(32)


def account_of(session: Session) -> str:
    """The account that a session acts in."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as slow as boto3, see platform.aws

    try:
        # A request may wait for it, as it waits for the session.
        sts = session_client("sts", None, session, attempts=2, read_seconds=4)
        return str(sts.get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise RoleUnreachableError(f"the session cannot be used: {type(error).__name__}") from error


def verify(role: Role, *, sts: Any = None, identify: Identify = account_of) -> Verdict:
    """Try the role as a stranger would, then as ourselves. What cannot be told is never `connected`."""
    try:
        for stranger, words in strangers(role):
            if opens(role, stranger, sts):
                return Verdict(
                    status=ConnectionStatus.INSECURE,
                    reason=f"the role opens {words}: its trust policy has to ask for sts:ExternalId by StringEquals",
                )
        account = identify(try_role(role, role.external_id, sts))
    except (RoleRefusedError, RoleUnreachableError) as error:
        refused = isinstance(error, RoleRefusedError)
        return Verdict(status=ConnectionStatus.UNREACHABLE, reason=error.detail, final=refused)
    if account != role.account_id:
        return Verdict(
            status=ConnectionStatus.INSECURE,
            reason=f"the role answers for account {account}, not {role.account_id}",
        )
    return Verdict(status=ConnectionStatus.CONNECTED)


def strangers(role: Role) -> tuple[tuple[str | None, str], ...]:
    """A longer id is a wrong one that also finds policies which compare the beginning only."""
    return (
        (None, "without an external id"),
        (f"{role.external_id}{secrets.token_urlsafe(6)}", "with a wrong external id"),
    )


def opens(role: Role, external_id: str | None, sts: Any) -> bool:
    try:
        try_role(role, external_id, sts)
    except RoleRefusedError:
        return False
    return True


def try_role(role: Role, external_id: str | None, sts: Any) -> Session:
    """Never a session that is held already: that would answer for what the role was."""
    wanted = AssumedRole(
        role_arn=role.arn, external_id=external_id, session_policy=NOTHING, session_name=SESSION_NAME
    )
    return assume(wanted, seconds=SHORTEST_SESSION, sts=sts)
