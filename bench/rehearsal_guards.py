"""Each guard taken away, to see that the run turns red without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, LiteralString

from cloudops.automation import (
    approval_repository,
    deciding,
    ending,
    paging_people,
    preflight,
    repository,
    stepping,
)
from cloudops.automation.deciding import Move
from cloudops.automation.executor import Probe
from cloudops.automation.models import StepStatus
from cloudops.automation.permissions import Permissions
from cloudops.automation.plans import Stand
from cloudops.automation.work import Work


@dataclass(frozen=True, kw_only=True)
class Guard:
    """How code and database are without it, and the invariants of which one has to be broken then.

    `aimed` makes the schedules likelier to need it.
    """

    remove: Callable[[], None]
    breaks: tuple[str, ...]
    schema: LiteralString = ""
    aimed: Mapping[str, Any] = field(default_factory=dict)


def replaced(owner: Any, name: str, instead: Any) -> None:
    setattr(owner, name, instead)


def without_fence() -> None:
    repository.SQL["hold_action"] = "select id from actions where id = %(id)s for update"


def without_lease() -> None:
    """Taken whoever holds it, and called however late."""
    taken = repository.SQL["take_action"]
    repository.SQL["take_action"] = taken.replace(
        "and due_at <= %(now)s and (leased_until is null or leased_until <= %(now)s)", ""
    )
    without_hurry()


def without_hurry() -> None:
    replaced(stepping, "refuse_late", lambda _work: None)
    replaced(stepping, "too_old", lambda _looked_at, _now: False)


def without_intent() -> None:
    replaced(repository, "intend_step", lambda *_given, **_named: None)


def without_looking() -> None:
    decide = deciding.decide

    def blindly(record: Any, seen: Stand, **times: Any) -> Any:
        if record is not None and record.status == StepStatus.INTENDED and seen is not Stand.AFTER:
            return Move.CALL
        return decide(record, seen, **times)

    replaced(stepping, "decide", blindly)


def without_probe() -> None:
    decide = deciding.decide

    def blindly(record: Any, seen: Stand, **times: Any) -> Any:
        return Move.CALL if record is None else decide(record, seen, **times)

    replaced(stepping, "decide", blindly)
    replaced(preflight, "changed_since", lambda _work, _probe: False)


def without_approval() -> None:
    find = approval_repository.find_approval_request

    def given(connection: Any, action: Any) -> Any:
        request = find(connection, action)
        return request and replace(request, status="approved")

    replaced(approval_repository, "find_approval_request", given)


def without_verification() -> None:
    def believed(work: Work) -> Probe:
        plan = work.action.frozen_plan
        return Probe(state=plan.before if work.action.undoing else plan.after)

    replaced(Work, "probe_anew", believed)


def open_always() -> None:
    replaced(Permissions, "is_open", lambda _self, _now: True)


def without_protection() -> None:
    replaced(stepping, "protected", lambda _probe, _permissions: None)
    replaced(preflight, "protected", lambda _probe, _permissions: None)


def without_trail() -> None:
    replaced(ending, "trail", lambda *_given: None)
    replaced(preflight, "trail", lambda *_given: None)


GUARDS: Mapping[str, Guard] = {
    "fence": Guard(
        remove=without_fence,
        breaks=("late",),
        schema="alter table action_steps disable trigger action_steps_fenced",
    ),
    "lease": Guard(remove=without_lease, breaks=("late", "duplicates")),
    "call in time": Guard(remove=without_hurry, breaks=("late",)),
    "intent before call": Guard(remove=without_intent, breaks=("duplicates", "evidence", "ended")),
    "look before repeat": Guard(remove=without_looking, breaks=("duplicates",)),
    "reads lag": Guard(
        remove=lambda: replaced(deciding, "READS_LAG", timedelta(0)),
        breaks=("duplicates", "rolled back"),
        aimed={
            "kinds": ("ebs.delete",),
            "losing": 0.5,
            "lag": 45,
            "at": {},
            "owner": None,
            "approval": "given",
        },
    ),
    "probe before call": Guard(remove=without_probe, breaks=("as approved",)),
    "approval": Guard(
        remove=without_approval,
        breaks=("approved",),
        schema="alter table actions disable trigger actions_legal_change",
    ),
    "caps lock": Guard(
        remove=lambda: replaced(repository, "lock_beginnings", lambda _connection: None), breaks=("caps",)
    ),
    "kill switch": Guard(
        remove=lambda: replaced(stepping, "forbidden", lambda _action, _permissions: None), breaks=("switch",)
    ),
    "change window": Guard(remove=open_always, breaks=("outside",)),
    "protect tags": Guard(remove=without_protection, breaks=("outside",)),
    "independent read": Guard(remove=without_verification, breaks=("completed", "rolled back")),
    "evidence": Guard(
        remove=lambda: replaced(ending, "keep_evidence", lambda *_given, **_named: {}), breaks=("evidence",)
    ),
    "trail": Guard(remove=without_trail, breaks=("audit",)),
    "page": Guard(remove=lambda: replaced(paging_people, "record", lambda *_given: None), breaks=("told",)),
}
