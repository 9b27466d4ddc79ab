"""A tenant's resources written straight into its tables, and compliance scans of them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from psycopg.types.json import Jsonb

from cloudops.actor import Actor
from cloudops.compliance.tagging.models import Exemption, RequiredTag, Scan, TagSettings
from cloudops.compliance.tagging.scanning import run_scan
from cloudops.compliance.tagging.settings import replace_settings
from tests.integration.tenant import Tenant

NOW = datetime(2026, 8, 5, 6, tzinfo=UTC)
ACCOUNT, OTHER = "111122223333", "444455556666"
ANN = Actor(name="ann@acme.example")
TAGGED = {"Team": "shop", "Service": "cart", "Environment": "prod"}
# The last day with usage on the bill of ACCOUNT.
BILLED_UNTIL = NOW.date() - timedelta(days=1)


def has(tenant: Tenant, resource_id: str, tags: Mapping[str, str] | None = None, **columns: Any) -> None:
    """A resource that a scan of the account saw this morning, unless told otherwise."""
    row = {
        "resource_id": resource_id,
        "account_id": ACCOUNT,
        "type": "EC2",
        "name": resource_id,
        "status": "running",
        "scanned_at": NOW,
        "last_seen": NOW.date(),
        "monthly_cost": Decimal(0),
        "currency": "USD",
        "region": "eu-west-1",
        "team_id": None,
        **columns,
        "tags": Jsonb(dict(tags or {})),
        "configuration": Jsonb(columns.get("configuration", {})),
    }
    with tenant.transaction() as connection:
        connection.execute(
            """
            insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region, status,
                                   tags, configuration, monthly_cost, currency, team_id, first_seen, last_seen,
                                   scanned_at)
            values ((select current_tenant()), %(account_id)s, %(resource_id)s, 'aws', 'AmazonEC2', %(type)s, %(name)s,
                    %(region)s, %(status)s, %(tags)s, %(configuration)s, %(monthly_cost)s, %(currency)s, %(team_id)s,
                    %(last_seen)s, %(last_seen)s, %(scanned_at)s)
                on conflict (tenant_id, account_id, resource_id) do update
               set tags = excluded.tags, status = excluded.status, scanned_at = excluded.scanned_at
            """,
            row,
        )


def is_billed(tenant: Tenant, account_id: str = ACCOUNT) -> None:
    """The account has a bill until BILLED_UNTIL."""
    delivery_id = uuid4()
    with tenant.transaction() as connection:
        connection.execute(
            """
            insert into deliveries (tenant_id, id, source, export_name, billing_account_id, period, version,
                                    assembled_at, status, bucket, fingerprint)
            values ((select current_tenant()), %s, 'cur2', 'acme', %s, '2026-08-01', '1', now(), 'current', 'b', 'f')
            """,
            [delivery_id, account_id],
        )
        connection.execute(
            """
            insert into daily_costs (tenant_id, delivery_id, charge_date, provider, account_id, service, region,
                                     charge_category, currency, billed_cost, effective_cost)
            values ((select current_tenant()), %s, %s, 'aws', %s, 'AmazonEC2', '', 'Usage', 'USD', 1, 1)
            """,
            [delivery_id, BILLED_UNTIL, account_id],
        )


def has_team(tenant: Tenant, name: str) -> UUID:
    team_id = uuid4()
    with tenant.transaction() as connection:
        connection.execute(
            "insert into teams (tenant_id, id, name) values ((select current_tenant()), %s, %s)",
            [team_id, name],
        )
    return team_id


def requires(
    tenant: Tenant,
    *tags: RequiredTag,
    types: Mapping[str, list[RequiredTag]] | None = None,
    exemptions: list[Exemption] | None = None,
) -> None:
    wanted = TagSettings(default=tags, types=types or {}, exemptions=exemptions or [])
    with tenant.transaction() as connection:
        replace_settings(connection, wanted, if_match="*", actor=ANN, now=NOW)


def scan(tenant: Tenant, *, at: datetime = NOW, name: str = "daily") -> Scan:
    found = run_scan(
        tenant.transaction,
        uuid5(tenant.id, f"{name}/{at}"),
        now=at,
        clock=lambda: at + timedelta(seconds=2),
    )
    assert found is not None
    return found


def untagged(tenant: Tenant, scan_id: UUID) -> dict[str, list[str]]:
    """What a scan found to be missing, by resource and in the order of the list."""
    rows = tenant.rows(
        "select resource_id, missing_tags from untagged_resources where scan_id = %s order by place",
        [scan_id],
    )
    return dict(rows)


def proposed(tenant: Tenant) -> dict[tuple[str, str], str]:
    rows = tenant.rows("select resource_id, tag_key, tag_value from tag_proposals where status = 'open'")
    return {(resource, key): value for resource, key, value in rows}
