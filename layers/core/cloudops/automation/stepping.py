"""The steps of a plan, forth or back, and the verification at the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cloudops.automation import repository
from cloudops.automation.deciding import GiveUp, Move, decide, may_lag
from cloudops.automation.ending import end
from cloudops.automation.executor import Probe
from cloudops.automation.guards import forbidden, protected
from cloudops.automation.models import Action, ActionStatus, ActionStep, Direction, StepStatus
from cloudops.automation.permissions import permissions_of
from cloudops.automation.plans import IrreversibleStepError, State, Step, UnresolvedArgumentError, same, stand
from cloudops.automation.repository import LeaseLostError
from cloudops.automation.surroundings import CALL_TAKES
from cloudops.automation.timing import ASK_AGAIN, HELD, LOOK_AGAIN, PATIENCE
from cloudops.automation.work import Stride, Wait, Work
from cloudops.platform.aws_mutations import Accepted, NotNow, Outcome, Refused, Unanswered
from cloudops.platform.database import Connection


@dataclass(frozen=True, kw_only=True)
class Course:
    """The steps in one direction, with the state before the first and after each."""

    direction: Direction
    steps: Sequence[Step]
    states: Sequence[State]


def course_of(action: Action) -> Course:
    plan = action.frozen_plan
    if not action.undoing:
        return Course(direction=Direction.FORTH, steps=plan.steps, states=plan.states)
    begins = int((action.result or {})["undo_from"])
    return Course(
        direction=Direction.BACK,
        steps=plan.back_from(begins),
        states=tuple(reversed(plan.states[: begins + 1])),
    )


def moved_at(steps: Sequence[ActionStep]) -> datetime | None:
    """When this action last did anything to the resource."""
    return max((one.settled_at or one.intended_at for one in steps), default=None)


def step_on(work: Work) -> Stride:
    """in_progress: one decision about one step."""
    course, known = course_of(work.action), work.steps()
    records = [one for one in known if one.direction == course.direction]
    landed = sum(one.status == StepStatus.LANDED for one in records)
    looked_at, seen = work.now, work.probe()
    if landed == len(course.steps):
        return arrive(work, course, seen)
    step, record = course.steps[landed], records[landed] if landed < len(records) else None
    stands = stand(seen.state, course.states[landed], step)
    match decide(record, stands, now=work.now, moved_at=moved_at(known)):
        case Move.CALL:
            return call(work, course, landed, seen, looked_at)
        case Move.SETTLE:
            return settle(work, course, landed)
        case Move.LOOK_AGAIN:
            return Wait(until=work.now + LOOK_AGAIN, reason=f"it waits to see that to {step.name} is done")
        case GiveUp(reason=reason):
            return give_up(work, seen, reason)


def call(work: Work, course: Course, landed: int, seen: Probe, looked_at: datetime) -> Stride:
    """Intent, call, answer: killed between any two of them, the next worker reads before it does anything."""
    step, number = course.steps[landed], landed + 1
    token = work.action.token(course.direction, number)
    try:
        arguments = step.call.resolved({"token": token, "action": str(work.action.id), **seen.found})
    except UnresolvedArgumentError as error:
        return give_up(work, seen, f"to {step.name} needs {error}, which was not found")
    if refusal := protected(seen, work.permissions()):
        return leave_alone(work, seen, refusal)
    with work.held() as connection:
        if refusal := forbidden(work.action, permissions_of(repository.read_configuration(connection))):
            return hold_back(work, connection, refusal)
        repository.intend_step(connection, work.action, course.direction, number, step.name, now=work.now)
        work.say(connection, f"asks AWS to {step.name}", operation=step.call.operation)
    refuse_late(work)
    if too_old(looked_at, work.now):
        return Wait(until=work.now + ASK_AGAIN, reason="it has to look again before it makes the call")
    outcome = work.around.aws.call(work.action, work.executor, step.call, arguments)
    return answered(work, course, number, outcome)


def hold_back(work: Work, connection: Connection, refusal: str) -> Wait:
    """Half done, and not allowed to go on: somebody has to know, once."""
    message = f"held back: {refusal}"
    if all(one.message != message for one in repository.list_events(connection, work.action.id)[-2:]):
        work.around.page(connection, work.action, f"half done and {message}")
    work.say(connection, message)
    return Wait(until=work.now + HELD, reason=refusal)


def refuse_late(work: Work) -> None:
    """A worker that slept between intent and call must not wake up and make it."""
    if work.action.leased_until is None or work.now + CALL_TAKES >= work.action.leased_until:
        raise LeaseLostError("there is no time left to make the call in")


def too_old(looked_at: datetime, now: datetime) -> bool:
    """What was seen so long ago says little. Shorter than READS_LAG, so that nobody else has called meanwhile."""
    return now - looked_at > CALL_TAKES


def answered(work: Work, course: Course, number: int, outcome: Outcome) -> Stride:
    direction, name = course.direction, course.steps[number - 1].name
    with work.held() as connection:
        match outcome:
            case Accepted(response=response):
                repository.note_response(connection, work.action, direction, number, response)
                work.say(connection, f"AWS agreed to {name}")
            case Refused(code=code, reason=reason):
                refused = {"code": code, "reason": reason}
                repository.settle_step(
                    connection,
                    work.action,
                    direction,
                    number,
                    StepStatus.REFUSED,
                    now=work.now,
                    response=refused,
                )
                work.say(connection, f"AWS refused to {name}: {reason}")
            case NotNow(reason=reason) | Unanswered(reason=reason):
                work.say(connection, f"AWS gave no answer to {name}: {reason}")
                return Wait(until=work.now + ASK_AGAIN, reason=reason)
    return work


def settle(work: Work, course: Course, landed: int) -> Stride:
    with work.held() as connection:
        repository.settle_step(
            connection, work.action, course.direction, landed + 1, StepStatus.LANDED, now=work.now
        )
        repository.note_progress(connection, work.action, now=work.now)
        work.say(connection, f"seen: {course.steps[landed].name}")
    return work


def arrive(work: Work, course: Course, seen: Probe) -> Stride:
    if course.direction is Direction.BACK:
        return arrive_back(work)
    with work.held() as connection:
        repository.verify_action(connection, work.action, now=work.now)
        work.say(connection, "every step is done; verifying")
    return work.renewed()


def arrive_back(work: Work) -> Stride:
    """Rolled back only where a read of its own shows the state before."""
    seen, plan = work.probe_anew(), work.action.frozen_plan
    reason = str((work.action.result or {}).get("reason"))
    if same(seen.state, plan.before):
        return end(work, ActionStatus.ROLLED_BACK, seen=seen, error=reason)
    if may_lag(moved_at(work.steps()), work.now):
        return look_again(work)
    return end(
        work, ActionStatus.FAILED, seen=seen, error=f"{reason}; it was undone, and somebody changed it since"
    )


def verify(work: Work) -> Stride:
    """verifying: completed only where a read of its own shows what was planned, and the resource is well."""
    if work.action.undoing:
        return step_on(work)
    seen, plan = work.probe_anew(), work.action.frozen_plan
    if not same(seen.state, plan.after):
        if may_lag(moved_at(work.steps()), work.now):
            return look_again(work)
        return give_up(work, seen, "a read after the change shows something else")
    clients = work.around.aws.reads_anew(work.action, work.executor)
    well = work.executor.is_well(clients, work.action.target, work.action.params)
    if well is None and work.now - (work.action.verifying_since or work.now) < PATIENCE:
        return Wait(until=work.now + LOOK_AGAIN, reason="it cannot be told yet whether the resource is well")
    if not well:
        return give_up(work, seen, "the resource is not well after the change")
    return end(work, ActionStatus.COMPLETED, seen=seen)


def give_up(work: Work, seen: Probe, reason: str) -> Stride:
    """Back to the state before, where the way back is known from where the resource stands; else it needs a person."""
    plan, steps = work.action.frozen_plan, work.steps()
    reached = plan.reached(seen.state)
    if work.action.undoing:
        return end(
            work, ActionStatus.FAILED, seen=seen, error=f"{reason} while it was undone: it needs a person"
        )
    if reached not in own_doing(steps):
        # What a call of ours did may not show yet, and what was before it may show still.
        if may_lag(moved_at(steps), work.now):
            return look_again(work)
        return end_where_it_began(work, seen, reason) if reached == 0 else leave_alone(work, seen, reason)
    if reached == 0:
        return end_where_it_began(work, seen, reason)
    try:
        plan.back_from(reached)
    except IrreversibleStepError as error:
        return end(
            work,
            ActionStatus.FAILED,
            seen=seen,
            error=f"{reason}; {error} cannot be undone: it needs a person",
        )
    with work.held() as connection:
        repository.turn_back(connection, work.action, {"undo_from": reached, "reason": reason}, now=work.now)
        work.say(connection, f"goes back: {reason}")
    return work.renewed()


def own_doing(steps: Sequence[ActionStep]) -> frozenset[int]:
    """How many steps the resource may show without anybody else's doing. Only from there it is undone."""
    forth = [one for one in steps if one.direction == Direction.FORTH]
    landed = sum(one.status == StepStatus.LANDED for one in forth)
    may_have_landed = any(
        one.status == StepStatus.INTENDED or (one.status == StepStatus.REFUSED and one.attempts > 1)
        for one in forth
    )
    return frozenset((landed, landed + 1)) if may_have_landed else frozenset((landed,))


def leave_alone(work: Work, seen: Probe, reason: str) -> Stride:
    error = f"{reason}; it was left as it is: it needs a person"
    return end(work, ActionStatus.FAILED, seen=seen, error=error)


def look_again(work: Work) -> Wait:
    return Wait(until=work.now + LOOK_AGAIN, reason="a read may still show what was before")


def end_where_it_began(work: Work, seen: Probe, reason: str) -> Stride:
    landed = any(one.status == StepStatus.LANDED for one in work.steps())
    status = ActionStatus.ROLLED_BACK if landed else ActionStatus.FAILED
    return end(work, status, seen=seen, error=f"{reason}; it is as it was before")
