"""One worker's way with one action: as far as it goes now, safe to be killed after every line.

Before a call its intent is committed; after it only a read says whether it landed. Whoever takes an action over reads
first, so that a call is made again only where the resource shows that none landed. A lease longer than any worker's
life keeps two from working at once, and its fence keeps a late one from writing or calling.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from cloudops.automation import repository
from cloudops.automation.ending import abandon, end_unseen
from cloudops.automation.models import ActionStatus
from cloudops.automation.preflight import await_approval, prepare
from cloudops.automation.repository import LeaseLostError
from cloudops.automation.stepping import step_on, verify
from cloudops.automation.surroundings import AccountReadOnlyError, Surroundings
from cloudops.automation.timing import MOST_STALLS, STALLS_UNTOLD, backoff
from cloudops.automation.work import Stride, Wait, Work
from cloudops.platform.aws_failures import AWS_ERRORS, FailureKind, explain

PASSES = frozenset((FailureKind.THROTTLED, FailureKind.UNREACHABLE, FailureKind.TRANSIENT))

STAGES: Mapping[ActionStatus, Callable[[Work], Stride]] = {
    ActionStatus.QUEUED: prepare,
    ActionStatus.PREFLIGHT: await_approval,
    ActionStatus.IN_PROGRESS: step_on,
    ActionStatus.VERIFYING: verify,
}


def work_on(action_id: UUID, around: Surroundings) -> Wait | None:
    """Take the action as far as it goes now. None where it has ended, or is somebody else's to go on with."""
    work = take(action_id, around)
    if work is None:
        return None
    try:
        return None if ended_in_vain(work) else go_on(work)
    except LeaseLostError:
        return None


def take(action_id: UUID, around: Surroundings) -> Work | None:
    with around.transactions() as connection:
        now = around.clock()
        action = repository.take_action(connection, action_id, now=now, leased_until=now + around.lease)
    if action is None:
        return None
    return Work(action=action, around=around)


def ended_in_vain(work: Work) -> bool:
    """Workers that die one after the other, by whatever they find, must not go on dying unseen."""
    stalls = work.action.stalls
    if stalls >= MOST_STALLS:
        end_unseen(work, f"{stalls} strides in a row brought it no further")
    elif stalls >= STALLS_UNTOLD:
        with work.held() as connection:
            work.around.page(connection, work.action, f"{stalls} strides in a row brought it no further")
    return stalls >= MOST_STALLS


def go_on(work: Work) -> Wait | None:
    stride: Stride = work
    while isinstance(stride, Work):
        if not stride.around.has_time():
            stride = Wait(until=stride.now, reason="this worker's time is over")
        else:
            stride = one_stride(stride)
    return release(work, stride) if stride is not None else None


def one_stride(work: Work) -> Stride:
    """What AWS cannot be asked now is asked later; nothing is known of the resource meanwhile."""
    try:
        return STAGES[ActionStatus(work.action.status)](work)
    except AccountReadOnlyError as error:
        return shut_out(work, error.detail, passes=False)
    except AWS_ERRORS as error:
        failure = explain(error)
        return shut_out(work, failure.reason, passes=failure.kind in PASSES)


def shut_out(work: Work, reason: str, *, passes: bool) -> Stride:
    """`passes`: it is nobody's decision, and most likely over soon."""
    if work.action.started_at is None and not passes:
        return abandon(work, reason)
    if not passes:
        with work.held() as connection:
            work.around.page(connection, work.action, f"cannot go on: {reason}")
    return Wait(until=work.now + backoff(work.action.stalls), reason=reason, stalled=True)


def release(work: Work, wait: Wait) -> Wait:
    with work.held() as connection:
        due = repository.release_action(
            connection, work.action, due_at=wait.until, stalled=wait.stalled, now=work.now
        )
        work.say(connection, f"comes back at {due:%Y-%m-%d %H:%M:%S} UTC: {wait.reason}")
    return replace(wait, until=due)
