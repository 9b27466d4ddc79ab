"""next-bill: the demo's days to come, billed as its accounts stand after what was changed in them."""

from argparse import ArgumentTypeError, Namespace
from datetime import UTC, datetime

from local.commands.arguments import Subparsers, add_command, home_of, write
from local.commands.ingest import ingest
from local.commands.jobs import run_job
from local.demo_actions import next_bill
from local.demo_home import is_demo, start_accounts
from local.errors import LocalError
from local.stack import Stack


def add(commands: Subparsers) -> None:
    parser = add_command(commands, "next-bill", run, about="Let the demo's next days be billed, and measure.")
    parser.add_argument("--days", type=several, default=30, metavar="N", help="default: %(default)s")


def several(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 366:
        raise ArgumentTypeError(f"{text} is not a number of days from 1 to 366")
    return int(text)


def run(arguments: Namespace) -> None:
    home = home_of(arguments)
    if not is_demo(home):
        raise LocalError("only the demo's bills are made up; `cloudops ingest PATH` loads others")
    with Stack(home) as stack:
        write(start_accounts(stack, now=datetime.now(UTC)))
        bill(stack, days=arguments.days)


def bill(stack: Stack, *, days: int) -> None:
    exports, until = next_bill(stack, days=days)
    ingest(stack, exports)
    run_job(stack, "savings.measure", {"as_of": until.isoformat()})
    write(f"billed up to {until}; `cloudops savings` shows what changes saved")
