"""Scans and judges synthetic resources in a process of its own, and prints what it took as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from bench.measuring import Stopwatch, peak_rss_mb
from bench.synthetic_cloud import ACCOUNT, NOW, REGION, SyntheticClient, counts_of
from cloudops.inventory import use_cases as inventory
from cloudops.inventory.models import AccountAccess, Place
from cloudops.platform.database import prepare_for_batch
from cloudops.platform.seal import sealed_tenant
from cloudops.recommendations.inventory_making import make_inventory_recommendations
from cloudops.tenancy.use_cases import default_project

BILLED_DAYS = 7
PLACE = Place(account_id=ACCOUNT, region=REGION)


@dataclass(frozen=True, kw_only=True)
class Bench:
    connection: psycopg.Connection
    tenant_id: UUID
    sealed: str

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        with self.connection.transaction():
            self.connection.execute("select set_config('cloudops.tenant', %s, true)", [self.sealed])
            yield self.connection

    @contextmanager
    def batch(self) -> Iterator[psycopg.Connection]:
        with self.transaction() as connection:
            prepare_for_batch(connection)
            yield connection

    def scan(self, resources: int) -> None:
        run_id, counts = uuid4(), counts_of(resources)
        access = AccountAccess(account_id=ACCOUNT, regions=(REGION,))

        def clients(service: str) -> SyntheticClient:
            return SyntheticClient(service=service, counts=counts)

        inventory.plan(self.transaction, run_id, [access], clients=lambda _access: clients, now=NOW)
        inventory.scan_place(
            self.transaction, run_id, PLACE, clients=clients, clock=lambda: NOW, has_time=lambda: True
        )

    def bill(self, last_day: date) -> None:
        """One line a day for each resource, written by the database itself."""
        delivery_id = uuid4()
        with self.batch() as connection:
            connection.execute(
                """
                insert into deliveries (tenant_id, id, source, export_name, billing_account_id, period, version,
                                        assembled_at, status, bucket, fingerprint)
                values ((select current_tenant()), %s, 'cur2', 'bench', 'payer', %s, '1', now(), 'current', 'b', 'f')
                """,
                [delivery_id, last_day.replace(day=1)],
            )
            connection.execute(
                """
                insert into charges (tenant_id, charge_date, delivery_id, charge_start, charge_end, provider,
                                     account_id, service, region, resource_id, usage_type, usage_unit, usage_amount,
                                     currency, charge_category, charge_frequency, pricing_category, billed_cost,
                                     effective_cost, tags)
                select tenant_id, day, %(delivery)s, day, day + interval '1 day', 'aws', account_id, service, region,
                       resource_id,
                       case type when 'EC2' then 'BoxUsage:m5.xlarge'
                                 when 'EBS' then 'EBS:VolumeUsage.' || (configuration ->> 'volumeType')
                                 when 'RDS' then 'InstanceUsage:db.r5.xlarge'
                                 when 'Lambda' then 'Lambda-GB-Second'
                                 when 'Log Group' then 'TimedStorage-ByteHrs'
                                 else 'EBS:SnapshotUsage' end,
                       'Hrs', 24, 'USD', 'Usage', 'Usage-Based', 'Standard', 4.6, 4.6, tags
                  from resources
                 cross join generate_series(%(first)s::date, %(last)s::date, interval '1 day') as day
                """,
                {
                    "delivery": delivery_id,
                    "first": last_day - timedelta(days=BILLED_DAYS - 1),
                    "last": last_day,
                },
            )
            connection.execute(
                """
                insert into daily_costs (tenant_id, delivery_id, charge_date, provider, account_id, service, region,
                                         charge_category, currency, billed_cost, effective_cost)
                select tenant_id, delivery_id, charge_date, provider, account_id, service, coalesce(region, ''),
                       charge_category, currency, sum(billed_cost), sum(effective_cost)
                  from charges
                 group by 1, 2, 3, 4, 5, 6, 7, 8, 9
                """
            )

    def judge(self, as_of: date) -> dict[str, int]:
        with self.batch() as connection:
            outcome = make_inventory_recommendations(
                connection,
                tenant_id=self.tenant_id,
                project_id=default_project(connection).id,
                as_of=as_of,
                now=NOW,
            )
        return vars(outcome)

    def count(self, table: str) -> int:
        with self.transaction() as connection:
            counting = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
            row = connection.execute(counting).fetchone()
        assert row is not None
        return int(row[0])


def main() -> None:
    dsn, seal_key, tenant, resources = sys.argv[1:]
    bench = Bench(
        connection=psycopg.connect(dsn, autocommit=True),
        tenant_id=UUID(tenant),
        sealed=sealed_tenant(UUID(tenant), seal_key),
    )
    watch, last_day = Stopwatch(), NOW.date() - timedelta(days=1)
    with watch.stage("scan"):
        bench.scan(int(resources))
    after_scan = peak_rss_mb()
    bench.bill(last_day)
    with watch.stage("judge"):
        outcome = bench.judge(last_day)
    taken = {
        "stages": watch.stages,
        "rss_after_scan_mb": after_scan,
        "rss_mb": peak_rss_mb(),
        "resources": bench.count("resources"),
        "coverage": bench.count("coverage"),
        **outcome,
    }
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
