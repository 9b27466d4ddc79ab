"""actions, approvals, act, approve and reject: changes of a cloud account, as the people who belong to the tenant."""

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from local import api_client
from local.commands.arguments import Subparsers, add_command, add_json, home_of, show, write
from local.commands.jobs import JOB_SECONDS
from local.demo_home import is_demo, start_accounts
from local.errors import LocalError
from local.first_tenant import Person, person_of
from local.people import normalized
from local.stack import Stack

ACTIONS, APPROVALS = "/api/v1/actions", "/api/v1/approvals"
COLUMNS = {
    ACTIONS: ("id", "status", "type", "account_id", "resource_id", "monthly_savings", "currency", "error"),
    APPROVALS: ("id", "status", "action_id", "approver_role", "approvals_needed", "requested_by_name"),
}


def add(commands: Subparsers) -> None:
    for path, name, about in (
        (ACTIONS, "actions", "Show changes and how far they are."),
        (APPROVALS, "approvals", "Show which changes wait for somebody's word."),
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
    with Stack(home_of(arguments)) as stack:
        rows = list(api_client.items(stack, arguments.path))
    show(rows, as_json=arguments.json, columns=COLUMNS[arguments.path])


def run_act(arguments: Namespace) -> None:
    wanted = {"recommendation_id": arguments.recommendation}
    with with_accounts(arguments) as stack:
        person = person_named(stack, arguments.person)
        if arguments.dry_run:
            write(json.dumps(api_client.post(stack, f"{ACTIONS}/plans", wanted, person=person), indent=2))
            return
        action = api_client.post(stack, ACTIONS, wanted, person=person)
        write(told(settled(stack, action["id"])))


def run_decide(arguments: Namespace) -> None:
    path = f"{APPROVALS}/{arguments.approval}/{arguments.decision}"
    said = {"comment": arguments.comment} if arguments.comment else {}
    with with_accounts(arguments) as stack:
        approval = api_client.post(stack, path, said, person=person_named(stack, arguments.person))
        write(told(settled(stack, approval["action_id"])))


@contextmanager
def with_accounts(arguments: Namespace) -> Iterator[Stack]:
    """The emulated AWS forgets with each stop, so the demo's resources are made anew for each change."""
    with Stack(home_of(arguments)) as stack:
        if is_demo(stack.home):
            start_accounts(stack, now=datetime.now(UTC))
        yield stack


def person_named(stack: Stack, email: str | None) -> Person | None:
    return None if email is None else person_of(stack.home, normalized(email))


def settled(stack: Stack, action_id: str) -> Mapping[str, Any]:
    """The change once nothing can be done with it for now."""
    drained = stack.pollers.drain(timeout=JOB_SECONDS)
    if sum(drained.dead.values()) or not drained.complete:
        raise LocalError(f"the change failed{drained.reasons} (see {stack.home.logs})")
    return api_client.get(stack, f"{ACTIONS}/{action_id}")


def told(action: Mapping[str, Any]) -> str:
    error = f": {action['error']}" if action["error"] else ""
    lines = [f"{action['type']} on {action['resource_id']} is {action['status']}{error}"]
    lines += [f"  {event['ts']}  {event['message']}" for event in action["events"]]
    return "\n".join(lines)
