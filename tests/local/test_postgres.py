import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from local.home import Home
from local.postgres import APP, OWNER, SUPERUSER, Postgres
from tests.conftest import Database

# Without fsync commits still outlive a killed server, only not a power cut.
FAST = {"fsync": "off", "shared_buffers": "16MB"}


@pytest.fixture
def home() -> Iterator[Home]:
    path = Path(os.environ["CLOUDOPS_TEST_HOME"]) / uuid4().hex
    yield Home(path)
    shutil.rmtree(path)


@pytest.fixture
def server(home: Home) -> Iterator[Postgres]:
    server = Postgres(home, settings=FAST)
    server.start()
    server.bootstrap()
    yield server
    server.stop()


def one(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_rows_are_there_after_a_restart(server: Postgres) -> None:
    with psycopg.connect(server.dsn(OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server.stop()

    server.start()

    assert one(server.dsn(OWNER), "SELECT number FROM kept") == 7


def test_it_starts_again_after_kill_9_with_its_committed_rows(server: Postgres) -> None:
    with psycopg.connect(server.dsn(OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with psycopg.connect(server.dsn(OWNER)):
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)

        started = server.start()

    assert started
    assert one(server.dsn(OWNER), "SELECT number FROM kept") == 7


def test_a_pid_file_that_names_another_process_is_stale(server: Postgres) -> None:
    server.stop()
    pid_file = server.cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{server.cluster}\n0\n{server.port}\n\n127.0.0.1\n")

    assert not server.is_running()
    assert server.start()
    assert one(server.dsn(OWNER), "SELECT 1") == 1


def test_starting_what_runs_already_attaches(home: Home, server: Postgres) -> None:
    second = Postgres(home)

    assert second.is_running()
    assert not second.start()
    assert second.pid == server.pid
    assert one(second.dsn(OWNER), "SELECT 1") == 1


def test_a_server_whose_port_was_taken_moves_to_another(server: Postgres) -> None:
    server.stop()
    taken = server.port
    with socket.create_server(("127.0.0.1", taken)):
        server.start()

    assert server.port != taken
    assert one(server.dsn(OWNER), "SELECT 1") == 1


def test_stopping_twice_is_harmless(server: Postgres) -> None:
    server.stop()
    server.stop()

    assert not server.is_running()


def test_bootstrapping_twice_keeps_the_database(server: Postgres) -> None:
    with psycopg.connect(server.dsn(OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

    server.bootstrap()

    assert one(server.dsn(OWNER), "SELECT number FROM kept") == 7


def test_passwords_are_scram_and_a_wrong_one_is_refused(postgres_server: Postgres) -> None:
    stored = one(
        postgres_server.dsn(SUPERUSER),
        "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin",
    )

    assert stored is True
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres_server.dsn(APP), password="wrong")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("data_checksums", "on"), ("TimeZone", "UTC"), ("max_wal_size", "2GB"), ("server_encoding", "UTF8")],
)
def test_the_server_is_set_up_for_keeping_bills(postgres_server: Postgres, setting: str, value: str) -> None:
    assert one(postgres_server.dsn(OWNER), f"SHOW {setting}") == value


def test_it_listens_on_the_loopback_address_alone(postgres_server: Postgres) -> None:
    assert one(postgres_server.dsn(SUPERUSER), "SHOW listen_addresses") == "127.0.0.1"
    assert one(postgres_server.dsn(SUPERUSER), "SHOW unix_socket_directories") == ""


@pytest.mark.parametrize("role", [OWNER, APP])
def test_no_role_of_the_application_goes_around_row_level_security(
    postgres_server: Postgres, role: str
) -> None:
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"

    assert one(postgres_server.dsn(role), query) is False


def test_the_owner_may_hand_a_function_to_the_finder(empty_database: Database) -> None:
    with psycopg.connect(empty_database.owner_dsn) as connection:
        connection.execute("CREATE SCHEMA search AUTHORIZATION cloudops_owner")
        connection.execute("GRANT USAGE, CREATE ON SCHEMA search TO cloudops_finder")
        connection.execute("CREATE FUNCTION search.one() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        connection.execute("ALTER FUNCTION search.one() OWNER TO cloudops_finder")

    owner = "SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'one'"
    assert one(empty_database.owner_dsn, owner) == "cloudops_finder"


def test_the_reader_sees_everything_and_changes_nothing(empty_database: Database) -> None:
    with psycopg.connect(empty_database.owner_dsn) as connection:
        connection.execute("CREATE TABLE walled AS SELECT 7 AS number")
        connection.execute("ALTER TABLE walled ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE walled FORCE ROW LEVEL SECURITY")

    assert one(empty_database.reader_dsn, "SELECT number FROM walled") == 7
    with (
        psycopg.connect(empty_database.reader_dsn) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("DELETE FROM walled")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the database to another user")
def test_root_keeps_the_cluster_of_a_private_home_where_the_database_user_can_reach_it(
    tmp_path: Path,
) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    server = Postgres(Home(private / "home"), settings=FAST)
    try:
        server.start()
        assert one(server.dsn(SUPERUSER, "postgres"), "SELECT 1") == 1
        assert (private / "home" / "postgres").resolve() == server.cluster.parent
    finally:
        server.stop()
        shutil.rmtree(server.cluster.parent)


def test_each_test_gets_a_database_of_its_own(empty_database: Database) -> None:
    with psycopg.connect(empty_database.owner_dsn) as connection:
        connection.execute("CREATE TABLE mine ()")

    assert one(empty_database.owner_dsn, "SELECT current_database()") == empty_database.name
