"""An export to a queryable month, against the floor: a server-side binary COPY of the same rows, ready in a file,
into a logged table without an index. Both run in turn on one embedded Postgres with full durability.

    python bench/bench_ingest.py [--rows 2000000] [--grain daily|line_item] [--format cur2|cur1] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from bench.generate_export import LAYOUTS, Request, write_export
from bench.measuring import cpu_seconds, versions
from bench.resource_catalogue import ACCOUNTS
from cloudops.costs.exports import stream_charges
from cloudops.costs.repository import SQL
from cloudops.platform.migrations import migrate
from local.first_tenant import ensure_first_tenant, tenant_of
from local.functions import CHECKOUT
from local.home import Home
from local.postgres import APP, OWNER, SUPERUSER, Postgres
from local.stack import seal_key

TARGETS = {"daily": (0.7, 512), "line_item": (1.3, 256)}
TOLERANCE = Decimal("0.000001")


@dataclass(frozen=True, kw_only=True)
class Round:
    """Seconds, on the clock and of CPU; `server_cpu` is that of the ingesting process's connection."""

    floor: float
    floor_cpu: float
    stages: Mapping[str, float]
    cpu: float
    server_cpu: float
    rss_mb: float
    wal_mb: float
    database_mb: float
    charges: int

    @property
    def wall(self) -> float:
        return sum(self.stages.values())


@dataclass(frozen=True, kw_only=True)
class Bench:
    """`floor` is a connection to a database of its own, so that the migrated one can be copied for each round."""

    home: Home
    postgres: Postgres
    floor: psycopg.Connection
    request: Request
    grain: str

    @property
    def postmaster(self) -> int:
        if self.postgres.pid is None:
            raise SystemExit("the server is gone")
        return self.postgres.pid

    @property
    def ready_file(self) -> str:
        return str(self.postgres.cluster.parent / "ready.bin")


def main() -> None:
    asked = _asked()
    with (
        tempfile.TemporaryDirectory(prefix="cloudops-bench-") as folder,
        _server(Path(folder)) as (home, postgres),
        _floor_database(postgres) as floor,
    ):
        request = Request(
            out=Path(folder) / "export", rows=asked.rows, resources=asked.resources, format=asked.format
        )
        bench = Bench(home=home, postgres=postgres, floor=floor, request=request, grain=asked.grain)
        _prepare_floor(bench, write_export(request))
        _report(bench, [_round(bench, number) for number in range(asked.rounds)])


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--resources", type=int, default=25_000)
    parser.add_argument("--format", choices=sorted(LAYOUTS), default="cur2")
    parser.add_argument("--grain", choices=sorted(TARGETS), default="daily")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


@contextmanager
def _server(folder: Path) -> Iterator[tuple[Home, Postgres]]:
    # The database's system user has to pass through.
    folder.chmod(0o711)
    home = Home(folder / "home")
    postgres = Postgres(home)
    postgres.start()
    try:
        postgres.bootstrap()
        migrate(
            postgres.dsn(OWNER),
            directory=CHECKOUT / "migrations",
            app_password=postgres.password(APP),
            seal_key=seal_key(home),
        )
        ensure_first_tenant(home, app_dsn=postgres.dsn(APP), seal_key=seal_key(home))
        yield home, postgres
    finally:
        postgres.stop()


@contextmanager
def _floor_database(postgres: Postgres) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE floor")
    with psycopg.connect(postgres.dsn(SUPERUSER, "floor"), autocommit=True) as connection:
        yield connection


def _prepare_floor(bench: Bench, parts: Sequence[Path]) -> None:
    """Lets the server write the line items, normalised as the product holds them, into a file of its own."""
    period = date.fromisoformat(f"{bench.request.month}-01")
    with bench.floor.transaction():
        bench.floor.execute(SQL["stage_charges"])
        for part in parts:
            with stream_charges(
                part, billing_account_id=ACCOUNTS[0].number, period=period, grain="line_item"
            ) as chunks:
                _copy_in(bench.floor, chunks)
        _copy_ready_file(bench, "COPY staged_charges TO {} (FORMAT binary)")
        bench.floor.execute("CREATE TABLE floor (LIKE staged_charges)")


def _copy_in(connection: psycopg.Connection, chunks: Iterator[bytes]) -> None:
    with connection.cursor().copy(SQL["copy_staged_charges"]) as copy:
        for chunk in chunks:
            copy.write(chunk)


def _copy_ready_file(bench: Bench, statement: LiteralString) -> None:
    bench.floor.execute(sql.SQL(statement).format(sql.Literal(bench.ready_file)))


