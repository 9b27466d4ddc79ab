"""Ask for an exception, approve or reject it. Nobody approves what he asked for himself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.use_cases import record
from cloudops.compliance.policies import repository
from cloudops.compliance.policies.advice import follow
from cloudops.compliance.policies.events import exception_event
from cloudops.compliance.policies.models import (
    ExceptionFilter,
    ExceptionStatus,
    NewException,
    PolicyException,
)
from cloudops.compliance.policies.scanning import tell
from cloudops.errors import ConflictError, ForbiddenError, InvalidError
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection

# Who accepts a risk for longer looks at it again.
LONGEST = timedelta(days=366)


class OwnRequestError(ForbiddenError):
    """Nobody approves his own request."""


class ExceptionDecidedError(ConflictError):
    """The exception's status does not allow this."""


def list_exceptions(
    connection: Connection, chosen: ExceptionFilter, *, limit: int, cursor: str | None
) -> Page[PolicyException]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_exceptions(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def show_exception(connection: Connection, exception_id: UUID) -> PolicyException:
    return repository.read_exception(connection, exception_id)


def request_exception(
    connection: Connection, wanted: NewException, *, actor: Actor, now: datetime
) -> PolicyException:
    refuse_aimless(wanted)
    refuse_past(wanted.expires_at, now=now)
    if wanted.expires_at > now + LONGEST:
        raise InvalidError("an exception lasts for a year at most", field="expires_at")
    exception_id = uuid4()
    repository.insert_exception(connection, exception_id, wanted, created_by=actor.user_id, now=now)
    asked = repository.read_exception(connection, exception_id)
    message = f"{actor.name} asked for an exception"
    record(connection, exception_event(asked, "created", message, actor=actor))
    return asked


def refuse_aimless(wanted: NewException) -> None:
    if wanted.policy_id is None and wanted.resource_id is None:
        raise InvalidError("name a policy, a resource, or both", field="policy_id")
    if wanted.resource_id is not None and wanted.account_id is None:
        raise InvalidError("name the resource's account", field="account_id")
    if wanted.account_id is not None and wanted.resource_id is None:
        raise InvalidError("name a resource of the account", field="resource_id")


def refuse_past(expires_at: datetime, *, now: datetime) -> None:
    if expires_at <= now:
        raise InvalidError("the time lies in the past", field="expires_at")


def approve(
    connection: Connection,
    exception_id: UUID,
    *,
    decision: str,
    tenant_id: UUID,
    actor: Actor,
    now: datetime,
) -> PolicyException:
    """From now on what it covers is suppressed, until it expires."""
    repository.lock_evaluation(connection)
    asked = repository.lock_exception(connection, exception_id)
    if asked.created_by == actor.user_id:
        raise OwnRequestError
    require_status(asked, (ExceptionStatus.PENDING,))
    refuse_past(asked.expires_at, now=now)
    return decide(
        connection, asked, ExceptionStatus.APPROVED, decision, tenant_id=tenant_id, actor=actor, now=now
    )


def reject(
    connection: Connection,
    exception_id: UUID,
    *,
    decision: str,
    tenant_id: UUID,
    actor: Actor,
    now: datetime,
) -> PolicyException:
    """Also takes back what was approved; its violations open again."""
    repository.lock_evaluation(connection)
    asked = repository.lock_exception(connection, exception_id)
    require_status(asked, (ExceptionStatus.PENDING, ExceptionStatus.APPROVED))
    return decide(
        connection, asked, ExceptionStatus.REJECTED, decision, tenant_id=tenant_id, actor=actor, now=now
    )


def require_status(asked: PolicyException, allowed: Sequence[ExceptionStatus]) -> None:
    if asked.status not in allowed:
        raise ExceptionDecidedError(f"it is {asked.status} already")


def decide(
    connection: Connection,
    asked: PolicyException,
    status: ExceptionStatus,
    decision: str,
    *,
    tenant_id: UUID,
    actor: Actor,
    now: datetime,
) -> PolicyException:
    repository.decide_exception(
        connection, asked.id, status, decision=decision, decided_by=actor.user_id, now=now
    )
    decided = repository.read_exception(connection, asked.id)
    message = f"{actor.name} set the exception to {status}"
    record(connection, exception_event(decided, "status_changed", message, actor=actor))
    changed = repository.settle(connection, now=now)
    tell(connection, changed)
    follow(connection, changed, tenant_id=tenant_id, now=now)
    return decided
