"""Homes that the journeys start from, each set up once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.home import Home
from tests.homes import copy_of, made_once, make_demo_once, start_once


@pytest.fixture(scope="session")
def started_once() -> Home:
    """A home in which a stack was started and stopped."""
    return made_once("started-once", start_once)


@pytest.fixture(scope="module")
def started_home(started_once: Home) -> Iterator[Path]:
    """A copy for one module, whose database needs no set-up any more."""
    with copy_of(started_once) as home:
        yield home.path


@pytest.fixture(scope="session")
def demo_once() -> Home:
    """A home in which the demo organisation was made, to be copied by `copy_of` before it is started."""
    return made_once("demo-once", make_demo_once)
