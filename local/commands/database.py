from argparse import Namespace

from local.commands.arguments import Subparsers, add_command, home_of, write
from local.postgres import READER
from local.stack import database


def add(commands: Subparsers) -> None:
    db = commands.add_parser("db", help="Reach the database.", description="Reach the database.")
    parts = db.add_subparsers(required=True, metavar="COMMAND")
    add_command(parts, "dsn", run, about="Start the database and print an address that reads all of it.")


def run(arguments: Namespace) -> None:
    home = home_of(arguments)
    # Until `cloudops down`, nobody who leaves the home stops what the reader is connected to.
    home.remember("keep_database", lambda: "yes")
    with database(home) as postgres:
        write(postgres.dsn(READER))
