"""Who was asked to allow a plan, and what people said, in the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from cloudops.automation.approvals import (
    ApprovalRequest,
    ApprovalRequestNotFoundError,
    ApprovalStatus,
    Decision,
    NewApprovalRequest,
)
from cloudops.automation.models import Action
from cloudops.automation.repository import position
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


@dataclass(frozen=True, kw_only=True)
class ApprovalFilter:
    status: str | None = None
    action: UUID | None = None


def insert_approval_request(connection: Connection, new: NewApprovalRequest, *, now: datetime) -> None:
    connection.execute(SQL["insert_approval_request"], {**vars(new), "now": now})


def read_approval_request(connection: Connection, request_id: UUID) -> ApprovalRequest:
    return one_request(connection, "read_approval_request", request_id)


def lock_approval_request(connection: Connection, request_id: UUID) -> ApprovalRequest:
    return one_request(connection, "lock_approval_request", request_id)


def one_request(connection: Connection, query: str, request_id: UUID) -> ApprovalRequest:
    with connection.cursor(row_factory=class_row(ApprovalRequest)) as cursor:
        found = cursor.execute(SQL[query], {"id": request_id}).fetchone()
    if found is None:
        raise ApprovalRequestNotFoundError
    return found


def find_approval_request(connection: Connection, action: Action) -> ApprovalRequest | None:
    """The one that is bound to the action's present plan, locked."""
    with connection.cursor(row_factory=class_row(ApprovalRequest)) as cursor:
        return cursor.execute(
            SQL["find_approval_request"], {"action_id": action.id, "digest": action.digest}
        ).fetchone()


def list_approval_requests(
    connection: Connection, chosen: ApprovalFilter, *, limit: int, after: Cursor | None
) -> list[ApprovalRequest]:
    with connection.cursor(row_factory=class_row(ApprovalRequest)) as cursor:
        return cursor.execute(
            SQL["list_approval_requests"], {**vars(chosen), "limit": limit, **position(after)}
        ).fetchall()


def list_approvals_of(connection: Connection, action_id: UUID) -> list[ApprovalRequest]:
    chosen = ApprovalFilter(action=action_id)
    return list_approval_requests(connection, chosen, limit=100, after=None)


def set_approval_status(
    connection: Connection,
    request_id: UUID,
    status: ApprovalStatus,
    *,
    now: datetime,
    comments: str | None = None,
) -> None:
    connection.execute(
        SQL["set_approval_status"], {"id": request_id, "status": status, "comments": comments, "now": now}
    )


def note_slack_thread(connection: Connection, request_id: UUID, message: str) -> None:
    connection.execute(SQL["note_slack_thread"], {"id": request_id, "message": message})


def insert_decision(connection: Connection, request_id: UUID, decision: Decision) -> None:
    row = {**vars(decision), "request_id": request_id, "now": decision.decided_at}
    connection.execute(SQL["insert_decision"], row)


def list_decisions(connection: Connection, request_id: UUID) -> list[Decision]:
    with connection.cursor(row_factory=class_row(Decision)) as cursor:
        return cursor.execute(SQL["list_decisions"], {"request_id": request_id}).fetchall()
