import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from local.home import Home
from local.postgres import APP, DATABASE, OWNER, READER, SUPERUSER, Postgres
from tests.permissions.recording import listen, recording
from tests.permissions.unused import needless, unused, unused_events

HOME_VARIABLE = "CLOUDOPS_TEST_HOME"
SEAL_KEY = "5e" * 32
HANDLER_TESTS = Path(__file__).parent / "functions"
MIGRATIONS = Path(__file__).parent.parent / "migrations"
ROOM = 4 << 30
# The tests may lose their databases in a power cut, and need not wait for the disk.
WITHOUT_DURABILITY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True, kw_only=True)
class Database:
    """A migrated database of a test's own."""

    name: str
    server: Postgres

    @property
    def owner_dsn(self) -> str:
        return self.server.dsn(OWNER, self.name)

    @property
    def app_dsn(self) -> str:
        return self.server.dsn(APP, self.name)

    @property
    def reader_dsn(self) -> str:
        return self.server.dsn(READER, self.name)

    @property
    def superuser_dsn(self) -> str:
        return self.server.dsn(SUPERUSER, self.name)

    def secret(self) -> dict[str, str | int]:
        """What DATABASE_SECRET_ARN points to in the functions' environment."""
        return {
            "host": "127.0.0.1",
            "port": self.server.port,
            "dbname": self.name,
            "username": APP,
            "password": self.server.password(APP),
            "tenant_seal_key": SEAL_KEY,
            "sslmode": "disable",
        }


# Sessions take over what listens when they are made.
listen()


# Moto's thousands of public images take seconds to list, and their snapshots would seem to be every account's own.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        home = Path(tempfile.mkdtemp(prefix="cloudops-tests-", dir=_memory()))
        home.chmod(0o711)
        # Workers of pytest-xdist inherit it, and with it the one server.
        os.environ[HOME_VARIABLE] = str(home)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        home = Path(os.environ.pop(HOME_VARIABLE))
        if (home / "postgres").exists():
            _server(home).stop()
        shutil.rmtree(home)


def pytest_sessionfinish(session: pytest.Session) -> None:
    config, seen = session.config, recording()
    if hasattr(config, "workeroutput"):
        calls = [(function, *grant) for function, grant in sorted(seen.used)]
        config.workeroutput |= {"aws_calls": calls, "events": sorted(seen.events)}
    elif session.exitstatus == pytest.ExitCode.OK and every_handler_ran(config):
        for line in (found := [*unused(seen.used), *needless(seen.used), *unused_events(seen.events)]):
            config.get_terminal_writer().line(f"\n{line}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED if found else session.exitstatus


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of pytest-xdist has ended, and tells what its handlers were asked and called."""
    told = getattr(node, "workeroutput", {})
    recording().events.update(told.get("events", []))
    recording().used.update(
        (function, (action, resource)) for function, action, resource in told.get("aws_calls", [])
    )


def every_handler_ran(config: pytest.Config) -> bool:
    """Whether nothing was left out of the tests that run handlers in this process."""
    wanted = config.option
    # `lf` is an option of a plugin, which may be off.
    chosen = wanted.keyword or wanted.markexpr or wanted.deselect or config.getoption("lf", False)
    if chosen or wanted.collectonly:
        return False
    places = [config.invocation_params.dir / argument for argument in config.args]
    return any(HANDLER_TESTS.is_relative_to(place.resolve()) for place in places)


@pytest.fixture(autouse=True)
def allowed_calls() -> Iterator[None]:
    """A test in which a handler does what its role does not allow has failed, whatever it made of the refusal."""
    yield
    violations = recording().violations
    found = violations.copy()
    violations.clear()
    assert found == []


@pytest.fixture(scope="session")
def postgres_server() -> Postgres:
    server = _server(Path(os.environ[HOME_VARIABLE]))
    server.start()
    server.bootstrap()
    return server


@pytest.fixture(scope="session")
def migrated_server(postgres_server: Postgres) -> Postgres:
    from cloudops.platform.migrations import migrate  # noqa: PLC0415 - tests without a database need none

    home = Home(Path(os.environ[HOME_VARIABLE]))
    with home.lock("migrations"):
        if home.recall("migrated") is None:
            migrate(
                postgres_server.dsn(OWNER),
                directory=MIGRATIONS,
                app_password=postgres_server.password(APP),
                seal_key=SEAL_KEY,
            )
            home.remember("migrated", lambda: "yes")
    return postgres_server


@pytest.fixture
def database(migrated_server: Postgres) -> Iterator[Database]:
    with _copy_of_migrated(migrated_server) as copy:
        yield copy


@pytest.fixture(scope="module")
def module_database(migrated_server: Postgres) -> Iterator[Database]:
    """One database for a module whose tests do not disturb one another."""
    with _copy_of_migrated(migrated_server) as copy:
        yield copy


@pytest.fixture
def empty_database(postgres_server: Postgres) -> Iterator[Database]:
    with _copy(postgres_server, "template0") as copy:
        yield copy


def _memory() -> str | None:
    """A file system in memory where there is room in one: each copy of a database is two thousand files."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of our own in it.
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < ROOM:
        return None
    return str(memory)


def _server(home: Path) -> Postgres:
    return Postgres(Home(home), settings={**WITHOUT_DURABILITY, "shared_buffers": "64MB"})


@contextmanager
def _copy_of_migrated(server: Postgres) -> Iterator[Database]:
    with _copy(server, DATABASE) as copy:
        yield copy


@contextmanager
def _copy(server: Postgres, template: str) -> Iterator[Database]:
    name = f"test_{uuid4().hex}"
    _administer(server, "CREATE DATABASE {} TEMPLATE {} OWNER {}", name, template, OWNER)
    try:
        yield Database(name=name, server=server)
    finally:
        _administer(server, "DROP DATABASE {} WITH (FORCE)", name)


def _administer(server: Postgres, statement: LiteralString, *names: str) -> None:
    with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
