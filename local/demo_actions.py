"""Changes in the demo's accounts: what may be changed, what people asked for first, and the bill that comes after."""

from datetime import date, timedelta

from local import api_client
from local.demo.changes import Changes
from local.demo.lines import Scenario
from local.demo.organization import Person
from local.demo.scenes import ASKS, SETTINGS, Scene, approver, mishaps, scenes
from local.demo.timeline import Timeline
from local.errors import LocalError
from local.exports import Exports
from local.first_tenant import Person as Somebody
from local.first_tenant import person_of
from local.home import Home
from local.stack import Stack

ACTIONS, APPROVALS = "/api/v1/actions", "/api/v1/approvals"
SECONDS = 600


def allow_changes(stack: Stack) -> None:
    """As an admin does it; the kill switch is the last."""
    for key, value in SETTINGS.items():
        api_client.put(stack, f"/api/v1/automation/configuration/{key}", {"value": value})


def arm_mishaps(stack: Stack) -> None:
    found, troubles = mishaps(scenario_of(stack.home)), stack.aws.strict.troubles
    troubles.impaired.add(found.impaired)
    troubles.throttled.add(found.throttled)
    troubles.refuse(
        found.without_capacity,
        operation="ModifyDBInstance",
        code="InsufficientDBInstanceCapacity",
        message="Specified DB instance class is not available in the specified Availability Zone.",
    )


def ask_for_first_changes(stack: Stack) -> None:
    """By the people and through the API; the last of them is still queued when this returns."""
    *first, last = scenes(scenario_of(stack.home))
    asked = [ask(stack, scene) for scene in first]
    work(stack)
    for scene, action_id in zip(first, asked, strict=True):
        say(stack, scene, action_id)
    work(stack)
    ask(stack, last)


def ask(stack: Stack, scene: Scene) -> str:
    found = recommended(stack, scene.check_id, scene.resource_id)
    wanted = {"recommendation_id": found}
    return str(api_client.post(stack, ACTIONS, wanted, person=somebody(stack, ASKS))["id"])


def recommended(stack: Stack, check_id: str, resource_id: str) -> str:
    query = [("check_id", check_id), ("resource", resource_id)]
    found = next(api_client.items(stack, "/api/v1/recommendations", query), None)
    if found is None:
        raise LocalError(f"{check_id} found nothing about {resource_id}")
    return str(found["id"])


def say(stack: Stack, scene: Scene, action_id: str) -> None:
    if scene.word is None:
        return
    asked = next(api_client.items(stack, APPROVALS, [("action", action_id), ("status", "pending")]))
    by = somebody(stack, approver(asked["approver_role"]))
    comment = {"comment": scene.comment} if scene.comment else {}
    api_client.post(stack, f"{APPROVALS}/{asked['id']}/{scene.word}", comment, person=by)


def somebody(stack: Stack, person: Person) -> Somebody:
    return person_of(stack.home, person.email)


def work(stack: Stack) -> None:
    drained = stack.pollers.drain(timeout=SECONDS)
    if sum(drained.dead.values()) or not drained.complete:
        raise LocalError(f"the demo's changes failed{drained.reasons} (see {stack.home.logs})")


def begun_actions(stack: Stack) -> list[api_client.Item]:
    """The oldest first, each with its plan and its steps."""
    begun = [one for one in api_client.items(stack, ACTIONS) if one["started_at"]]
    return [api_client.get(stack, f"{ACTIONS}/{one['id']}") for one in reversed(begun)]


def do_again(stack: Stack) -> None:
    """What the emulated AWS forgot with the rest: that its accounts were changed."""
    from local.demo.aws import changed  # noqa: PLC0415 - moto's services take two seconds to import

    changed.do_again(stack.aws, begun_actions(stack))


def changes_in(stack: Stack) -> Changes:
    from local.demo.aws import changed  # noqa: PLC0415 - see do_again

    return changed.standing(begun_actions(stack))


def next_bill(stack: Stack, *, days: int) -> tuple[Exports, date]:
    """The export with `days` more of bill, as the accounts stand now, and its last day. Needs accounts that run."""
    from local.demo.generation import prolong  # noqa: PLC0415 - it loads pyarrow

    home = stack.home
    present = date.fromisoformat(home.recall("demo_end") or "")
    until = date.fromisoformat(home.recall("demo_billed_until") or f"{present}") + timedelta(days=days)
    folder = home.path / "demo"
    prolong(
        folder,
        present=present,
        days=int(home.recall("demo_days") or 365),
        until=until,
        changes=changes_in(stack),
    )
    home.replace("demo_billed_until", until.isoformat())
    return Exports(folder=folder), until


def scenario_of(home: Home) -> Scenario:
    return Scenario(timeline=Timeline(end=date.fromisoformat(home.recall("demo_end") or ""), days=1), seed=7)
