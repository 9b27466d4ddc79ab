"""Attribution of a large month against the rest of its first ingestion, attribution anew after a changed rule, the
preview of a rule, and cost by team over a rollup as large as ten million charges make it.

Attribution is timed inside the ingestion that it is part of, on a database of its own each round, so that what else the
machine does slows both alike. The owners of new resources are written by the load, in the update that gives their cost.

    python bench/bench_attribution.py [--rows 2000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from bench.bench_ingest import _server
from bench.generate_export import Request, write_export
from bench.ingest_process import Ingestion, ingest
from bench.measuring import Stopwatch, cpu_seconds, versions
from bench.resource_catalogue import TEAMS
from cloudops.actor import Actor
from cloudops.attribution import use_cases
from cloudops.attribution.attributing import attribute_everything
from cloudops.attribution.models import TagRule
from cloudops.attribution.use_cases import TAG_RULES
from cloudops.costs import publishing
from cloudops.platform.seal import sealed_tenant
from cloudops.showback.models import Level, Measure
from cloudops.showback.use_cases import read_owned_costs
from local.first_tenant import tenant_of
from local.home import Home
from local.postgres import APP, SUPERUSER, Postgres
from local.stack import seal_key

OF_THE_LOAD = 0.20
PARTS = ("attribute_delivery", "attribute_resources")
COST_BY_TEAM_MS = 25
QUERIES = 50
NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
BENCH = Actor(name="bench")
# Ten million charges of two months: teams, services and days are what the rollup of cost by team holds.
DEEP = """
insert into team_costs (tenant_id, delivery_id, charge_date, currency, team_id, service_id, charges, billed_cost,
                        effective_cost)
select c.tenant_id, c.delivery_id, day::date, 'USD', t.id, s.id, 400, random() * 100, random() * 100
  from (select tenant_id, delivery_id from team_costs limit 1) c,
       generate_series(date '2026-09-01', date '2026-10-31', interval '1 day') day, teams t,
       (select id from services where tenant_id = (select current_tenant()) limit 10) s
 where t.tenant_id = (select current_tenant())
"""


@dataclass(frozen=True, kw_only=True)
class Bench:
    ingestion: Ingestion
    rounds: int

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        with self.ingestion.transaction() as connection:
            yield connection

    @contextmanager
    def request(self) -> Iterator[psycopg.Connection]:
        """As an API function has it."""
        connection = self.ingestion.connection
        with connection.transaction():
            connection.execute("SELECT set_config('cloudops.tenant', %s, true)", [self.ingestion.sealed])
            yield connection


@dataclass(frozen=True, kw_only=True)
class Round:
    """Seconds."""

    whole: float
    attribution: float
    cpu: float
    attribution_cpu: float

    @property
    def rest(self) -> float:
        return self.whole - self.attribution

    @property
    def of_the_rest(self) -> float:
        return self.attribution / self.rest


@dataclass(frozen=True)
class CpuWatch:
    """CPU seconds of this program and of the server process that works for it: others' work does not count."""

    backend: int
    used: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = self.now
        yield
        self.used[name] = self.used.get(name, 0.0) + self.now - started

    @property
    def now(self) -> float:
        return cpu_seconds(self.backend) + time.process_time()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="cloudops-bench-") as folder,
        _server(Path(folder)) as (home, postgres),
    ):
        export = Path(folder) / "export"
        write_export(Request(out=export, rows=asked.rows, resources=25_000, format="cur2"))
        rounds = []
        for number in range(asked.rounds):
            bench = Bench(ingestion=ingestion_into(home, postgres, export, number), rounds=asked.rounds)
            rounds.append(ingest_round(bench))
        return report(bench, rounds, asked.rows)


