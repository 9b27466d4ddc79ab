"""The command `cloudops`."""

import argparse
import sys
from collections.abc import Sequence

from local.commands import database, down, ingest, jobs, lists, token, up
from local.errors import LocalError

COMMANDS = (up, ingest, jobs, lists, token, database, down)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except LocalError as error:
        sys.stderr.write(f"cloudops: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        sys.stderr.close()
        return 0
    return 0


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="cloudops", description="CloudOps Guardrails on this machine.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return whole


if __name__ == "__main__":
    sys.exit(main())
