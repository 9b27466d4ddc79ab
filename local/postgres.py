import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from local.errors import LocalError
from local.home import Home
from local.postgres_account import choose_account, choose_binaries, choose_folder

DATABASE = "cloudops"
SUPERUSER, OWNER, APP, READER = "postgres", "cloudops_owner", "cloudops_app", "cloudops_reader"
SETTINGS = {
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
}
# The owner administers the other roles as RDS's master user does; handing functions to the finder
# needs SET on top.
ROLES: tuple[LiteralString, ...] = (
    "CREATE ROLE cloudops_owner LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS",
    "CREATE ROLE cloudops_app LOGIN NOSUPERUSER NOBYPASSRLS",
    "CREATE ROLE cloudops_finder NOLOGIN NOSUPERUSER NOBYPASSRLS",
    "CREATE ROLE cloudops_reader LOGIN NOSUPERUSER BYPASSRLS",
    "ALTER ROLE cloudops_reader SET default_transaction_read_only = on",
    "GRANT pg_read_all_data TO cloudops_reader",
    "GRANT cloudops_app TO cloudops_owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
    "GRANT cloudops_finder TO cloudops_owner WITH ADMIN TRUE, INHERIT FALSE, SET TRUE",
)
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
CRASH_RETRY_SECONDS = 5.0
START_SECONDS = 60


class Postgres:
    """PostgreSQL 16 on 127.0.0.1 for one home; every process that has the home may start or stop it."""

    def __init__(self, home: Home, *, settings: Mapping[str, str] | None = None) -> None:
        self._home = home
        self._settings = {**SETTINGS, **(settings or {})}
        self._account = choose_account(home.path / "postgres")
        self._folder = choose_folder(home.path, self._account)
        self.cluster = self._folder / "cluster"
        self._log = self._folder / "server.log"

    def start(self) -> bool:
        """Whether this call started it; False where it ran already."""
        with self._home.lock("postgres"):
            if self._answers():
                return False
            self._create_cluster()
            self._clear_stale_pid_file()
            self._launch()
            return True

    def stop(self) -> None:
        with self._home.lock("postgres"):
            if self.is_running():
                self._ctl("stop", "-m", "fast", "-w", "-t", "30")

    def is_running(self) -> bool:
        recorded = self._recorded()
        return recorded is not None and _is_postmaster_of(recorded[0], self.cluster)

    def _answers(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while self.is_running() and time.monotonic() < deadline:
            try:
                psycopg.connect(self.dsn(SUPERUSER, "postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                # It recovers from a crash, or has just been killed and is about to vanish.
                time.sleep(0.05)
            else:
                return True
        return False

    @property
    def pid(self) -> int | None:
        recorded = self._recorded()
        return recorded[0] if recorded and self.is_running() else None

    @property
    def port(self) -> int:
        return int(self._home.remember("postgres_port", _free_port))

    def password(self, user: str) -> str:
        return self._home.remember(f"password_{user}", lambda: secrets.token_urlsafe(24))

    def dsn(self, user: str, database: str = DATABASE) -> str:
        """A connection URI; the passwords are URL-safe."""
        return f"postgresql://{user}:{self.password(user)}@127.0.0.1:{self.port}/{database}"

    def bootstrap(self) -> None:
        """Creates the roles and the database that RDS and a stack's first deployment would."""
        with (
            self._home.lock("bootstrap"),
            psycopg.connect(self.dsn(SUPERUSER, "postgres"), autocommit=True) as connection,
        ):
            if _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                return
            with connection.transaction():
                self._create_roles(connection)
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )

    def _create_roles(self, connection: psycopg.Connection) -> None:
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", OWNER):
            for statement in ROLES:
                connection.execute(statement)
        for role in (OWNER, APP, READER):
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(self.password(role))
                )
            )

    def _create_cluster(self) -> None:
        if self.cluster.exists():
            return
        draft, password = self._folder / "cluster.new", self._folder / "initial-password"
        shutil.rmtree(draft, ignore_errors=True)
        password.touch(mode=0o600)
        self._account.own(password)
        password.write_text(self.password(SUPERUSER))
        self._run(
            "initdb", "-D", str(draft), "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password}",
            "-E", "UTF8", f"--locale={LOCALE}", "--data-checksums",
        )  # fmt: skip
        password.unlink()
        draft.rename(self.cluster)

    def _clear_stale_pid_file(self) -> None:
        # After a reboot the recorded number may belong to another process of the same user, and
        # Postgres would then refuse to start.
        recorded = self._recorded()
        if recorded and not _is_postmaster_of(recorded[0], self.cluster):
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self) -> None:
        self._await_port()
        if not _is_free(self.port):
            self._home.replace("postgres_port", _free_port())
        options = {**self._settings, "port": str(self.port)}
        switches = " ".join(f"-c {shlex.quote(f'{key}={value}')}" for key, value in options.items())
        deadline = time.monotonic() + CRASH_RETRY_SECONDS
        while not self._launched(switches, deadline):
            # The children of a killed server hold its shared memory for a moment longer.
            time.sleep(0.2)

    def _await_port(self) -> None:
        """The children of a killed server hold its port for a moment, and who is connected knows no other."""
        deadline = time.monotonic() + CRASH_RETRY_SECONDS
        while not _is_free(self.port) and time.monotonic() < deadline:
            time.sleep(0.1)

    def _launched(self, switches: str, deadline: float) -> bool:
        try:
            self._ctl("start", "-w", "-t", str(START_SECONDS), "-l", str(self._log), "-o", switches)
        except LocalError:
            if time.monotonic() > deadline:
                raise
            return False
        return True

    def _ctl(self, action: str, *arguments: str) -> None:
        self._run("pg_ctl", action, "-D", str(self.cluster), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        binaries = choose_binaries(self._folder, self._account)
        done = self._account.run([str(binaries / program), *arguments], timeout=START_SECONDS + 30)
        if done.returncode != 0:
            raise LocalError(f"{program} failed: {self._reason(done)}")

    def _reason(self, done: subprocess.CompletedProcess[str]) -> str:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        logged = self._log.read_text(errors="replace").splitlines()[-3:] if self._log.exists() else []
        return " | ".join([*said[-2:], *logged])

    def _recorded(self) -> tuple[int, int] | None:
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), int(lines[3])
        except (FileNotFoundError, IndexError, ValueError):
            return None


def _exists(connection: psycopg.Connection, query: LiteralString, name: str) -> bool:
    return connection.execute(query, (name,)).fetchone() is not None


def _is_postmaster_of(pid: int, cluster: Path) -> bool:
    command = _command_line(pid)
    return "postgres" in command and str(cluster) in command


def _command_line(pid: int) -> str:
    linux = Path(f"/proc/{pid}/cmdline")
    if linux.parent.parent.joinpath("self").exists():
        try:
            return linux.read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    listing = ["ps", "-o", "args=", "-p", str(pid)]
    return subprocess.run(listing, capture_output=True, text=True, check=False).stdout


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
