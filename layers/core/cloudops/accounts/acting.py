"""By which role an account may be changed. It is tried as the one that reads is, and used only after that."""

from datetime import datetime
from uuid import UUID

from cloudops.accounts import repository
from cloudops.accounts.models import ActionRole, CloudAccount, Role, Verdict
from cloudops.accounts.use_cases import ConnectionChangedError, event_of
from cloudops.actor import Actor
from cloudops.audit.use_cases import record
from cloudops.platform.database import Connection


def action_role(connection: Connection, account_id: str) -> ActionRole | None:
    """None for an account that may only be read, or whose roles are not verified."""
    return repository.find_action_role(connection, account_id)


def acting_role_to_verify(connection: Connection, account_id: UUID) -> Role | None:
    return repository.read_account(connection, account_id).acting_role


def record_acting_verdict(
    connection: Connection,
    account_id: UUID,
    role: Role | None,
    verdict: Verdict | None,
    *,
    actor: Actor,
    now: datetime,
) -> CloudAccount:
    """Keep what a try of `role` found; a line of the trail tells that the status changed. Without one, nothing."""
    before = repository.lock_account(connection, account_id)
    if verdict is None:
        return before
    if before.acting_role != role:
        raise ConnectionChangedError("verify it again")
    repository.set_action_role_verdict(connection, account_id, verdict, now=now)
    judged = repository.read_account(connection, account_id)
    if before.action_role_status != judged.action_role_status:
        message = f"The action role of account {judged.account_id} is {judged.action_role_status}"
        record(connection, event_of(before, judged, "action_role_verified", message, actor=actor))
    return judged
