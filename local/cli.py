"""The command `cloudops`."""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from local.commands import database, down, ingest, jobs, lists, token, up
from local.errors import LocalError

COMMANDS = (up, ingest, jobs, lists, token, database, down)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        with ending_on_sigterm():
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


@contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """Lets a terminated command stop what it started, as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="cloudops", description="CloudOps Guardrails on this machine.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return whole


if __name__ == "__main__":
    sys.exit(main())
