"""actions, approvals, savings, act, approve, reject: changes of accounts, as the people who belong to the tenant."""

import json
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from local import api_client
from local.commands.arguments import Subparsers, add_command, add_json, home_of, show, write
from local.commands.jobs import JOB_SECONDS
from local.demo_home import is_demo, start_accounts
from local.errors import LocalError
from local.first_tenant import Person, person_of
from local.home import Home
from local.people import normalized
from local.running import Running, running_in
from local.stack import Stack

ACTIONS, APPROVALS, SAVINGS = "/api/v1/actions", "/api/v1/approvals", "/api/v1/actions/savings"
ENDED = ("completed", "failed", "rolled_back")
LOOK_SECONDS = 0.5
# What is due later than this waits for somebody, and not for AWS.
SOON = timedelta(minutes=1)
COLUMNS = {
    ACTIONS: ("id", "status", "type", "account_id", "resource_id", "monthly_savings", "currency", "error"),
    APPROVALS: ("id", "status", "action_id", "approver_role", "approvals_needed", "requested_by_name"),
    SAVINGS: (
        "type",
        "resource_id",
        "status",
        "currency",
        "projected_monthly",
        "measured_monthly",
        "confidence",
        "reason",
    ),
}


def add(commands: Subparsers) -> None:
    for path, name, about in (
        (ACTIONS, "actions", "Show changes and how far they are."),
        (APPROVALS, "approvals", "Show which changes wait for somebody's word."),
        (SAVINGS, "savings", "Show what changes were to save, and what the bill says."),
    ):
        listing = add_command(commands, name, run_list, about=about)
        listing.set_defaults(path=path)
        add_json(listing)
    acting = add_command(commands, "act", run_act, about="Ask for the change that a recommendation proposes.")
    acting.add_argument("recommendation", metavar="RECOMMENDATION_ID")
    acting.add_argument("--dry-run", action="store_true", help="print the plan, and change nothing")
    add_person(acting)
    for name, about in (("approve", "Allow a change."), ("reject", "End a change before it begins.")):
        deciding = add_command(commands, name, run_decide, about=about)
        deciding.set_defaults(decision=name)
        deciding.add_argument("approval", metavar="APPROVAL_ID")
        deciding.add_argument("--comment", metavar="TEXT")
        add_person(deciding)


def add_person(parser: Any) -> None:
    parser.add_argument(
        "--as",
        dest="person",
        metavar="EMAIL",
        help="who does it (default: the admin that the home began with)",
    )


def run_list(arguments: Namespace) -> None:
    with platform_of(home_of(arguments)) as platform:
        rows = list(api_client.items(platform, arguments.path))
    show(rows, as_json=arguments.json, columns=COLUMNS[arguments.path])


def run_act(arguments: Namespace) -> None:
    wanted = {"recommendation_id": arguments.recommendation}
    with with_accounts(arguments) as platform:
        person = person_named(platform, arguments.person)
        if arguments.dry_run:
            write(json.dumps(api_client.post(platform, f"{ACTIONS}/plans", wanted, person=person), indent=2))
            return
        action = api_client.post(platform, ACTIONS, wanted, person=person)
        write(told(settled(platform, action["id"])))


def run_decide(arguments: Namespace) -> None:
    path = f"{APPROVALS}/{arguments.approval}/{arguments.decision}"
    said = {"comment": arguments.comment} if arguments.comment else {}
    with with_accounts(arguments) as platform:
        approval = api_client.post(platform, path, said, person=person_named(platform, arguments.person))
        write(told(settled(platform, approval["action_id"])))


@contextmanager
def platform_of(home: Home) -> Iterator[Stack | Running]:
    """The one that is up, or one for this command alone."""
    if (running := running_in(home)) is not None:
        yield running
        return
    with Stack(home) as stack:
        yield stack


@contextmanager
def with_accounts(arguments: Namespace) -> Iterator[Stack | Running]:
    """The emulated AWS forgets with each stop, so the demo's resources are made anew for a platform of our own."""
    with platform_of(home_of(arguments)) as platform:
        if isinstance(platform, Stack) and is_demo(platform.home):
            start_accounts(platform, now=datetime.now(UTC))
        yield platform


def person_named(platform: Stack | Running, email: str | None) -> Person | None:
    return None if email is None else person_of(platform.home, normalized(email))


def settled(platform: Stack | Running, action_id: str) -> Mapping[str, Any]:
    """The change once nothing can be done with it for now."""
    return watched(platform, action_id) if isinstance(platform, Running) else worked(platform, action_id)


def watched(running: Running, action_id: str) -> Mapping[str, Any]:
    """Others work on it; the `due_at` of what waits for somebody is far away."""
    until = time.monotonic() + JOB_SECONDS
    while True:
        action = api_client.get(running, f"{ACTIONS}/{action_id}")
        wait = datetime.fromisoformat(action["due_at"]) - datetime.now(UTC)
        if action["status"] in ENDED or wait > SOON or time.monotonic() > until:
            return action
        time.sleep(LOOK_SECONDS)


def worked(stack: Stack, action_id: str) -> Mapping[str, Any]:
    drained = stack.pollers.drain(timeout=JOB_SECONDS)
    if sum(drained.dead.values()) or not drained.complete:
        raise LocalError(f"the change failed{drained.reasons} (see {stack.home.logs})")
    return api_client.get(stack, f"{ACTIONS}/{action_id}")


def told(action: Mapping[str, Any]) -> str:
    error = f": {action['error']}" if action["error"] else ""
    lines = [f"{action['type']} on {action['resource_id']} is {action['status']}{error}"]
    lines += [f"  {event['ts']}  {event['message']}" for event in action["events"]]
    return "\n".join(lines)
