"""Resources and policies of a tenant, and evaluations of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from cloudops.actor import Actor
from cloudops.compliance.policies import use_cases as policies
from cloudops.compliance.policies.models import Policy, PolicyFields, ScanKind
from cloudops.compliance.policies.scanning import scan
from tests.integration.tenant import Tenant

ACCOUNT = "222233334444"
NOW = datetime(2026, 8, 5, 6, tzinfo=UTC)
DAY = timedelta(days=1)
UNENCRYPTED = {"field": "configuration.encrypted", "op": "eq", "value": False}
ANN = Actor(name="ann@acme.example")


@dataclass(frozen=True, kw_only=True)
class Cloud:
    tenant: Tenant

    def has(self, resource_id: str, kind: str = "EBS", **fields: Any) -> None:
        row = {
            "account_id": ACCOUNT,
            "name": resource_id,
            "status": "in-use",
            "tags": {},
            "configuration": {},
            "missing_actions": [],
            "utilization": None,
            "scanned_at": NOW,
            "team_id": None,
            **fields,
            "resource_id": resource_id,
            "type": kind,
            "now": NOW,
        }
        documents = {
            name: None if row[name] is None else Jsonb(row[name])
            for name in ("tags", "configuration", "utilization")
        }
        with self.tenant.transaction() as connection:
            connection.execute(
                """
                insert into resources (tenant_id, account_id, resource_id, provider, service, type, name, region,
                                       status, tags, configuration, utilization, missing_actions, scanned_at, team_id,
                                       currency, first_seen, last_seen)
                values ((select current_tenant()), %(account_id)s, %(resource_id)s, 'aws', 'AmazonEC2', %(type)s,
                        %(name)s, 'eu-west-1', %(status)s, %(tags)s, %(configuration)s, %(utilization)s,
                        %(missing_actions)s, %(scanned_at)s, %(team_id)s, 'USD', %(now)s, %(now)s)
                    on conflict (tenant_id, account_id, resource_id) do update
                   set status = excluded.status, configuration = excluded.configuration, tags = excluded.tags,
                       utilization = excluded.utilization,
                       missing_actions = excluded.missing_actions, scanned_at = excluded.scanned_at
                """,
                {**row, **documents},
            )

    def writes(self, name: str = "Volumes are encrypted", **fields: Any) -> Policy:
        given: dict[str, Any] = {
            "type": "security",
            "severity": "high",
            "status": "enabled",
            "resource_types": ["EBS"],
            "expression": UNENCRYPTED,
        }
        wanted = PolicyFields(**{**given, **fields, "name": name})
        with self.tenant.transaction() as connection:
            return policies.write_policy(connection, wanted, actor=ANN, now=NOW)

    def changes(self, policy: Policy, **fields: Any) -> Policy:
        with self.tenant.transaction() as connection:
            return policies.change_policy(
                connection, policy.id, fields, if_match="*", tenant_id=self.tenant.id, actor=ANN, now=NOW
            )

    def scan(
        self, *, at: datetime = NOW, kind: ScanKind = ScanKind.POLICY, run_id: UUID | None = None
    ) -> Mapping[str, int]:
        with self.tenant.transaction(batch=True) as connection:
            return scan(connection, run_id or uuid4(), kind, tenant_id=self.tenant.id, now=at)

    def violations(self) -> list[tuple[Any, ...]]:
        """Resource, status, first and last seen, of the policies that the tenant wrote."""
        return self.tenant.rows(
            "select v.resource_id, v.status, v.first_seen, v.last_seen from violations v"
            " left join policies p on p.id = v.policy_id where p.built_in is not true order by v.resource_id"
        )

    def status(self, resource_id: str) -> str:
        return {row[0]: row[1] for row in self.violations()}[resource_id]

    def recommendations(self) -> dict[str, str]:
        """Status by resource, of the policies that the tenant wrote."""
        rows = self.tenant.rows(
            "select resource_id, status from recommendations where check_id not like 'policy:aws-%'"
        )
        return {row[0]: row[1] for row in rows}

    def person(self, email: str) -> Actor:
        with self.tenant.transaction() as connection:
            row = connection.execute(
                "insert into users (tenant_id, id, email) values ((select current_tenant()), %s, %s) returning id",
                [uuid4(), email],
            ).fetchone()
        assert row is not None
        return Actor(name=email, user_id=row[0])