def ingestion_into(home: Home, postgres: Postgres, export: Path, number: int) -> Ingestion:
    database = f"round_{number}"
    with psycopg.connect(postgres.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE cloudops OWNER cloudops_owner")
        connection.execute(copied.format(sql.Identifier(database)))
        connection.execute("CHECKPOINT")
    tenant = tenant_of(home)
    return Ingestion(
        connection=psycopg.connect(postgres.dsn(APP, database), autocommit=True),
        tenant_id=tenant,
        sealed=sealed_tenant(tenant, seal_key(home)),
        folder=export,
        grain="daily",
        watch=Stopwatch(),
    )


def ingest_round(bench: Bench) -> Round:
    with bench.transaction() as connection:
        add_hierarchy(connection, bench.ingestion.tenant_id)
    attributing, cpu = Stopwatch(), CpuWatch(bench.ingestion.connection.info.backend_pid)
    with ExitStack() as stack:
        for part in PARTS:
            work = watched(getattr(publishing, part), attributing, cpu)
            stack.enter_context(patch.object(publishing, part, work))
        with cpu.stage("whole"):
            ingest(bench.ingestion)
    one = Round(
        whole=bench.ingestion.watch.total,
        attribution=attributing.total,
        cpu=cpu.used["whole"],
        attribution_cpu=cpu.used["attribution"],
    )
    print(
        f"ingestion {one.whole:.2f} s ({one.cpu:.2f} s CPU), of which attribution {one.attribution:.2f} s "
        f"({one.attribution_cpu:.2f} s CPU), {one.of_the_rest:.2f} of the rest"
    )
    return one


def watched(work: Callable[..., Any], watch: Stopwatch, cpu: CpuWatch) -> Callable[..., Any]:
    def watched_work(*given: Any) -> None:
        with watch.stage("attribution"), cpu.stage("attribution"):
            work(*given)

    return watched_work


def report(bench: Bench, rounds: Sequence[Round], rows: int) -> int:
    of_the_rest = median(one.of_the_rest for one in rounds)
    of_the_whole = median(one.attribution / one.whole for one in rounds)
    of_the_cpu = median(one.attribution_cpu / (one.cpu - one.attribution_cpu) for one in rounds)
    print(f"{rows} line items: attribution {of_the_rest:.2f} of the rest of the load (held: {OF_THE_LOAD}),")
    print(f"{of_the_whole:.2f} of the whole ingestion, and {of_the_cpu:.2f} of the rest's CPU")
    rest = median(one.rest for one in rounds)
    moved = median(timed(partial(change_rule, bench, number)) for number in range(bench.rounds))
    print(f"attribution anew after a changed rule: {moved:.2f} s, {moved / rest:.2f} of the load")
    print(
        f"preview of a rule: {1000 * median(timed(lambda: preview(bench)) for _ in range(bench.rounds)):.0f} ms"
    )
    print(f"cost by team: {cost_by_team_ms(bench):.1f} ms of the server's CPU")
    with bench.transaction() as connection:
        deep = connection.execute(DEEP).rowcount
    slow = cost_by_team_ms(bench)
    print(f"cost by team over {deep} more rows: {slow:.1f} ms of the server's CPU (target {COST_BY_TEAM_MS})")
    server = bench.ingestion.connection.info.server_version
    print(versions(("psycopg", "google-re2")), f"PostgreSQL {server // 10_000}.{server % 10_000}", sep=", ")
    return int(of_the_rest > OF_THE_LOAD or slow > COST_BY_TEAM_MS)


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def add_hierarchy(connection: psycopg.Connection, tenant: UUID) -> None:
    connection.cursor().executemany(
        "INSERT INTO teams (tenant_id, id, name) VALUES (%s, %s, %s)",
        [(tenant, uuid4(), name) for name in TEAMS],
    )
    connection.cursor().executemany(
        "INSERT INTO services (tenant_id, id, name) VALUES (%s, %s, %s)",
        [(tenant, uuid4(), f"service-{number}") for number in range(10)],
    )


def rule(number: int) -> TagRule:
    return TagRule(
        id=uuid4(),
        rule_name=f"round {number}",
        tag_key="team",
        pattern=f"team-{number}([0-9])",
        normalized_key=None,
        normalized_value=r"team-0\1",
        priority=number,
        is_active=True,
        created_at=NOW,
        updated_at=NOW,
    )


def change_rule(bench: Bench, number: int) -> None:
    with bench.transaction() as connection:
        use_cases.add_rule(connection, TAG_RULES, rule(number + 1), force=True, actor=BENCH)
        attribute_everything(connection, now=NOW)


def preview(bench: Bench) -> None:
    with bench.request() as connection:
        use_cases.try_rule(connection, replace(rule(1), rule_name="tried", pattern="team-(3.)"))


def cost_by_team_ms(bench: Bench) -> float:
    """Mean of many, of the server's CPU: what a busy machine adds is no work of the query."""
    backend = bench.ingestion.connection.info.backend_pid
    cost_by_team(bench)
    used = cpu_seconds(backend)
    for _ in range(QUERIES):
        cost_by_team(bench)
    return 1000 * (cpu_seconds(backend) - used) / QUERIES


def cost_by_team(bench: Bench) -> None:
    with bench.request() as connection:
        read_owned_costs(connection, Level.TEAM, measure=Measure.BILLED, today=date(2026, 11, 1))


if __name__ == "__main__":
    sys.exit(main())