def _round(bench: Bench, number: int) -> Round:
    floor, floor_cpu = _time_floor(bench)
    database = f"round_{number}"
    _administer(bench, "CREATE DATABASE {} TEMPLATE cloudops OWNER cloudops_owner", database)
    bench.floor.execute("CHECKPOINT")
    start = _one(bench.floor, "SELECT pg_current_wal_lsn()")
    served = cpu_seconds(bench.postmaster, of_children=True)
    taken = _ingest(bench, database)
    served = cpu_seconds(bench.postmaster, of_children=True) - served
    with psycopg.connect(bench.postgres.dsn(SUPERUSER, database)) as connection:
        wal = _one(connection, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), %s)", start)
        size = _one(connection, "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'")
        charges = _hold_against_floor(bench, connection)
    _administer(bench, "DROP DATABASE {}", database)
    return Round(
        floor=floor,
        floor_cpu=floor_cpu,
        stages=taken["stages"],
        cpu=taken["cpu"],
        server_cpu=served,
        rss_mb=taken["rss_mb"],
        wal_mb=float(wal) / 1e6,
        database_mb=float(size) / 1e6,
        charges=charges,
    )


def _time_floor(bench: Bench) -> tuple[float, float]:
    """Seconds on the clock and of the server's CPU."""
    bench.floor.execute("TRUNCATE floor")
    bench.floor.execute("CHECKPOINT")
    backend = bench.floor.info.backend_pid
    used, started = cpu_seconds(backend), time.perf_counter()
    _copy_ready_file(bench, "COPY floor FROM {} (FORMAT binary)")
    return time.perf_counter() - started, cpu_seconds(backend) - used


def _administer(bench: Bench, statement: LiteralString, database: str) -> None:
    bench.floor.execute(sql.SQL(statement).format(sql.Identifier(database)))


def _ingest(bench: Bench, database: str) -> dict[str, Any]:
    """Stages, CPU seconds and peak memory of a process that takes the export in."""
    arguments = [
        bench.postgres.dsn(APP, database),
        seal_key(bench.home),
        str(tenant_of(bench.home)),
        str(bench.request.out),
        bench.grain,
    ]
    command = [sys.executable, "-m", "bench.ingest_process", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)
    taken: dict[str, Any] = json.loads(done.stdout)
    return taken


def _hold_against_floor(bench: Bench, connection: psycopg.Connection) -> int:
    """Speed counts only where the month is complete: its total is that of the floor, row and rollup alike."""
    want = _one(bench.floor, "SELECT sum(billed_cost) FROM floor")
    for view in ("current_charges", "current_daily_costs"):
        have = _one(connection, sql.SQL("SELECT sum(billed_cost) FROM {}").format(sql.Identifier(view)))
        if abs(have - want) > TOLERANCE:
            raise SystemExit(f"{view} adds up to {have} where the rows have {want}")
    return int(_one(connection, "SELECT count(*) FROM current_charges"))


def _one(connection: psycopg.Connection, query: LiteralString | sql.Composed, *parameters: str) -> Any:
    row = connection.execute(query, parameters).fetchone()
    if row is None:
        raise SystemExit("the database gave no answer")
    return row[0]


def _report(bench: Bench, rounds: Sequence[Round]) -> None:
    ratio_target, rss_target = TARGETS[bench.grain]
    for number, one in enumerate(rounds, 1):
        print(
            f"round {number}: floor {one.floor:.2f} s ({one.floor_cpu:.2f} s CPU), ingestion {one.wall:.2f} s "
            f"({one.cpu:.2f} + server {one.server_cpu:.2f} s CPU), {one.wall / one.floor:.2f}x"
        )
    middle = sorted(rounds, key=lambda one: one.wall / one.floor)[len(rounds) // 2]
    print("middle round: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in middle.stages.items()))
    print(
        f"{bench.request.rows} {bench.request.format} line items, {middle.charges} charges at {bench.grain} grain; "
        f"WAL {middle.wal_mb:.0f} MB, database {middle.database_mb:.0f} MB"
    )
    ratio = median(one.wall / one.floor for one in rounds)
    print(f"time to floor: {ratio:.2f} (target {ratio_target})")
    print(f"peak RSS: {max(one.rss_mb for one in rounds):.0f} MB (target {rss_target})")
    server = bench.floor.info.server_version
    print(versions(("duckdb", "psycopg")), f"PostgreSQL {server // 10_000}.{server % 10_000}", sep=", ")


if __name__ == "__main__":
    main()
