import os
import signal
import time
from argparse import Namespace

from local.commands.arguments import Subparsers, add_command, home_of, write
from local.errors import LocalError
from local.home import Home
from local.postgres import Postgres

STOP_SECONDS = 40


def add(commands: Subparsers) -> None:
    add_command(commands, "down", run, about="Stop what runs in the home.")


def run(arguments: Namespace) -> None:
    home = home_of(arguments)
    home.forget("keep_database")
    stopped_stack = stop_stack(home)
    with home.lock("start"):
        postgres = Postgres(home)
        stopped_database = postgres.is_running()
        home.join_users()
        if not home.leave_users():
            raise LocalError("another command is still at work in this home; the database stops with it")
        postgres.stop()
    write("stopped" if stopped_stack or stopped_database else "nothing was running")


def stop_stack(home: Home) -> bool:
    kept = home.recall("up")
    if kept is None:
        return False
    try:
        os.kill(int(kept), signal.SIGTERM)
    except ProcessLookupError:
        home.forget("up")
        return False
    deadline = time.monotonic() + STOP_SECONDS
    while home.recall("up") is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    return True
