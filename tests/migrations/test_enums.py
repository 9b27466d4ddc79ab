import re
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors, sql

from tests.conftest import Database
from tests.migrations.rows import TENANT_A, insert_all

SEVERITIES = "low medium high critical"
CONNECTIONS = "pending connected insecure unreachable"
PROVIDERS = "aws azure gcp ibm oci other"
METRICS = "5xx_count p95_latency_ms"
# The canonical values of every enumeration that the source documents list.
ENUMS = {
    "memberships": {"role": "viewer operator approver admin"},
    "team_members": {"role": "member lead"},
    "cloud_accounts": {"provider": PROVIDERS, "status": CONNECTIONS, "action_role_status": CONNECTIONS},
    "data_sources": {"kind": "cur1 cur2 focus cost_explorer", "grain": "daily line_item"},
    "deliveries": {
        "source": "cur2 cur1 focus cost_explorer unknown",
        "grain": "daily line_item",
        "status": "loading current shadow superseded quarantined",
    },
    "source_preferences": {"source": "cur2 cur1 focus cost_explorer"},
    "charges": {"charge_category": "Usage Purchase Tax Credit Adjustment", "charge_class": "Correction"},
    "attribution_rules": {
        "kind": "team_name service_name account_owner tag account resource resource_prefix provider_service"
    },
    "split_rules": {
        "method": "even fixed proportional",
        "charge_category": "Usage Purchase Tax Credit Adjustment",
    },
    "resources": {"provider": PROVIDERS},
    "reliability_metrics": {"metric_name": METRICS, "unit": "count ms"},
    "compliance_scans": {"status": "in_progress completed failed"},
    "untagged_resources": {"source": "inventory bill"},
    "compliance_scores": {"dimension": "team account type"},
    "tag_proposals": {"status": "open accepted rejected applied"},
    "monitored_targets": {"kind": "api_gateway load_balancer function"},
    "event_exports": {"format": "csv parquet", "status": "queued done"},
    "limits": {"alert_type": "cost reliability", "metric_name": METRICS, "severity": SEVERITIES},
    "alerts": {
        "alert_type": "cost reliability",
        "status": "open acknowledged resolved",
        "severity": SEVERITIES,
    },
    "anomalies": {"alert_type": "cost reliability", "severity": SEVERITIES},
    "recommendations": {
        "kind": "cost_optimization compliance security rightsizing",
        "type": "resize terminate storage-class reserved-instance schedule review",
        "severity": SEVERITIES,
        "status": "open pending_approval approved in_progress done rejected dismissed expired",
    },
    "policies": {
        "provider": PROVIDERS,
        "type": "cost_optimization compliance security rightsizing",
        "effect": "audit recommend",
        "status": "draft enabled disabled",
        "severity": SEVERITIES,
    },
    "exceptions": {"status": "pending approved rejected expired"},
    "violations": {"severity": SEVERITIES, "status": "open suppressed fixed"},
    "policy_scans": {"kind": "policy security"},
    "saved_views": {"visibility": "private team everyone"},
}
ENUMS |= {
    "actions": {"status": "queued preflight in_progress verifying completed failed rolled_back"},
    "action_steps": {"direction": "forth back", "status": "intended landed refused"},
    "approval_requests": {
        "status": "pending approved rejected expired void",
        "approver_role": "system approver admin cfo",
    },
    "notification_channels": {"kind": "email webhook slack", "minimum_severity": SEVERITIES},
    "notifications": {
        "topic": "alert.raised approval.needed action.completed action.attention account.insecure channel.test",
        "severity": SEVERITIES,
    },
    "slack_messages": {"subject_type": "alert approval_request"},
    "notification_deliveries": {"status": "pending delivered failed"},
    "autonomy_considerations": {"verdict": "acted held"},
    "approval_decisions": {"decision": "approved rejected"},
    "imported_history": {"status": "success failed in-progress"},
    "imported_approvals": {"status": "pending approved rejected"},
    "measured_savings": {"status": "measuring measured returned"},
}
CELLS = [(table, column, values) for table, columns in ENUMS.items() for column, values in columns.items()]


@pytest.fixture(scope="module")
def filled(module_database: Database) -> Database:
    with psycopg.connect(module_database.superuser_dsn) as connection:
        insert_all(connection, TENANT_A)
    return module_database


@pytest.fixture
def connection(filled: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(filled.superuser_dsn) as opened:
        yield opened
        opened.rollback()


@pytest.mark.parametrize("unknown", ["bogus", ""])
@pytest.mark.parametrize(("table", "column"), [cell[:2] for cell in CELLS])
def test_another_value_is_refused(
    connection: psycopg.Connection, table: str, column: str, unknown: str
) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        set_value(connection, table, column, unknown)

    assert refused.value.diag.constraint_name == f"{table}_{column}_check"


@pytest.mark.parametrize(("table", "column", "values"), CELLS)
def test_the_listed_values_are_those_that_the_column_takes(
    connection: psycopg.Connection, table: str, column: str, values: str
) -> None:
    row = connection.execute(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and conname = %s",
        [table, f"{table}_{column}_check"],
    ).fetchone()

    assert row is not None
    assert set(re.findall(r"'([^']+)'::text", row[0])) == set(values.split())


def set_value(connection: psycopg.Connection, table: str, column: str, value: str) -> None:
    statement = sql.SQL("update {} set {} = %s").format(sql.Identifier(table), sql.Identifier(column))
    connection.execute(statement, [value])
