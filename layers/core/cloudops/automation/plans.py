"""What an action will do, frozen before anybody allows it: the state found, each call, and the way back.

A state holds the facts of a resource that the change depends on, as an executor's probe reads them. A plan names the
state expected after each call, so that whoever takes an action over can tell from a read alone where it stands, and
that anything else is somebody's doing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

type State = Mapping[str, Any]
type Passing = Mapping[str, Sequence[Any]]
"""Values that a fact may have for a while, by fact."""

PLACEHOLDER = "$"


class UnresolvedArgumentError(KeyError):
    """A call refers to something that no probe has found."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A mutating call by boto3's names. Texts that begin with $ stand for what is only known when it is made.

    `$token` is the step's client token, `$action` the action's id; other names are facts that a probe found, such as
    the id of a backup.
    """

    service: str
    operation: str
    arguments: Mapping[str, Any]

    def resolved(self, known: Mapping[str, Any]) -> dict[str, Any]:
        return {name: resolve(value, known) for name, value in self.arguments.items()}


@dataclass(frozen=True, kw_only=True)
class Step:
    """A call, the state that shows that it landed, and what may be seen on the way there.

    `undo` leads back to the state before this step; None where no call does.
    """

    name: str
    call: Call
    becomes: State
    passing: Passing = field(default_factory=dict)
    undo: "Undo | None" = None


@dataclass(frozen=True, kw_only=True)
class Undo:
    name: str
    call: Call
    passing: Passing = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """On which resource, from which state, by which steps."""

    type: str
    account_id: str
    region: str
    resource_id: str
    params: Mapping[str, Any]
    before: State
    steps: tuple[Step, ...]

    @property
    def after(self) -> State:
        return self.steps[-1].becomes if self.steps else self.before

    @property
    def states(self) -> tuple[State, ...]:
        """The state before the first step and after each."""
        return (self.before, *(step.becomes for step in self.steps))

    @property
    def reversible(self) -> bool:
        return all(step.undo is not None for step in self.steps)

    def reached(self, seen: State) -> int | None:
        """How many steps the resource shows, or None where it shows a state that is none of the plan's."""
        for number in range(len(self.steps), -1, -1):
            if same(seen, self.states[number]):
                return number
        return None

    def back_from(self, reached: int) -> tuple[Step, ...]:
        """The steps that undo the first `reached` ones, the last first. None where one of them cannot be undone."""
        undone = []
        for number in range(reached, 0, -1):
            undo = self.steps[number - 1].undo
            if undo is None:
                raise IrreversibleStepError(self.steps[number - 1].name)
            undone.append(
                Step(name=undo.name, call=undo.call, passing=undo.passing, becomes=self.states[number - 1])
            )
        return tuple(undone)

    def to_json(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "account_id": self.account_id,
            "region": self.region,
            "resource_id": self.resource_id,
            "params": dict(self.params),
            "before": dict(self.before),
            "steps": [step_to_json(step) for step in self.steps],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: what is approved is this plan on this resource in this state."""
        return hashlib.sha256(canonical(self.to_json())).hexdigest()


class IrreversibleStepError(ValueError):
    """A step that has no way back."""


class Stand(Enum):
    """Where a resource stands with regard to one step."""

    BEFORE = auto()
    PASSING = auto()
    AFTER = auto()
    ELSEWHERE = auto()


def stand(seen: State, before: State, step: Step) -> Stand:
    if same(seen, step.becomes):
        return Stand.AFTER
    if same(seen, before):
        return Stand.BEFORE
    if seen.keys() <= before.keys() | step.becomes.keys() and all(
        value in (before.get(fact), step.becomes.get(fact), *step.passing.get(fact, ()))
        for fact, value in seen.items()
    ):
        return Stand.PASSING
    return Stand.ELSEWHERE


def same(one: State, other: State) -> bool:
    return canonical(one) == canonical(other)


def canonical(value: Any) -> bytes:
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def resolve(value: Any, known: Mapping[str, Any]) -> Any:
    match value:
        case str() if value.startswith(PLACEHOLDER):
            if known.get(value[1:]) is None:
                raise UnresolvedArgumentError(value)
            return known[value[1:]]
        case Mapping():
            return {name: resolve(one, known) for name, one in value.items()}
        case list() | tuple():
            return [resolve(one, known) for one in value]
        case _:
            return value


def step_to_json(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "call": call_to_json(step.call),
        "becomes": dict(step.becomes),
        "passing": {fact: list(values) for fact, values in step.passing.items()},
        "undo": step.undo
        and {
            "name": step.undo.name,
            "call": call_to_json(step.undo.call),
            "passing": {fact: list(values) for fact, values in step.undo.passing.items()},
        },
    }


def call_to_json(call: Call) -> dict[str, Any]:
    return {"service": call.service, "operation": call.operation, "arguments": dict(call.arguments)}


def plan_of(stored: Mapping[str, Any]) -> Plan:
    """A plan as `to_json` wrote it."""
    fields = {**stored, "steps": tuple(step_of(step) for step in stored["steps"])}
    return Plan(**fields)


def step_of(stored: Mapping[str, Any]) -> Step:
    undo = stored["undo"]
    return Step(
        name=stored["name"],
        call=Call(**stored["call"]),
        becomes=stored["becomes"],
        passing=stored["passing"],
        undo=undo and Undo(name=undo["name"], call=Call(**undo["call"]), passing=undo["passing"]),
    )
