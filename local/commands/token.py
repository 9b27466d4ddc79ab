from argparse import Namespace
from datetime import UTC, datetime

from local.commands.arguments import Subparsers, add_command, home_of, write
from local.first_tenant import admin_of, person_of
from local.home import Home
from local.stack import Stack, issuer


def add(commands: Subparsers) -> None:
    parser = add_command(commands, "token", run, about="Print an identity token that is valid for an hour.")
    parser.add_argument("--user", metavar="EMAIL", help="whose token (default: the first admin's)")


def run(arguments: Namespace) -> None:
    home = home_of(arguments)
    if home.recall("user_pool") is None:
        _start_once(home)
    person = person_of(home, arguments.user) if arguments.user else admin_of(home)
    write(issuer(home).issue(sub=person.sub, email=person.email, now=datetime.now(UTC)))


def _start_once(home: Home) -> None:
    with Stack(home):
        pass
