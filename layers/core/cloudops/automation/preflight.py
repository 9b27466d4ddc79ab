"""From the request to the first step: look, plan, ask for approval, wait for it, look again, begin."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid5

from cloudops.automation import approval_repository, repository
from cloudops.automation.approvals import VALID_FOR, ApprovalRequest, ApprovalStatus, NewApprovalRequest
from cloudops.automation.autonomy import has_earned
from cloudops.automation.ending import abandon, finish, trail
from cloudops.automation.executor import Probe, TargetUnfitError
from cloudops.automation.guards import (
    Circumstances,
    approver_of,
    forbidden,
    needs_a_person,
    over_caps,
    protected,
    waits_until,
)
from cloudops.automation.models import Action, ActionStatus
from cloudops.automation.paging_people import APPROVAL_NEEDED
from cloudops.automation.permissions import Permissions, permissions_of
from cloudops.automation.plans import Plan
from cloudops.automation.timing import HELD, PLANNED_WITHIN
from cloudops.automation.work import Stride, Wait, Work
from cloudops.platform.database import Connection
from cloudops.recommendations import use_cases as recommendations
from cloudops.recommendations.life import Status
from cloudops.tenancy.use_cases import reporting_currency

UNDECIDED_OR_YES = frozenset((ApprovalStatus.PENDING, ApprovalStatus.APPROVED))


def prepare(work: Work) -> Stride:
    """queued: freeze the plan that somebody has to allow."""
    if work.now - work.action.created_at > PLANNED_WITHIN:
        return abandon(work, f"it could not be planned in {PLANNED_WITHIN.days} days")
    permissions = work.permissions()
    if refusal := forbidden(work.action, permissions):
        return hold(refusal, work) if not permissions.enabled else abandon(work, refusal)
    probe = work.probe()
    if refusal := protected(probe, permissions):
        return abandon(work, refusal)
    try:
        plan = work.executor.plan(probe, work.action.target, work.action.params)
    except TargetUnfitError as error:
        return abandon(work, error.detail)
    if not plan.steps:
        return abandon(work, "it is already as this change would leave it")
    return frozen(work, plan, permissions)


def frozen(work: Work, plan: Plan, permissions: Permissions) -> Stride:
    with work.held() as connection:
        person = reason_for_a_person(connection, work, permissions)
        repository.freeze_plan(
            connection, work.action, plan, requires_approval=person is not None, now=work.now
        )
        action = repository.read_action(connection, work.action.id)
        request = request_of(connection, work, action, permissions, needs_person=person is not None)
        approval_repository.insert_approval_request(connection, request, now=work.now)
        work.say(connection, "the plan is frozen", digest=plan.digest, approval=person or "by the system")
        waiting = "is waiting for approval" if person else "was approved by the system"
        trail(connection, action, "planned", f"{action.type} on {action.resource_id} {waiting}")
        follow(connection, action, Status.PENDING_APPROVAL if person else Status.APPROVED, now=work.now)
        if person:
            work.around.page(connection, action, APPROVAL_NEEDED)
    return work.renewed()


def await_approval(work: Work) -> Stride:
    """preflight: begin once this very plan is approved, the resource is still as it was, and nothing forbids it."""
    with work.held() as connection:
        request = approval_repository.find_approval_request(connection, work.action)
        if request is not None and request.status in UNDECIDED_OR_YES and request.expires_at <= work.now:
            approval_repository.set_approval_status(
                connection, request.id, ApprovalStatus.EXPIRED, now=work.now
            )
    if refusal := unapproved(request, work.now):
        return abandon(work, refusal)
    permissions = work.permissions()
    if refusal := forbidden(work.action, permissions):
        return hold(refusal, work) if not permissions.enabled else abandon(work, refusal)
    assert request is not None  # noqa: S101 - a missing one is a refusal.
    if request.status == ApprovalStatus.PENDING:
        return Wait(until=request.expires_at, reason="it waits for approval")
    if request.approver_role == "system" and (person := person_needed_by_now(work, permissions)):
        return hold(f"the system may not go on alone: {person}", work)
    if opens := closed_until(work, permissions):
        return opens
    return begin(work, request)


def unapproved(request: ApprovalRequest | None, now: datetime) -> str | None:
    if request is None:
        return "nobody was asked to approve this plan"
    if request.expires_at <= now:
        return "the approval has expired"
    if request.status in UNDECIDED_OR_YES:
        return None
    return f"the approval is {request.status}"


def closed_until(work: Work, permissions: Permissions) -> Wait | None:
    if permissions.is_open(work.now):
        return None
    opens = waits_until(permissions, work.now)
    if opens is None:
        return hold("there is no change window (actions.change_windows)", work)
    return Wait(until=opens, reason="it waits for the change window")


def begin(work: Work, request: ApprovalRequest) -> Stride:
    probe = work.probe()
    if changed_since(work, probe):
        with work.held() as connection:
            approval_repository.set_approval_status(connection, request.id, ApprovalStatus.VOID, now=work.now)
        return abandon(work, "the resource is not as it was when this plan was approved")
    with work.held() as connection:
        repository.lock_beginnings(connection)
        # Read again under the lock: what was allowed when it was approved may not be any more.
        permissions = permissions_of(repository.read_configuration(connection))
        if refusal := withdrawn(connection, work, permissions, request, probe):
            approval_repository.set_approval_status(connection, request.id, ApprovalStatus.VOID, now=work.now)
            finish(connection, work, ActionStatus.FAILED, error=refusal, result={})
            return None
        if wait := not_now(connection, work, permissions):
            return wait
        repository.begin_action(connection, work.action, now=work.now)
        work.say(connection, "begun")
        trail(connection, work.action, "begun", f"{work.action.type} on {work.action.resource_id} begins")
        follow(connection, work.action, Status.IN_PROGRESS, now=work.now)
    return work.renewed()


def withdrawn(
    connection: Connection, work: Work, permissions: Permissions, request: ApprovalRequest, probe: Probe
) -> str | None:
    """Why what was approved is allowed no longer, for good."""
    if permissions.enabled and (refusal := forbidden(work.action, permissions)):
        return refusal
    if refusal := protected(probe, permissions):
        return refusal
    if request.approver_role == "system" and (reason := reason_for_a_person(connection, work, permissions)):
        return f"the system may allow it no longer: {reason}"
    return None


def not_now(connection: Connection, work: Work, permissions: Permissions) -> Wait | None:
    if not permissions.enabled:
        return hold("automation is switched off (actions.enabled)", work)
    if closed := closed_until(work, permissions):
        return closed
    if refusal := over_caps(work.action, permissions, circumstances(connection, work)):
        work.say(connection, f"waits for tomorrow: {refusal}")
        return Wait(until=tomorrow(work.now), reason=refusal)
    return None


def changed_since(work: Work, probe: Probe) -> bool:
    try:
        plan = work.executor.plan(probe, work.action.target, work.action.params)
    except TargetUnfitError:
        return True
    return plan.digest != work.action.frozen_plan.digest


def person_needed_by_now(work: Work, permissions: Permissions) -> str | None:
    """What the system approved is weighed again: it may wait for hours, and settings and alerts change meanwhile."""
    with work.held() as connection:
        return reason_for_a_person(connection, work, permissions)


def reason_for_a_person(connection: Connection, work: Work, permissions: Permissions) -> str | None:
    known = circumstances(connection, work)
    return needs_a_person(
        work.action, work.executor.nature, permissions, known, type_name=type_of(connection, work.action)
    )


def type_of(connection: Connection, action: Action) -> str | None:
    if action.recommendation_id is None:
        return None
    return recommendations.show_recommendation(connection, action.recommendation_id).type


def circumstances(connection: Connection, work: Work) -> Circumstances:
    midnight = datetime.combine(work.now.date(), time(), tzinfo=UTC)
    return Circumstances(
        begun=repository.count_begun(connection, work.action, since=midnight),
        reporting_currency=reporting_currency(connection),
        alerts=repository.count_open_alerts(connection, work.action),
        type_has_earned_it=has_earned(repository.count_successes_in_a_row(connection, work.action.type)),
    )


def request_of(
    connection: Connection, work: Work, action: Action, permissions: Permissions, *, needs_person: bool
) -> NewApprovalRequest:
    role, needed = approver_of(action, work.executor.nature, permissions, reporting_currency(connection))
    return NewApprovalRequest(
        id=uuid5(action.id, f"approval/{action.digest}"),
        action_id=action.id,
        recommendation_id=action.recommendation_id,
        digest=action.digest or "",
        requested_by=action.requested_by if needs_person else None,
        requested_by_name=action.requested_by_name,
        approver_role=role if needs_person else "system",
        approvals_needed=needed if needs_person else 1,
        status=ApprovalStatus.PENDING if needs_person else ApprovalStatus.APPROVED,
        comments=None if needs_person else "Within what agent.* lets the system do on its own.",
        expires_at=work.now + VALID_FOR,
        decided_at=None if needs_person else work.now,
    )


def follow(connection: Connection, action: Action, status: Status, *, now: datetime) -> None:
    """The recommendation goes the way of the action that carries it out."""
    if action.recommendation_id is not None:
        recommendations.follow_action(connection, action.recommendation_id, status, now=now)


def hold(reason: str, work: Work) -> Wait:
    return Wait(until=work.now + HELD, reason=reason)


def tomorrow(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=UTC)
