"""What the screens ask the API for, with 100,000 alerts and a million charges: pages through the real handlers.

    python -m bench.bench_screens [--alerts 100000] [--rows 9000000]

Each page is held against `/health`, which takes the same way through gateway and handler, and against 150 ms. Fails
where one takes longer. The export's line items become about one charge for nine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import LiteralString

import psycopg

from bench.generate_export import Request as Export
from bench.generate_export import write_export
from bench.measuring import versions
from bench.resource_catalogue import ACCOUNTS
from local import api_client
from local.cli import main as cloudops
from local.home import Home
from local.postgres import SUPERUSER
from local.proxy_event import Request
from local.stack import Stack

LIMIT_MS = 150.0
RUNS = 9
COUNT: LiteralString = "select count(*) from charges"
ALERTS: LiteralString = """
insert into alerts (tenant_id, id, project_id, alert_type, status, severity, title, description, source, provider,
                    account_id, service_name, currency, rule_name, model_version, observed_value, baseline_value,
                    excess, window_start, window_end, data_watermark, detected_at)
select p.tenant_id, gen_random_uuid(), p.id, 'cost', 'open',
       (array['low', 'medium', 'high', 'critical'])[1 + n %% 4], 'Service ' || n %% 100 || ' rose', 'Generated',
       'billing export', 'aws', lpad((n %% 500)::text, 12, '0'), 'Service' || n %% 100, 'USD', 'spike', 'cost-1',
       100 + n %% 900, 50, 50 + n %% 900, day, day, day, day
  from generate_series(1, %(alerts)s) n
 cross join lateral (select timestamptz '2026-11-01' - (n %% 700) * interval '1 day' as day) d
 cross join (select tenant_id, id from projects limit 1) p
"""
OCTOBER = [("start", "2026-10-01"), ("end", "2026-11-01")]
PAGES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "alerts, first page": ("/api/v1/alerts", [("limit", "50")]),
    "alerts, open and high": ("/api/v1/alerts", [("limit", "50"), ("status", "open"), ("severity", "high")]),
    "alerts of a service": ("/api/v1/alerts", [("limit", "50"), ("service", "Service7")]),
    "costs by service": ("/api/v1/costs", [("group_by", "service"), *OCTOBER]),
    "costs by account": ("/api/v1/costs", [("group_by", "account"), *OCTOBER]),
    "costs per day": ("/api/v1/costs", [("group_by", "service"), ("granularity", "daily"), *OCTOBER]),
    "costs of an account": (
        "/api/v1/costs",
        [("group_by", "service"), ("account", ACCOUNTS[0].number), *OCTOBER],
    ),
    "costs by team": ("/api/v1/costs/by_team", []),
    "cost of the product": ("/api/v1/costs/self", []),
    "overview": ("/api/dashboard/summary", []),
    "deliveries": ("/api/v1/deliveries", []),
    "trail": ("/api/v1/events", [("limit", "50")]),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=9_000_000)
    given = parser.parse_args()
    print(versions(["psycopg"]))
    with tempfile.TemporaryDirectory() as folder:
        # The database's system user has to pass through.
        Path(folder).chmod(0o711)
        home = Home(Path(folder) / "home")
        write_export(Export(out=Path(folder) / "export", rows=given.rows, resources=given.rows // 100))
        if cloudops(["ingest", str(Path(folder) / "export"), "--home", str(home.path)]):
            return 1
        with Stack(home) as stack:
            with psycopg.connect(stack.postgres.dsn(SUPERUSER), autocommit=True) as connection:
                connection.execute(ALERTS, {"alerts": given.alerts})
                connection.execute("analyze")
                [(charges,)] = connection.execute(COUNT).fetchall()
            print(f"{charges:,} charges, {given.alerts:,} alerts")
            return report(stack)


def report(stack: Stack) -> int:
    floor = milliseconds(lambda: stack.gateway.handle(Request(method="GET", path="/health", headers=[])))
    print(f"floor: /health {floor:.0f} ms")
    worst = 0.0
    for name, (path, query) in PAGES.items():
        taken = milliseconds(partial(api_client.get, stack, path, query))
        print(f"{name:<24}{taken:>6.0f} ms{taken / floor:>7.1f} x floor")
        worst = max(worst, taken)
    further = milliseconds(walk(stack))
    print(f"{'alerts, page by page':<24}{further:>6.0f} ms{further / floor:>7.1f} x floor")
    worst = max(worst, further)
    print(f"slowest page: {worst:.0f} ms of {LIMIT_MS:.0f}")
    return int(worst > LIMIT_MS)


def walk(stack: Stack) -> Callable[[], object]:
    """Each call asks for the next page."""
    pages = api_client.items(stack, "/api/v1/alerts", [("limit", "50")])
    return lambda: [next(pages) for _ in range(50)]


def milliseconds(ask: Callable[[], object]) -> float:
    """The median; the first call, which may start a function, does not count."""
    ask()
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main())
