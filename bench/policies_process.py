"""Evaluates policies over synthetic resources in a process of its own, and prints what it took as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench.inventory_process import Bench
from bench.measuring import Stopwatch, peak_rss_mb
from cloudops.actor import Actor
from cloudops.compliance.policies import use_cases as policies
from cloudops.compliance.policies.models import PolicyFields, ScanKind
from cloudops.compliance.policies.scanning import scan
from cloudops.platform.seal import sealed_tenant

NOW = datetime(2026, 8, 5, 6, tzinfo=UTC)
UNENCRYPTED = {"field": "configuration.encrypted", "op": "eq", "value": False}
# Every fifth resource is violated by exactly one of them; the others have to be evaluated all the same.
EXPRESSIONS: Mapping[str, dict[str, Any]] = {
    "Encrypted": UNENCRYPTED,
    "Owned": {"field": "tags.owner", "op": "absent"},
    "In Europe": {"field": "region", "op": "not_in", "value": ["eu-west-1", "eu-central-1"]},
    "Cheap": {
        "all": [
            {"field": "monthly_cost", "op": "gt", "value": 10_000},
            {"field": "tags.team", "op": "absent"},
        ]
    },
    "Young": {"field": "configuration.createdAt", "op": "older_than_days", "value": 5000},
    "Named": {"not": {"field": "name", "op": "matches", "value": "name-*"}},
}


def main() -> None:
    dsn, key, tenant, count = sys.argv[1:]
    watch, resources = Stopwatch(), int(count)
    with psycopg.connect(dsn, autocommit=True) as connection:
        bench = Bench(connection=connection, tenant_id=UUID(tenant), sealed=sealed_tenant(UUID(tenant), key))
        prepare(bench, resources)
        counts = evaluate(bench, watch, "first", NOW)
        evaluate(bench, watch, "again", NOW + timedelta(days=1))
        with bench.batch() as one:
            one.execute("update resources set configuration = '{\"encrypted\": true}'")
        evaluate(bench, watch, "mended", NOW + timedelta(days=2))
        draft = policies.Draft(provider="aws", scope=None, resource_types=[], expression=UNENCRYPTED)
        with watch.stage("preview"), bench.transaction() as one:
            policies.try_policy(one, draft, now=NOW)
    taken = {"resources": counts["resources"], "violations": counts["violations"], "stages": watch.stages}
    print(json.dumps({**taken, "rss_mb": peak_rss_mb()}))


def prepare(bench: Bench, resources: int) -> None:
    with bench.batch() as connection:
        connection.execute(
            """
            insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region, status,
                                   tags, configuration, monthly_cost, currency, first_seen, last_seen, scanned_at)
            select (select current_tenant()), '111122223333', 'r-' || n, 'aws', 'AmazonEC2', 'Thing', 'name-' || n,
                   'eu-west-1', 'up', '{"owner": "ann", "environment": "prod", "team": "shop"}',
                   jsonb_build_object('encrypted', n %% 5 <> 0, 'createdAt', '2026-01-01T00:00:00Z', 'sizeGB', n,
                                      'ports', '[22, 80, 443]'::jsonb, 'vpcId', 'vpc-' || n %% 9),
                   n %% 900, 'USD', '2026-01-01', '2026-08-04', now()
              from generate_series(1, %s) as n
            """,
            [resources],
        )
        for name, expression in EXPRESSIONS.items():
            fields = PolicyFields(name=name, status="enabled", expression=expression)
            policies.write_policy(connection, fields, actor=Actor(), now=NOW)


def evaluate(bench: Bench, watch: Stopwatch, stage: str, at: datetime) -> Mapping[str, int]:
    with watch.stage(stage), bench.batch() as connection:
        return scan(connection, uuid4(), ScanKind.POLICY, tenant_id=bench.tenant_id, now=at)


if __name__ == "__main__":
    main()
