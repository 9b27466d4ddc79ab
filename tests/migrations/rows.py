"""One valid row for each tenant table, so that tests can be generated from the catalog."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

TENANT_A = UUID("aaaaaaaa-0000-4000-8000-000000000001")
TENANT_B = UUID("bbbbbbbb-0000-4000-8000-000000000002")
NOON = datetime(2026, 7, 14, 12, tzinfo=UTC)
DAY = date(2026, 7, 14)
SOME_COST = Decimal("12.5")


def row_of(table: str, tenant: UUID) -> dict[str, Any]:
    """Rows of one tenant refer to one another, so they go in by the order of `TABLES`."""
    tenant_column = {} if table == "tenants" else {"tenant_id": tenant}
    return {**tenant_column, **ROWS[table](tenant)}


def _id(tenant: UUID, name: str) -> UUID:
    return uuid5(tenant, name)


def _finding(tenant: UUID) -> dict[str, Any]:
    """What alerts and anomalies have in common."""
    return {
        "project_id": _id(tenant, "project"),
        "alert_type": "cost",
        "severity": "high",
        "provider": "aws",
        "account_id": "111122223333",
        "service_name": "AmazonEC2",
        "currency": "USD",
        "observed_value": SOME_COST,
        "rule_name": "spike",
        "model_version": "cost-1",
        "window_start": NOON,
        "window_end": NOON,
        "data_watermark": NOON,
        "detected_at": NOON,
    }


ROWS: Mapping[str, Any] = {
    "tenants": lambda t: {"id": t, "name": "Acme"},
    "users": lambda t: {"id": _id(t, "user"), "email": "ann@acme.example"},
    "memberships": lambda t: {"user_id": _id(t, "user"), "sub": f"sub-{t}", "role": "admin"},
    "projects": lambda t: {"id": _id(t, "project"), "name": "Default"},
    "business_groups": lambda t: {"id": _id(t, "group"), "name": "Commerce"},
    "business_units": lambda t: {
        "id": _id(t, "unit"),
        "business_group_id": _id(t, "group"),
        "name": "Shop",
    },
    "teams": lambda t: {"id": _id(t, "team"), "business_unit_id": _id(t, "unit"), "name": "Checkout"},
    "team_members": lambda t: {
        "id": _id(t, "member"),
        "team_id": _id(t, "team"),
        "user_id": _id(t, "user"),
        "role": "lead",
    },
    "services": lambda t: {"id": _id(t, "service"), "team_id": _id(t, "team"), "name": "cart"},
    "cloud_accounts": lambda t: {
        "id": _id(t, "account"),
        "project_id": _id(t, "project"),
        "provider": "aws",
        "account_id": "111122223333",
        "role_arn": "arn:aws:iam::111122223333:role/reader",
        "external_id": "x" * 43,
        "status": "connected",
        "regions": ["us-east-1"],
    },
    "data_sources": lambda t: {
        "id": _id(t, "source"),
        "kind": "cur2",
        "bucket": "exports",
        "prefix": "cur2/",
        "cloud_account_id": _id(t, "account"),
        "schedule": "rate(1 hour)",
        "backfill_months": 12,
    },
    "deliveries": lambda t: {
        "id": _id(t, "delivery"),
        "source": "cur2",
        "export_name": "acme",
        "billing_account_id": "111122223333",
        "period": date(2026, 7, 1),
        "version": "1",
        "assembled_at": NOON,
        "status": "current",
        "bucket": "exports",
        "fingerprint": "f",
        "published_at": NOON,
    },
    "delivery_parts": lambda t: {
        "delivery_id": _id(t, "delivery"),
        "part_number": 1,
        "key": "acme-00001.parquet",
        "size": 1,
        "etag": "e",
    },
    "source_preferences": lambda _: {"billing_account_id": "111122223333", "source": "cur2"},
    "charges": lambda t: {
        "delivery_id": _id(t, "delivery"),
        "charge_date": DAY,
        "charge_start": NOON,
        "charge_end": NOON,
        "provider": "aws",
        "account_id": "111122223333",
        "service": "AmazonEC2",
        "resource_id": "i-0123456789abcdef0",
        "usage_type": "BoxUsage:m5.large",
        "usage_unit": "Hrs",
        "usage_amount": SOME_COST,
        "currency": "USD",
        "charge_category": "Usage",
        "billed_cost": SOME_COST,
        "effective_cost": SOME_COST,
        "list_cost": SOME_COST,
    },
    "daily_costs": lambda t: {
        "delivery_id": _id(t, "delivery"),
        "charge_date": DAY,
        "provider": "aws",
        "account_id": "111122223333",
        "service": "AmazonEC2",
        "region": "us-east-1",
        "charge_category": "Usage",
        "currency": "USD",
        "billed_cost": SOME_COST,
        "effective_cost": SOME_COST,
    },
    "resources": lambda _: {
        "account_id": "111122223333",
        "resource_id": "i-0123456789abcdef0",
        "provider": "aws",
        "service": "AmazonEC2",
        "type": "EC2",
        "name": "web",
        "currency": "USD",
        "monthly_cost": SOME_COST,
        "first_seen": DAY,
        "last_seen": DAY,
    },
    "scan_runs": lambda t: {"id": _id(t, "scan"), "started_at": NOON},
    "scan_items": lambda t: {
        "run_id": _id(t, "scan"),
        "account_id": "111122223333",
        "region": "us-east-1",
        "service": "ec2-instances",
    },
    "coverage": lambda _: {
        "check_id": "EC2-01",
        "provider": "aws",
        "account_id": "111122223333",
        "resource_id": "i-0123456789abcdef0",
        "source": "inventory",
        "verdict": "fine",
        "reason": "It is busy.",
        "judged_at": NOON,
    },
    "required_tags": lambda _: {"tags": Jsonb([{"key": "Team", "allowed_values": None}])},
    "tag_exemptions": lambda t: {
        "id": _id(t, "exemption"),
        "account_id": "444455556666",
        "reason": "a sandbox",
    },
    "compliance_scans": lambda t: {
        "id": _id(t, "compliance scan"),
        "scan_date": NOON,
        "status": "completed",
        "requested_by": "system",
        "total_resources": 3,
        "tagged_resources": 2,
        "untagged_resources": 1,
        "exempt_resources": 0,
        "untaggable_resources": 0,
        "compliance_percentage": Decimal("66.66"),
        "scan_duration_seconds": 1,
    },
    "untagged_resources": lambda t: {
        "scan_id": _id(t, "compliance scan"),
        "place": 1,
        "account_id": "111122223333",
        "resource_id": "i-0123456789abcdef0",
        "resource_type": "EC2",
        "name": "web",
        "team_id": _id(t, "team"),
        "source": "inventory",
        "monthly_cost": SOME_COST,
        "currency": "USD",
        "missing_tags": ["Team"],
        "discovered_at": NOON,
    },
    "compliance_scores": lambda t: {
        "scan_id": _id(t, "compliance scan"),
        "dimension": "type",
        "value": "EC2",
        "currency": "USD",
        "total_resources": 3,
        "tagged_resources": 2,
        "total_cost": SOME_COST,
        "tagged_cost": SOME_COST,
    },
    "tag_proposals": lambda t: {
        "id": _id(t, "tag proposal"),
        "account_id": "111122223333",
        "resource_id": "i-0123456789abcdef0",
        "tag_key": "Team",
        "tag_value": "shop",
        "confidence": Decimal("0.9"),
        "evidence": Jsonb([]),
        "found_at": NOON,
        "created_at": NOON,
    },
    "coverage_counts": lambda _: {"check_id": "EC2-01", "verdict": "fine", "subjects": 1},
    "check_exceptions": lambda t: {
        "id": _id(t, "check exception"),
        "check_id": "EC2-01",
        "account_id": "111122223333",
        "reason": "It is kept for the audit.",
        "created_by": "ann@acme.example",
        "created_at": NOON,
    },
    "reliability_metrics": lambda t: {
        "project_id": _id(t, "project"),
        "resource_id": "api",
        "metric_name": "5xx_count",
        "metric_ts": NOON,
        "namespace": "AWS/ApiGateway",
        "value": SOME_COST,
        "unit": "count",
    },
    "limits": lambda t: {
        "id": _id(t, "limit"),
        "project_id": _id(t, "project"),
        "alert_type": "cost",
        "service_name": "AmazonEC2",
        "currency": "USD",
        "threshold": SOME_COST,
        "created_by": "ann@acme.example",
    },
    "alerts": lambda t: {
        **_finding(t),
        "id": _id(t, "alert"),
        "title": "EC2 jumped",
        "description": "EC2 cost more than expected.",
        "source": "billing export",
        "excess": SOME_COST,
    },
    "anomalies": lambda t: {
        **_finding(t),
        "id": _id(t, "anomaly"),
        "alert_id": _id(t, "alert"),
        "observed_at": NOON,
        "expected_value": SOME_COST,
        "deviation_pct": SOME_COST,
        "score": Decimal("0.9"),
    },
    "recommendations": lambda t: {
        "id": _id(t, "recommendation"),
        "project_id": _id(t, "project"),
        "alert_id": _id(t, "alert"),
        "check_id": "alert",
        "kind": "cost_optimization",
        "type": "terminate",
        "severity": "high",
        "title": "Stop it",
        "description": "Nobody uses it.",
        "action_steps": "1. Stop it.",
        "impact": "Saves money.",
        "provider": "aws",
        "account_id": "111122223333",
        "monthly_savings": SOME_COST,
        "currency": "USD",
        "overlap_group": "i-0123456789abcdef0",
        "risk": 40,
        "confidence": Decimal("0.9"),
    },
    "system_config": lambda t: {
        "id": _id(t, "config"),
        "key": "actions.enabled",
        "value": "true",
        "updated_by": "ann@acme.example",
    },
    "actions": lambda t: {
        "id": _id(t, "action"),
        "type": "ec2.resize",
        "recommendation_id": _id(t, "recommendation"),
        "account_id": "111122223333",
        "region": "us-east-1",
        "resource_id": "i-0123456789abcdef0",
        "requested_by": _id(t, "user"),
        "requested_by_name": "ann@acme.example",
        "risk": 30,
        "monthly_savings": SOME_COST,
        "currency": "USD",
        "due_at": NOON,
        "created_at": NOON,
        "updated_at": NOON,
    },
    "action_events": lambda t: {"action_id": _id(t, "action"), "message": "asked for"},
    "action_steps": lambda t: {
        "action_id": _id(t, "action"),
        "direction": "forth",
        "number": 1,
        "name": "stop the instance",
        "status": "intended",
        "fence": 0,
        "intended_at": NOON,
    },
    "approval_requests": lambda t: {
        "id": _id(t, "approval"),
        "action_id": _id(t, "action"),
        "digest": "0" * 64,
        "requested_by": _id(t, "user"),
        "requested_by_name": "ann@acme.example",
        "approver_role": "approver",
        "expires_at": NOON,
        "created_at": NOON,
        "updated_at": NOON,
    },
    "approval_decisions": lambda t: {
        "request_id": _id(t, "approval"),
        "user_id": uuid5(t, "another user"),
        "user_name": "carl@acme.example",
        "decision": "approved",
        "decided_at": NOON,
    },
    "policies": lambda _: {
        "id": "no-public-buckets",
        "name": "Buckets are private",
        "provider": "aws",
        "type": "security",
        "status": "enabled",
        "severity": "critical",
        "expression": Jsonb({"field": "configuration.public", "op": "eq", "value": True}),
    },
    "exceptions": lambda t: {
        "id": _id(t, "exception"),
        "policy_id": "no-public-buckets",
        "account_id": "111122223333",
        "resource_id": "i-0123456789abcdef0",
        "reason": "It serves the web site.",
        "expires_at": NOON,
        "created_by": _id(t, "user"),
    },
    "violations": lambda t: {
        "id": _id(t, "violation"),
        "policy_id": "no-public-buckets",
        "policy_name": "Buckets are private",
        "account_id": "111122223333",
        "resource_id": "i-0123456789abcdef0",
        "severity": "critical",
        "reason": "configuration.public is true",
        "first_seen": NOON,
        "last_seen": NOON,
    },
    "policy_scans": lambda t: {"id": _id(t, "evaluation"), "kind": "policy", "requested_at": NOON},
    "cost_explorer_budgets": lambda _: {"daily_calls": 20},
    "cost_explorer_accounts": lambda _: {"billing_account_id": "111122223333"},
    "cost_explorer_calls": lambda _: {"call_date": DAY, "calls": 2},
    "monitored_targets": lambda t: {
        "id": _id(t, "target"),
        "project_id": _id(t, "project"),
        "kind": "api_gateway",
        "resource_id": "api",
        "account_id": "111122223333",
        "region": "eu-west-1",
        "name": "api",
        "created_by": "ann@acme.example",
    },
    "tag_rules": lambda t: {
        "id": _id(t, "tag rule"),
        "rule_name": "One name for production",
        "tag_key": "env",
        "pattern": "(?i)prod",
        "normalized_value": "production",
    },
    "tag_pairs": lambda t: {
        "id": _id(t, "pair"),
        "tag_key": "env",
        "tag_value": "PROD",
        "normalized_key": "env",
        "normalized_value": "production",
    },
    "attribution_rules": lambda t: {
        "id": _id(t, "attribution rule"),
        "rule_name": "The web server",
        "kind": "resource",
        "match_values": ["i-0123456789abcdef0"],
        "team_id": _id(t, "team"),
        "service_id": _id(t, "service"),
    },
    "split_rules": lambda t: {
        "id": _id(t, "split rule"),
        "rule_name": "Everybody bears the tax",
        "method": "fixed",
        "charge_category": "Tax",
    },
    "split_shares": lambda t: {
        "split_rule_id": _id(t, "split rule"),
        "team_id": _id(t, "team"),
        "percentage": SOME_COST,
    },
    "attribution_subjects": lambda _: {
        "key": 1,
        "provider": "aws",
        "account_id": "111122223333",
        "service": "AmazonEC2",
        "tags": "{}",
    },
    "subject_costs": lambda t: {
        "delivery_id": _id(t, "delivery"),
        "key": 1,
        "currency": "USD",
        "charges": 1,
        "billed_cost": SOME_COST,
    },
    "attributed_costs": lambda t: {
        "delivery_id": _id(t, "delivery"),
        "charge_date": DAY,
        "provider": "aws",
        "account_id": "111122223333",
        "service": "AmazonEC2",
        "charge_category": "Usage",
        "currency": "USD",
        "team_id": _id(t, "team"),
        "charges": 1,
        "billed_cost": SOME_COST,
        "effective_cost": SOME_COST,
    },
    "team_costs": lambda t: {
        "delivery_id": _id(t, "delivery"),
        "charge_date": DAY,
        "currency": "USD",
        "team_id": _id(t, "team"),
        "charges": 1,
        "billed_cost": SOME_COST,
        "effective_cost": SOME_COST,
    },
    "attributions": lambda _: {"fingerprint": "f", "attributed_at": NOON},
    "unit_counts": lambda _: {
        "metric_name": "orders",
        "count_date": DAY,
        "count": SOME_COST,
        "updated_at": NOON,
    },
    "events": lambda t: {
        "id": _id(t, "event"),
        "project_id": _id(t, "project"),
        "entity_type": "alert",
        "entity_id": str(_id(t, "alert")),
        "event_type": "created",
        "message": "An alert was raised",
        "actor": "system",
    },
    "event_exports": lambda t: {"id": _id(t, "export"), "format": "csv", "requested_by": "ann@acme.example"},
    "retention_settings": lambda _: {"table_name": "alerts", "hot_days": 60},
    "archives": lambda t: {
        "id": _id(t, "archive"),
        "table_name": "alerts",
        "quarter": date(2026, 1, 1),
        "key": "archives/a.parquet",
        "row_count": 1,
        "byte_count": 1,
        "sha256": "0" * 64,
    },
    "restored_rows": lambda t: {
        "archive_id": _id(t, "archive"),
        "id": _id(t, "restored"),
        "closed_at": NOON,
        "content": Jsonb({}),
    },
    "event_chain": lambda t: {
        "seq": 1,
        "event_id": _id(t, "event"),
        "prev_hash": bytes(32),
        "hash": bytes([7]) * 32,
    },
}
TABLES = tuple(ROWS)
# Triggers ask more of these rows than a row alone can have.
RULED = {"action_steps", "approval_requests"}


def insert(connection: psycopg.Connection, table: str, row: Mapping[str, Any]) -> None:
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )
    connection.execute(statement, row)


def insert_all(connection: psycopg.Connection, tenant: UUID) -> None:
    """As a superuser."""
    for table in TABLES:
        insert_past_the_rules(connection, table, row_of(table, tenant))


def insert_past_the_rules(connection: psycopg.Connection, table: str, row: Mapping[str, Any]) -> None:
    """As a superuser may: a step without an action that has begun."""
    if table in RULED:
        connection.execute("set local session_replication_role = replica")
    insert(connection, table, row)
    connection.execute("set local session_replication_role = origin")


def tenant_column(table: str) -> str:
    return "id" if table == "tenants" else "tenant_id"
