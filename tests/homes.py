"""Homes of local stacks that are set up once in a session, and copied for whoever uses one."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from local.cli import main
from local.commands.up import make_demo
from local.home import Home
from local.stack import Stack

DEMO_END = date(2026, 11, 20)
DEMO_DAYS = 120


def made_once(name: str, make: Callable[[Home], object]) -> Home:
    """The home of that name, which whichever worker came first has made; nothing runs in it."""
    home = Home(Path(os.environ["CLOUDOPS_TEST_HOME"]) / name)
    with home.lock("making"):
        if home.recall("made") is None:
            make(home)
            # Each copy's server takes a port of its own.
            home.forget("postgres_port")
            home.remember("made", lambda: "yes")
    return home


def start_once(home: Home) -> None:
    with Stack(home):
        pass


def make_demo_once(home: Home) -> None:
    """The demo organisation's last four months, taken in and judged as `cloudops up` does it."""
    now = datetime.now(UTC)
    home.remember("demo made at", now.isoformat)
    with Stack(home) as stack:
        make_demo(stack, end=DEMO_END, now=now, days=DEMO_DAYS)


@contextmanager
def copy_of(home: Home) -> Iterator[Home]:
    path = home.path.with_name(uuid4().hex)
    # Unlike shutil, cp keeps the files the database user's.
    subprocess.run(["cp", "--archive", str(home.path), str(path)], check=True)
    yield Home(path)
    main(["down", "--home", str(path)])
