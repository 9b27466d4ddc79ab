"""What has to hold of every schedule, judged from the calls, the rows and the store alone."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bench.rehearsal_cloud import Cloud, Made, View
from bench.rehearsal_worker import BEGINNING
from cloudops.automation.executors import EXECUTORS
from cloudops.automation.models import Action, ActionStep
from cloudops.automation.permissions import windows
from cloudops.automation.plans import Plan, Step, canonical, plan_of, same

# What a worker may see late: the cloud's lag, and as long as it may rely on what it saw.
BELIEVED = 31.0
# Rows are stamped by workers whose clocks are a few seconds off the cloud's.
CLOCKS_DIFFER = 5.0
ARTIFACTS = frozenset(
    (
        "after.json",
        "approvals.json",
        "before.json",
        "events.json",
        "plan.json",
        "steps.json",
        "verification.json",
    )
)
INVARIANTS = {
    "duplicates": "no call of a step takes effect twice",
    "approved": "nothing is called without an approval of this very plan, resource and parameters",
    "as approved": "nothing is called on a resource in another state than the plan's",
    "ended": "every action ends, or is held back and somebody was told (0 lost, 0 stuck)",
    "told": "what does not complete is told to somebody",
    "completed": "completed only where the resource is as planned",
    "rolled back": "rolled back only where the resource is as before",
    "evidence": "evidence is complete and unaltered",
    "audit": "the trail names plan, beginning and end",
    "caps": "no more begin than a day may have",
    "switch": "at most the call under way is made after the kill switch",
    "late": "a worker past its lease writes and calls nothing",
    "outside": "nothing is changed outside window, account and protect tags",
}


@dataclass
class Story:
    """What happened in one schedule."""

    name: str
    lag: float
    cloud: Mapping[str, Cloud] = field(default_factory=dict)
    evidence: dict[tuple[str, str], bytes] = field(default_factory=dict)
    ends: list[Mapping[str, Any]] = field(default_factory=list)
    switched_off: tuple[float, float] | None = None
    looks: list[float] = field(default_factory=list)
    interfered: list[float] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    most_begun: int = 99
    window: str | None = None
    protected_from: float | None = None
    log: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)


def broken(story: Story) -> dict[str, str]:
    """By invariant the first breach of it."""
    found: dict[str, str] = {}
    for name, what in breaches(story):
        found.setdefault(name, what)
    return found


def breaches(story: Story) -> Iterator[tuple[str, str]]:
    for text in story.late:
        yield "late", text
    begun = Counter(
        one["action"].started_at.date() for one in story.ends if one["action"].started_at is not None
    )
    if begun and max(begun.values()) > story.most_begun:
        yield "caps", f"{dict(begun)} began, {story.most_begun} may"
    for one in story.ends:
        yield from of_action(story, one)


def of_action(story: Story, end: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    action: Action = end["action"]
    cloud = story.cloud[action.resource_id]
    calls = [made for made in cloud.calls if made.action == str(action.id)]
    if len(calls) != len(cloud.calls):
        yield "approved", "a call of no action on this resource"
    if not action.ended:
        yield "ended", f"{action.status}, due {action.due_at:%d %H:%M}, {story.failures[-1:]}"
    elif action.status != "completed" and not any(f"is {action.status}" in page for page in end["pages"]):
        yield "told", f"{action.status}: {action.error}"
    yield from of_calls(story, end, calls, cloud)
    if action.ended and action.started_at is not None:
        yield from of_end(story, action, end["trail"], end["steps"], cloud)
    if (
        story.window
        and action.started_at
        and not any(w.is_open(action.started_at) for w in windows(story.window))
    ):
        yield "outside", f"begun at {action.started_at:%a %H:%M}"


def of_calls(
    story: Story, end: Mapping[str, Any], calls: Sequence[Made], cloud: Cloud
) -> Iterator[tuple[str, str]]:
    action = end["action"]
    effects = Counter(
        (one.undoing, one.operation, canonical(dict(one.arguments))) for one in calls if one.effective
    )
    if effects and max(effects.values()) > 1:
        yield "duplicates", f"{[(one[:2], count) for one, count in effects.items() if count > 1]}"
    if not calls:
        return
    if action.plan is None:
        yield "approved", "called without a plan"
        return
    plan = plan_of(action.plan)
    allowed = [
        one
        for one in end["approvals"]
        if one.digest == plan.digest == action.digest
        and one.decided_at
        and one.status in ("approved", "void")
    ]
    for made in calls:
        expected = states_before(plan, action, made)
        if not expected or not any(
            (one.decided_at - BEGINNING).total_seconds() <= made.at + 10 for one in allowed
        ):
            yield "approved", f"{made.operation} at {made.at:.0f}"
        elif made.effective and not any(
            same(seen, state) for seen in states_seen(story, action, cloud, made.at) for state in expected
        ):
            yield "as approved", f"{made.operation} at {made.at:.0f}"
    if story.switched_off:
        after = [one for one in calls if story.switched_off[0] < one.at < story.switched_off[1]]
        if len(after) > 1:
            yield "switch", f"{len(after)} calls"
    believed = story.lag + BELIEVED
    if story.protected_from is not None and any(one.at > story.protected_from + believed for one in calls):
        yield "outside", "a protected resource"


def states_before(plan: Plan, action: Action, made: Made) -> list[Mapping[str, Any]]:
    """The states from which the plan makes this call."""
    if not made.undoing:
        pairs = list(zip(plan.states, plan.steps, strict=False))
    else:
        begins = int((action.result or {}).get("undo_from", 0))
        pairs = list(zip(reversed(plan.states[: begins + 1]), plan.back_from(begins), strict=False))
    return [state for state, step in pairs if is_of(step, made)]


def is_of(step: Step, made: Made) -> bool:
    if step.call.operation != made.operation:
        return False
    fixed = {key: value for key, value in step.call.arguments.items() if "$" not in json.dumps(value)}
    return all(canonical(made.arguments.get(key)) == canonical(value) for key, value in fixed.items())


def states_seen(story: Story, action: Action, cloud: Cloud, at: float) -> Iterator[Mapping[str, Any]]:
    """As a read of the last moments could have shown it."""
    moments = [began for began, _ in cloud.past if at - story.lag - BELIEVED <= began <= at]
    for moment in {at - story.lag - BELIEVED, *moments, *(began - 1e-6 for began in moments)}:
        yield state_at(action, cloud, moment)


def state_at(action: Action, cloud: Cloud, moment: float) -> Mapping[str, Any]:
    executor = EXECUTORS[action.type]
    return executor.probe(
        lambda _service: View(cloud, moment), action.target, action.params, str(action.id)
    ).state


def of_end(
    story: Story, action: Action, trail: Sequence[str], steps: Sequence[ActionStep], cloud: Cloud
) -> Iterator[tuple[str, str]]:
    plan, at = plan_of(action.plan or {}), ((action.finished_at or BEGINNING) - BEGINNING).total_seconds()
    wanted = {"completed": plan.after, "rolled_back": plan.before}.get(action.status)
    # What its owner did a moment ago nobody can see yet; without that there is no excuse.
    excused = any(at - story.lag - BELIEVED <= one <= at + CLOCKS_DIFFER for one in story.interfered)
    shown = (
        states_seen(story, action, cloud, at + CLOCKS_DIFFER)
        if excused
        else [state_at(action, cloud, at + CLOCKS_DIFFER)]
    )
    if wanted is not None and not any(same(seen, wanted) for seen in shown):
        yield action.status.replace("_", " "), f"{state_at(action, cloud, at)} is not {wanted}"
    moved = max((since(one.settled_at) for one in steps if one.settled_at), default=0.0)
    if wanted is not None and not any(moved - 10 <= look <= at + 10 for look in story.looks):
        yield action.status.replace("_", " "), "nobody looked after the last step"
    if action.status != "failed" or "strides in a row" not in (action.error or ""):
        yield from of_evidence(story, action, wanted)
    if missing := {"requested", "planned", "begun", action.status} - set(trail):
        yield "audit", f"{missing} of {trail}"


def of_evidence(story: Story, action: Action, wanted: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    manifest = (action.result or {}).get("evidence", {})
    kept = {
        name: story.evidence[one["path"], one["version"]]
        for name, one in manifest.items()
        if hashlib.sha256(story.evidence.get((one["path"], one["version"]), b"")).hexdigest() == one["sha256"]
    }
    if kept.keys() != ARTIFACTS:
        yield "evidence", f"{ARTIFACTS - kept.keys()} missing or altered"
    elif wanted is not None and not same(json.loads(kept["verification.json"])["seen"], wanted):
        yield "evidence", "the verification shows another state"


def since(moment: datetime) -> float:
    return (moment - BEGINNING).total_seconds()
