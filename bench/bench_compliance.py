"""A compliance scan of synthetic resources, proposals included: time by stage, and the list's first and last pages.

    python bench/bench_compliance.py [--resources 50000]

Two of three resources lack tags, and all stand in stacks, networks and volumes of instances that tell some of them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from bench.bench_inventory import server
from bench.measuring import Stopwatch, peak_rss_mb, versions
from cloudops.compliance.tagging import scanning
from cloudops.compliance.tagging.repository import UntaggedFilter
from cloudops.compliance.tagging.use_cases import list_untagged
from cloudops.platform.database import prepare_for_batch
from cloudops.platform.seal import sealed_tenant
from local.first_tenant import tenant_of
from local.postgres import APP
from local.stack import seal_key

SCANNED_WITHIN_SECONDS = 60
PAGE_WITHIN_SECONDS = 0.15
RESOURCES = """
insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region, status, tags,
                       configuration, monthly_cost, currency, first_seen, last_seen, scanned_at)
select (select current_tenant()), '111122223333',
       case n %% 2 when 0 then 'i-' else 'vol-' end || lpad(to_hex(n), 17, '0'), 'aws', 'AmazonEC2',
       case n %% 2 when 0 then 'EC2' else 'EBS' end, 'service-' || n / 200 || '-node-' || n,
       'eu-west-1', 'running',
       jsonb_strip_nulls(jsonb_build_object(
           'Name', 'node ' || n, 'aws:cloudformation:stack-name', case when n %% 5 > 0 then 'stack-' || n / 40 end,
           'team', case n %% 3 when 0 then 'team-' || n / 2000 end,
           'Service', case n %% 3 when 0 then 'service-' || n / 200 end,
           'environment', case n %% 3 when 0 then 'prod' end)),
       jsonb_build_object('vpcId', 'vpc-' || n / 2000,
                          'attachedTo', jsonb_build_array('i-' || lpad(to_hex(n - 1), 17, '0'))),
       (n %% 1000)::numeric / 7, 'USD', current_date, current_date, now()
  from generate_series(1, %s) as n
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=50_000)
    resources = parser.parse_args().resources
    print(versions(["psycopg"]))
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (home, postgres):
        transactions = partial(transaction, postgres.dsn(APP), sealed_tenant(tenant_of(home), seal_key(home)))
        with transactions() as connection:
            connection.execute(RESOURCES, [resources])
        for name in ("first scan", "second scan"):
            with watch.stage(name):
                scanned = scan(transactions, uuid4())
        proposals = measure_pages(transactions, watch)
    for name, seconds in watch.stages.items():
        print(f"{name:<14}{seconds:>8.3f} s")
    print(f"{scanned} resources, {proposals} proposals, {peak_rss_mb():.0f} MB")
    slow = max(watch.stages["first scan"], watch.stages["second scan"]) > SCANNED_WITHIN_SECONDS
    return int(slow or max(watch.stages["first page"], watch.stages["filtered page"]) > PAGE_WITHIN_SECONDS)


@contextmanager
def transaction(dsn: str, sealed: str, *, batch: bool = False) -> Iterator[psycopg.Connection]:
    with psycopg.connect(dsn, autocommit=True) as connection, connection.transaction():
        connection.execute("select set_config('cloudops.tenant', %s, true)", [sealed])
        if batch:
            prepare_for_batch(connection)
        yield connection


def scan(transactions: scanning.Transactions, scan_id: UUID) -> int:
    clock = partial(datetime.now, UTC)
    found = scanning.run_scan(transactions, scan_id, now=clock(), clock=clock)
    return (found and found.total_resources) or 0


def measure_pages(transactions: scanning.Transactions, watch: Stopwatch) -> int:
    with transactions() as connection:
        with watch.stage("first page"):
            list_untagged(connection, UntaggedFilter(), scan_id=None, limit=100, cursor=None)
        with watch.stage("filtered page"):
            rare = UntaggedFilter(type="S3", missing_tag="team")
            list_untagged(connection, rare, scan_id=None, limit=100, cursor=None)
        row = connection.execute("select count(*) from tag_proposals").fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    sys.exit(main())
