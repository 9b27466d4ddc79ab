"""What the commands have in common on the command line."""

import argparse
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from local.functions import CHECKOUT
from local.home import Home
from local.tables import Row, table

Command = Callable[[Namespace], None]
Subparsers = Any


def add_command(commands: Subparsers, name: str, run: Command, *, about: str) -> ArgumentParser:
    parser: ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.add_argument(
        "--home",
        type=Path,
        default=CHECKOUT / ".cloudops",
        metavar="DIR",
        help="folder that keeps the database and everything else between runs (default: %(default)s)",
    )
    parser.set_defaults(run=run)
    return parser


def add_json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def home_of(arguments: Namespace) -> Home:
    return Home(arguments.home)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a date like 2026-01-31") from error


def show(rows: Sequence[Row], *, as_json: bool, columns: Sequence[str] | None = None) -> None:
    if as_json:
        write(json.dumps({"items": list(rows), "next_cursor": None}, indent=2))
    else:
        write(table(rows, columns))


def write(text: str) -> None:
    sys.stdout.write(text + "\n")
