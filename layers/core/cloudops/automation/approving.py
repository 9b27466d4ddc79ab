"""A person's word on a plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.automation import approval_repository, repository
from cloudops.automation.approval_repository import ApprovalFilter
from cloudops.automation.approvals import (
    ApprovalDecidedError,
    ApprovalRequest,
    ApprovalStatus,
    ApproverTooLowError,
    Decision,
    OwnRequestError,
)
from cloudops.automation.models import Action, ActionStatus
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.platform.principal import Principal, Role
from cloudops.recommendations import use_cases as recommendations
from cloudops.recommendations.life import Status

__all__ = [
    "ApprovalFilter",
    "Approver",
    "actions_of",
    "approve",
    "approver_of",
    "latest_request",
    "list_requests",
    "reject",
    "require_say",
    "show_request",
    "thread_in_slack",
]

ROLES = {"approver": Role.APPROVER, "admin": Role.ADMIN}


@dataclass(frozen=True, kw_only=True)
class Approver:
    """Who decides, as his membership says at this moment."""

    actor: Actor
    user_id: UUID
    role: Role
    finance_approver: bool

    def may_decide(self, request: ApprovalRequest) -> bool:
        if self.role < Role.APPROVER and not self.finance_approver:
            return False
        if request.approver_role == "cfo":
            return self.finance_approver
        return self.role >= ROLES.get(request.approver_role, Role.ADMIN)


def approver_of(principal: Principal) -> Approver:
    return Approver(
        actor=principal.actor,
        user_id=principal.user_id,
        role=principal.role,
        finance_approver=principal.finance_approver,
    )


def list_requests(
    connection: Connection, chosen: ApprovalFilter, *, limit: int, cursor: str | None
) -> Page[ApprovalRequest]:
    after = Cursor.decode(cursor) if cursor else None
    rows = approval_repository.list_approval_requests(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def actions_of(connection: Connection, requests: Sequence[ApprovalRequest]) -> dict[UUID, Action]:
    """By their ids, what the requests are about."""
    found = repository.list_actions_by_id(connection, [request.action_id for request in requests])
    return {action.id: action for action in found}


def show_request(connection: Connection, request_id: UUID) -> tuple[ApprovalRequest, Action, list[Decision]]:
    request = approval_repository.read_approval_request(connection, request_id)
    action = repository.read_action(connection, request.action_id)
    return request, action, approval_repository.list_decisions(connection, request_id)


def latest_request(connection: Connection, action_id: UUID) -> ApprovalRequest | None:
    found = approval_repository.list_approval_requests(
        connection, ApprovalFilter(action=action_id), limit=1, after=None
    )
    return found[0] if found else None


def thread_in_slack(connection: Connection, request_id: UUID, message: str) -> None:
    """Note where people talk about it in Slack. The first place is kept."""
    action_id = approval_repository.read_approval_request(connection, request_id).action_id
    repository.note_slack_message(connection, action_id, message)
    approval_repository.note_slack_thread(connection, request_id, message)


def require_say(
    connection: Connection, request_id: UUID, *, decision: str, by: Approver, now: datetime
) -> ApprovalRequest:
    """The request, if he may decide so at this moment. Raises as the decision itself would."""
    request = open_request(connection, request_id, by, now)
    if decision == "approve" and request.requested_by == by.user_id:
        raise OwnRequestError
    return request


def approve(
    connection: Connection, request_id: UUID, *, comment: str | None, by: Approver, now: datetime
) -> ApprovalRequest:
    """The action goes on once enough people have approved; whoever asked is none of them."""
    request = require_say(connection, request_id, decision="approve", by=by, now=now)
    decide(connection, request, "approved", comment, by, now)
    given = [
        one
        for one in approval_repository.list_decisions(connection, request_id)
        if one.decision == "approved"
    ]
    if len(given) >= request.approvals_needed:
        settle(connection, request, ApprovalStatus.APPROVED, comment, by, now)
        repository.wake_action(connection, request.action_id, now=now)
        follow(connection, request, Status.APPROVED, now)
    return approval_repository.read_approval_request(connection, request_id)


def reject(
    connection: Connection, request_id: UUID, *, comment: str | None, by: Approver, now: datetime
) -> ApprovalRequest:
    """One word is enough. The action ends, and the recommendation stays rejected."""
    request = require_say(connection, request_id, decision="reject", by=by, now=now)
    decide(connection, request, "rejected", comment, by, now)
    settle(connection, request, ApprovalStatus.REJECTED, comment, by, now)
    action = repository.lock_action(connection, request.action_id)
    if action.status == ActionStatus.PREFLIGHT:
        error = f"{by.actor.name} rejected it" + (f": {comment}" if comment else "")
        repository.end_action(connection, action, ActionStatus.FAILED, error=error, result={}, now=now)
        repository.insert_event(connection, action.id, error, {}, now=now)
    follow(connection, request, Status.REJECTED, now)
    return approval_repository.read_approval_request(connection, request_id)


def open_request(connection: Connection, request_id: UUID, by: Approver, now: datetime) -> ApprovalRequest:
    # The action first: a worker locks them in this order as well.
    action_id = approval_repository.read_approval_request(connection, request_id).action_id
    repository.lock_action(connection, action_id)
    request = approval_repository.lock_approval_request(connection, request_id)
    if not by.may_decide(request):
        raise ApproverTooLowError(f"this takes the role {request.approver_role}")
    if request.status != ApprovalStatus.PENDING or request.expires_at <= now:
        raise ApprovalDecidedError(f"it is {'expired' if request.expires_at <= now else request.status}")
    if any(one.user_id == by.user_id for one in approval_repository.list_decisions(connection, request_id)):
        raise ApprovalDecidedError("you have decided already; another person has to agree")
    return request


def decide(
    connection: Connection,
    request: ApprovalRequest,
    decision: str,
    comment: str | None,
    by: Approver,
    now: datetime,
) -> None:
    word = Decision(
        user_id=by.user_id, user_name=by.actor.name, decision=decision, comment=comment, decided_at=now
    )
    approval_repository.insert_decision(connection, request.id, word)
    record(
        connection,
        NewEvent(
            entity_type="approval_request",
            entity_id=str(request.id),
            event_type=decision,
            message=f"{by.actor.name} {decision} the plan",
            actor=by.actor,
            metadata={"action_id": str(request.action_id), "digest": request.digest, "comment": comment},
        ),
    )


def settle(
    connection: Connection,
    request: ApprovalRequest,
    status: ApprovalStatus,
    comment: str | None,
    by: Approver,
    now: datetime,
) -> None:
    approval_repository.set_approval_status(connection, request.id, status, now=now, comments=comment)
    message = f"{status} by {by.actor.name}"
    repository.insert_event(connection, request.action_id, message, {"comment": comment}, now=now)


def follow(connection: Connection, request: ApprovalRequest, status: Status, now: datetime) -> None:
    if request.recommendation_id is not None:
        recommendations.follow_action(connection, request.recommendation_id, status, now=now)
