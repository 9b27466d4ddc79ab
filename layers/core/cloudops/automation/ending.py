"""How an action ends: evidence first, then the row, the trail and the recommendation in one transaction."""

from cloudops.actor import SYSTEM, Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.automation import approval_repository, repository
from cloudops.automation.evidence import keep_evidence
from cloudops.automation.executor import Probe
from cloudops.automation.models import Action, ActionStatus
from cloudops.automation.paging_people import tell_completed
from cloudops.automation.work import Stride, Work
from cloudops.platform.database import Connection
from cloudops.recommendations import use_cases as recommendations
from cloudops.recommendations.life import Status


def abandon(work: Work, reason: str) -> Stride:
    """Without evidence: it ends here by what the row says alone."""
    with work.held() as connection:
        finish(connection, work, ActionStatus.FAILED, error=reason, result={})
    return None


def end_unseen(work: Work, reason: str) -> Stride:
    """Where not even a read can be had: what the resource is like now, a person has to find out."""
    begun = work.action.started_at is not None
    error = f"{reason}; it was left as it is: it needs a person" if begun else reason
    return abandon(work, error)


def end(work: Work, status: ActionStatus, *, seen: Probe, error: str | None = None) -> Stride:
    """After something was called, or may have been. `seen` is the last read."""
    with work.held() as connection:
        steps = repository.list_steps(connection, work.action.id)
        events = repository.list_events(connection, work.action.id)
        decisions = approval_repository.list_approvals_of(connection, work.action.id)
    manifest = keep_evidence(work, status, seen, steps=steps, events=events, decisions=decisions, error=error)
    with work.held() as connection:
        finish(connection, work, status, error=error, result={"evidence": manifest})
    return None


def finish(
    connection: Connection, work: Work, status: ActionStatus, *, error: str | None, result: dict[str, object]
) -> None:
    action = work.action
    message = f"{action.type} on {action.resource_id} is {status}" + (f": {error}" if error else "")
    repository.end_action(connection, action, status, error=error, result=result, now=work.now)
    work.say(connection, f"{status}: {error}" if error else str(status))
    trail(connection, action, str(status), message)
    if action.recommendation_id is not None:
        follows = Status.DONE if status is ActionStatus.COMPLETED else Status.OPEN
        recommendations.follow_action(connection, action.recommendation_id, follows, now=work.now)
    if status is ActionStatus.COMPLETED:
        tell_completed(connection, action, message, now=work.now)
    else:
        work.around.page(connection, action, message)


def trail(connection: Connection, action: Action, event_type: str, message: str) -> None:
    record(
        connection,
        NewEvent(
            entity_type="action",
            entity_id=str(action.id),
            event_type=event_type,
            message=message,
            actor=Actor(name=SYSTEM),
            metadata={"type": action.type, "resource": action.resource_id, "digest": action.digest},
        ),
    )
