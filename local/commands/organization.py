"""organization: the hierarchy and the services as a document."""

import json
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import api_client
from local.commands.arguments import Subparsers, add_command, add_json, home_of, write
from local.errors import LocalError
from local.stack import Stack

PATH = "/api/v1/organization"
SIGNS = {"created": "+", "changed": "~", "removed": "-"}


def add(commands: Subparsers) -> None:
    about = "Write the organisation as YAML, or take it in."
    parser = commands.add_parser("organization", help=about, description=about)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add_command(actions, "export", run_export, about="Print the organisation as YAML.")
    importing = add_command(actions, "import", run_import, about="Take a document in, whole or not at all.")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--backstage", action="store_true", help="the file is a catalog-info.yaml")
    importing.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    importing.add_argument(
        "--remove-missing", action="store_true", help="take the file for the whole truth, and remove the rest"
    )
    add_json(importing)


def run_export(arguments: Namespace) -> None:
    with Stack(home_of(arguments)) as stack:
        write(api_client.text(stack, PATH, accept="application/yaml").rstrip("\n"))


def run_import(arguments: Namespace) -> None:
    wanted = {
        "content": _content(arguments.file),
        "format": "backstage" if arguments.backstage else "cloudops",
        "remove_missing": arguments.remove_missing,
    }
    query = [("dry_run", str(arguments.dry_run).lower())]
    with Stack(home_of(arguments)) as stack:
        outcome = api_client.post(stack, f"{PATH}/import", wanted, query)
    write(json.dumps(outcome, indent=2) if arguments.json else _told(outcome))


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LocalError(f"{file} cannot be read: {error}") from error


def _told(outcome: Mapping[str, Any]) -> str:
    lines = [
        f"{sign} {change['kind'].replace('_', ' ')} {' / '.join(change['path'])}"
        for name, sign in SIGNS.items()
        for change in outcome[name]
    ]
    totals = ", ".join(f"{len(outcome[name])} {name}" for name in SIGNS)
    ending = f"{totals} (a dry run: nothing was changed)" if outcome["dry_run"] else totals
    return "\n".join([*lines, *outcome["notes"], ending])
