"""Reconciliation of one large month: pages and counts, against merely reading and adding up the same rows.

    python -m bench.bench_reconciliation [--keys 155000]

A key is an account, a service and a day. Fails where a page takes more than 150 ms.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from bench.bench_inventory import server
from bench.measuring import versions
from cloudops.costs.reconciliation import ReconciliationQuestion, reconcile
from cloudops.platform.seal import sealed_tenant
from local.first_tenant import tenant_of
from local.home import Home
from local.postgres import APP, SUPERUSER, Postgres
from local.stack import seal_key

MONTH, DAYS, SERVICES = date(2026, 7, 1), 31, 100
PAGE, RUNS = 100, 5
LIMIT_MS = 150.0
FILL: LiteralString = """
insert into deliveries (tenant_id, id, source, export_name, bucket, billing_account_id, period, version,
                        assembled_at, fingerprint, status)
select %(tenant)s, id, source, 'bench', 'bench', '111122223333', %(month)s, 'v1', now(), source, status
  from (values ('00000000-0000-4000-8000-000000000001'::uuid, 'cur2', 'current'),
               ('00000000-0000-4000-8000-000000000002'::uuid, 'cost_explorer', 'shadow')) as d (id, source, status);

insert into daily_costs (tenant_id, delivery_id, charge_date, provider, account_id, service, region, charge_category,
                         currency, billed_cost, effective_cost)
select tenant_id, id, %(month)s::date + day, 'aws', lpad(account::text, 12, '0'),
       'Service' || lpad(service::text, 3, '0'), 'us-east-1', 'Usage', 'USD',
       (day + account + service) %% 97 + (source = 'cur2' and service = 7)::int, 0
  from deliveries, generate_series(0, %(days)s - 1) day,
       generate_series(1, %(accounts)s) account, generate_series(1, %(services)s) service;
"""
# No answer can be had for less than reading the rows, under the tenant's own rules.
FLOOR: LiteralString = """
select count(*), sum(cost)
  from (select sum(billed_cost) as cost from daily_costs
         where tenant_id = (select current_tenant()) and delivery_id = any(%s)
         group by account_id, service, charge_date) k
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=155_000)
    keys = parser.parse_args().keys
    print(versions(["psycopg"]))
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (home, postgres):
        fill(postgres, home, accounts=keys // (DAYS * SERVICES))
        with session(postgres, home) as connection:
            return report(connection)


def report(connection: psycopg.Connection) -> int:
    ids = [row[0] for row in connection.execute("select id from deliveries").fetchall()]
    floor = milliseconds(lambda: connection.execute(FLOOR, [ids]).fetchall())
    print(f"floor: adding up the rows of both sides {floor:.0f} ms")
    worst = max(told(name, ask, floor) for name, ask in pages(connection).items())
    print(f"slowest page: {worst:.0f} ms of {LIMIT_MS:.0f}")
    for name, ask in walks(connection).items():
        told(name, ask, floor)
    return int(worst > LIMIT_MS)


def told(name: str, ask: Callable[[], Any], floor: float) -> float:
    taken = milliseconds(ask)
    print(f"{name:<40}{taken:>8.0f} ms{taken / floor:>8.2f} of the floor")
    return taken


def pages(connection: psycopg.Connection) -> dict[str, Callable[[], Any]]:
    second = asked(connection)().page.next_cursor
    later = second
    for _ in range(60):
        later = asked(connection, later)().page.next_cursor or later
    return {
        "first page": asked(connection),
        "second page": asked(connection, second),
        "62nd page, of the second day": asked(connection, later),
        "first page of what differs": asked(connection, status="differs"),
    }


def walks(connection: psycopg.Connection) -> dict[str, Callable[[], Any]]:
    """What has to look at the whole month."""
    return {
        "first page with its counts": asked(connection, counted=True),
        "what is missing, where nothing is": asked(connection, status="missing"),
    }


def asked(
    connection: psycopg.Connection, cursor: str | None = None, *, status: Any = None, counted: bool = False
) -> Callable[[], Any]:
    question = ReconciliationQuestion(period=MONTH, status=status)
    return lambda: reconcile(connection, question, limit=PAGE, cursor=cursor, counted=counted)


def milliseconds(ask: Callable[[], Any]) -> float:
    """The median; the first run warms up."""
    ask()
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def fill(postgres: Postgres, home: Home, *, accounts: int) -> None:
    wanted = {
        "tenant": tenant_of(home),
        "month": MONTH,
        "days": DAYS,
        "services": SERVICES,
        "accounts": accounts,
    }
    with psycopg.connect(postgres.dsn(SUPERUSER), cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(FILL, wanted)
    with psycopg.connect(postgres.dsn(SUPERUSER), autocommit=True) as connection:
        connection.execute("vacuum analyze daily_costs, deliveries")


@contextmanager
def session(postgres: Postgres, home: Home) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres.dsn(APP)) as connection:
        sealed = sealed_tenant(tenant_of(home), seal_key(home))
        connection.execute("select set_config('cloudops.tenant', %s, true)", [sealed])
        yield connection


if __name__ == "__main__":
    sys.exit(main())
