"""audit: whether the trail is as it was written."""

import json
from argparse import Namespace

from local import api_client
from local.commands.arguments import Subparsers, add_command, home_of, write
from local.errors import LocalError
from local.stack import Stack
from local.tables import table

COLUMNS = ("kind", "seq", "event_id", "detail")


def add(commands: Subparsers) -> None:
    audit = commands.add_parser("audit", help="Look at the trail.", description="Look at the trail.")
    parts = audit.add_subparsers(required=True, metavar="COMMAND")
    verify = add_command(
        parts,
        "verify",
        run_verify,
        about="Compute the trail's chain anew and hold it against the heads kept elsewhere; "
        "name the first event that was tampered with.",
    )
    verify.add_argument("--json", action="store_true", help="print JSON instead of sentences")


def run_verify(arguments: Namespace) -> None:
    with Stack(home_of(arguments)) as stack:
        found = api_client.get(stack, "/api/v1/events/verification")
    if arguments.json:
        write(json.dumps(found, indent=2))
    elif found["faults"]:
        write(table(found["faults"], COLUMNS))
    else:
        anchored = f"{found['heads']} heads vouch for the first {found['anchored_seq']}"
        write(f"the trail's {found['events']} events are as they were written; {anchored}")
    if found["faults"]:
        raise LocalError("the trail was tampered with")
