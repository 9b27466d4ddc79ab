"""Migrations may be started at once, again, and after a death in the middle; each is applied once."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from cloudops.platform.migrations import migrate
from cloudops.platform.passwords import set_password
from cloudops.platform.schema import schema_version
from local.postgres import APP, SUPERUSER
from tests.conftest import MIGRATIONS, SEAL_KEY, Database
from tests.migrations.catalog import RULES, breaches

RUNNER = Path(__file__).parent / "runner.py"
NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql"))
SLOW = "\nselect pg_sleep(2);\n"

alone = pytest.mark.usefixtures("alone")


@alone
def test_four_that_start_at_once_apply_each_migration_once(empty_database: Database) -> None:
    runners = [start(empty_database) for _ in range(4)]
    outcomes = [runner.communicate(timeout=60) for runner in runners]

    assert [runner.returncode for runner in runners] == [0, 0, 0, 0], outcomes
    assert sorted(name for said, _ in outcomes for name in said.split()) == NAMES
    assert applied(empty_database) == NAMES


@alone
def test_a_second_run_applies_nothing(empty_database: Database) -> None:
    first = run(empty_database)
    versions = schema_versions(empty_database)

    second = run(empty_database)

    assert (first, second) == (NAMES, [])
    assert schema_versions(empty_database) == versions


@alone
@pytest.mark.parametrize("name", [NAMES[0], NAMES[3], NAMES[-1]])
def test_a_run_killed_before_it_noted_a_migration_is_completed_by_the_next(
    empty_database: Database, name: str
) -> None:
    killed = start(empty_database, die_at=name)
    killed.communicate(timeout=60)

    completing = run(empty_database)

    assert killed.returncode == -signal.SIGKILL
    assert completing == NAMES[NAMES.index(name) :]
    assert applied(empty_database) == NAMES
    assert_whole(empty_database)


@alone
def test_a_run_killed_within_a_migration_is_completed_by_the_next(
    empty_database: Database, tmp_path: Path
) -> None:
    slow = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    halted = slow / f"{NAMES[2]}.sql"
    halted.write_text(halted.read_text() + SLOW)
    killed = start(empty_database, directory=slow)
    wait_for_sleep(empty_database)

    killed.kill()
    killed.communicate(timeout=60)
    completing = run(empty_database)

    assert completing == NAMES[2:]
    assert_whole(empty_database)


@alone
def test_a_migration_that_fails_leaves_nothing_of_itself(empty_database: Database, tmp_path: Path) -> None:
    broken = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    (broken / "9999_break.sql").write_text("create table half (id int);\nselect 1 / 0;\n")

    with pytest.raises(psycopg.errors.DivisionByZero):
        run(empty_database, directory=broken)

    with psycopg.connect(empty_database.owner_dsn) as owner:
        assert owner.execute("select to_regclass('half')").fetchone() == (None,)
    assert run(empty_database) == []


def test_the_newest_version_is_found_by_semantic_order(database: Database) -> None:
    with psycopg.connect(database.owner_dsn) as owner:
        before = schema_version(owner)
        owner.execute("insert into schema_version (version) values ('0.1000.0'), ('0.999.1')")

        assert schema_version(owner) == "0.1000.0"
        assert before == f"0.{int(NAMES[-1][:4])}.0"


@pytest.mark.parametrize("version", ["1", "1.0", "1.0.0-rc1", "v1.0.0", "1.0.0 "])
def test_a_version_is_semantic_or_refused(module_database: Database, version: str) -> None:
    with psycopg.connect(module_database.owner_dsn) as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("insert into schema_version (version) values (%s)", [version])


def test_an_empty_database_has_no_version(empty_database: Database) -> None:
    with psycopg.connect(empty_database.owner_dsn) as owner:
        assert schema_version(owner) == "0.0.0"


@alone
def test_the_key_and_the_password_are_renewed_by_a_run_that_applies_nothing(
    empty_database: Database,
) -> None:
    run(empty_database)
    with psycopg.connect(empty_database.owner_dsn, autocommit=True) as owner:
        key = owner.execute("table sealed.tenant_key").fetchone()
        owner.execute("delete from sealed.tenant_key")

        run(empty_database)

        assert owner.execute("table sealed.tenant_key").fetchone() == key


def test_the_password_itself_is_not_sent(empty_database: Database, tmp_path: Path) -> None:
    password = empty_database.server.password(APP)
    with (
        psycopg.connect(empty_database.owner_dsn, autocommit=True) as owner,
        (tmp_path / "sent").open("wb") as sent,
    ):
        owner.pgconn.trace(sent.fileno())

        set_password(owner, APP, password)

    said = (tmp_path / "sent").read_text(errors="replace")
    assert "SCRAM-SHA-256$" in said
    assert password not in said
    psycopg.connect(empty_database.app_dsn).close()


def test_every_table_and_view_of_the_schema_belongs_to_the_owner(module_database: Database) -> None:
    with psycopg.connect(module_database.owner_dsn) as owner:
        strangers = owner.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname !~ '^(pg_|information_schema)' and c.relowner <> 'cloudops_owner'::regrole"
        ).fetchall()

    assert strangers == []


def test_every_table_says_what_it_is(module_database: Database) -> None:
    with psycopg.connect(module_database.owner_dsn) as owner:
        silent = owner.execute(
            "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace"
            " and c.relkind in ('r', 'p') and not c.relispartition and c.relname !~ 'yoyo'"
            " and obj_description(c.oid, 'pg_class') is null"
        ).fetchall()

    assert silent == []


def start(
    database: Database, *, directory: Path = MIGRATIONS, die_at: str | None = None
) -> subprocess.Popen[str]:
    password = database.server.password(APP)
    arguments = [database.owner_dsn, str(directory), password, SEAL_KEY, *([die_at] if die_at else [])]
    return subprocess.Popen(
        [sys.executable, str(RUNNER), *arguments],
        env={**os.environ, "PYTHONPATH": str(MIGRATIONS.parent / "layers" / "core")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(database: Database, *, directory: Path = MIGRATIONS) -> list[str]:
    password = database.server.password(APP)
    return migrate(database.owner_dsn, directory=directory, app_password=password, seal_key=SEAL_KEY)


def applied(database: Database) -> list[str]:
    with psycopg.connect(database.owner_dsn) as owner:
        return [name for (name,) in owner.execute("select migration_id from _yoyo_migration order by 1")]


def schema_versions(database: Database) -> list[tuple[object, ...]]:
    with psycopg.connect(database.owner_dsn) as owner:
        return owner.execute("select version, applied_at from schema_version order by 1").fetchall()


def assert_whole(database: Database) -> None:
    with psycopg.connect(database.superuser_dsn) as connection:
        assert {rule: breaches(connection, rule) for rule in RULES} == {rule: [] for rule in RULES}


def wait_for_sleep(database: Database) -> None:
    asked = "select count(*) from pg_stat_activity where datname = %s and query ~ 'pg_sleep'"
    deadline = time.monotonic() + 30
    with psycopg.connect(database.server.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        while connection.execute(asked, [database.name]).fetchone() == (0,):
            assert time.monotonic() < deadline, "the migration never came to its sleep"
            time.sleep(0.05)
