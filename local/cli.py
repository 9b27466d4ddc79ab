"""The command `cloudops`."""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from local.commands import (
    actions,
    audit,
    backtest,
    database,
    down,
    ingest,
    jobs,
    lists,
    next_bill,
    organization,
    token,
    up,
    users,
)
from local.errors import LocalError

END_SECONDS = 30
COMMANDS = (
    up,
    ingest,
    jobs,
    lists,
    actions,
    next_bill,
    backtest,
    organization,
    audit,
    token,
    users,
    database,
    down,
)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        with ending_on_signals():
            arguments.run(arguments)
    except LocalError as error:
        sys.stderr.write(f"cloudops: {error}\n")
        return 1
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        sys.stderr.close()
        return 0
    return 0


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Lets a command that is ended stop what it started; it has half a minute for that."""

    def end(number: int, _frame: object) -> None:
        signal.alarm(END_SECONDS)
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="cloudops", description="CloudOps Guardrails on this machine.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return whole


if __name__ == "__main__":
    sys.exit(main())
