"""Chaining the trail: inserting with and without it, by one writer and by eight; and verifying a long trail.

    python bench/bench_trail.py [--events 10000] [--trail 1000000]

The floor is the same insert with the chaining trigger disabled, in the same run, with full durability.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg

from bench.bench_inventory import server
from bench.measuring import versions
from cloudops.audit.verifying import verify
from cloudops.platform.database import prepare_for_batch
from cloudops.platform.seal import sealed_tenant
from local.postgres import APP, SUPERUSER, Postgres
from local.stack import seal_key

WRITERS = 8
COMMITS = 200
# A bulk may take this much longer for being chained, and a million events are to be verified within seconds.
BULK_RATIO = 3
VERIFIED_WITHIN_SECONDS = 15
BULK: LiteralString = """
    insert into events (tenant_id, id, entity_type, entity_id, event_type, message, actor, metadata)
    select (select current_tenant()), gen_random_uuid(), 'alert', n::text, 'created', 'An alert was raised', 'system',
           jsonb_build_object('new', jsonb_build_object('n', n, 'status', 'open'))
      from generate_series(1, %s) n"""
OFF: LiteralString = "alter table events disable trigger events_chained"
ON: LiteralString = "alter table events enable trigger events_chained"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--trail", type=int, default=1_000_000)
    arguments = parser.parse_args()
    print(versions(["psycopg"]))
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (home, postgres):
        bench = Bench(postgres, seal_key(home))
        bulk = bench.compare(f"one transaction of {arguments.events:,}", lambda: bench.bulk(arguments.events))
        bench.compare(f"{COMMITS} commits, one writer", lambda: bench.commits(uuid4(), COMMITS))
        bench.compare(
            f"{WRITERS} x {COMMITS} commits, one tenant", lambda: bench.parallel([uuid4()] * WRITERS)
        )
        bench.compare(
            f"{WRITERS} x {COMMITS} commits, {WRITERS} tenants",
            lambda: bench.parallel([uuid4() for _ in range(WRITERS)]),
        )
        verified = bench.verify(arguments.trail)
    return int(bulk > BULK_RATIO or verified > VERIFIED_WITHIN_SECONDS * arguments.trail / 1_000_000)


class Bench:
    def __init__(self, postgres: Postgres, key: str) -> None:
        self.postgres = postgres
        self.key = key

    def compare(self, name: str, work: Callable[[], None]) -> float:
        """The ratio of the best of three with the chain to the best of three without."""
        with psycopg.connect(self.postgres.dsn(SUPERUSER), autocommit=True) as superuser:
            superuser.execute(OFF)
            floor = min(timed(work) for _ in range(3))
            superuser.execute(ON)
        chained = min(timed(work) for _ in range(3))
        print(f"{name}: {chained:.3f} s, floor {floor:.3f} s, ratio {chained / floor:.2f}")
        return chained / floor

    def bulk(self, events: int) -> None:
        self.write(uuid4(), events, times=1)

    def commits(self, tenant: UUID, times: int) -> None:
        self.write(tenant, 1, times=times)

    def parallel(self, tenants: list[UUID]) -> None:
        writers = [threading.Thread(target=self.commits, args=[tenant, COMMITS]) for tenant in tenants]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

    def write(self, tenant: UUID, events: int, *, times: int) -> None:
        with psycopg.connect(self.postgres.dsn(APP), autocommit=True) as connection:
            for _ in range(times):
                with connection.transaction():
                    self.enter(connection, tenant)
                    connection.execute(BULK, [events])

    def enter(self, connection: psycopg.Connection, tenant: UUID) -> None:
        connection.execute(
            "select set_config('cloudops.tenant', %s, true)", [sealed_tenant(tenant, self.key)]
        )
        prepare_for_batch(connection)

    def verify(self, events: int) -> float:
        tenant = uuid4()
        filled = timed(lambda: self.write(tenant, events // 10, times=10))
        with psycopg.connect(self.postgres.dsn(APP)) as connection:
            self.enter(connection, tenant)
            started = perf_counter()
            found = verify(connection, tenant, [])
            took = perf_counter() - started
        assert (found.intact, found.events) == (True, events)
        print(f"{events:,} events: filled in {filled:.1f} s, verified in {took:.1f} s")
        return took


def timed(work: Callable[[], None]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
