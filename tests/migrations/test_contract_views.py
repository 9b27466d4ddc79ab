"""The documents' read contracts: their types, and that no value of any size breaks a view."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg import sql

from tests.conftest import Database
from tests.migrations.rows import TABLES, TENANT_A, insert, insert_all, insert_past_the_rules, row_of

CHECKS = Path(__file__).parents[3] / "shared" / "checks"
# What the tables so far can serve; each other view comes with its domain.
SERVED = {
    "autopilot": {
        "approval_requests",
        "aws_resources",
        "cost_reports",
        "optimization_history",
        "recommendations",
        "system_config",
        "users",
    },
    "cloudaudit": {
        "audit_logs",
        "aws_accounts",
        "cost_anomalies",
        "cost_data",
        "daily_cost_summaries",
        "recommendations",
        "resources",
        "team_members",
        "teams",
        "users",
    },
    "guardrails": {"alerts", "daily_costs", "events", "projects", "recommendations", "reliability_metrics"},
    "governance": {
        "action_events",
        "actions",
        "audits",
        "cost_timeseries",
        "exceptions",
        "policies",
        "recommendations",
        "resources",
        "schema_version",
        "tenants",
        "users",
        "violations",
    },
    "sibyl": {
        "business_groups",
        "business_units",
        "cloud_resources",
        "compliance_scans",
        "cost_data",
        "metric_data",
        "services",
        "tag_rules",
        "teams",
        "untagged_resources",
    },
}
VIEWS = [f"{schema}.{view}" for schema, views in SERVED.items() for view in sorted(views)]
HUGE = [Decimal("1e15"), Decimal("1e20"), Decimal("-1e20"), Decimal("1e40"), Decimal("1e-20"), Decimal("NaN")]
# Whose CHECK bounds them.
BOUNDED = {
    ("compliance_scans", "compliance_percentage"),
    ("tag_proposals", "confidence"),
    ("anomalies", "score"),
    ("actions", "risk"),
    ("recommendations", "risk"),
    ("recommendations", "confidence"),
    ("limits", "threshold"),
    ("split_shares", "percentage"),
    ("unit_counts", "count"),
    ("measured_savings", "confidence"),
    ("imported_cost_reports", "usage"),
}
contracts = pytest.mark.skipif(not CHECKS.is_dir(), reason=f"the contract checks are not at {CHECKS}")


@pytest.fixture
def connection(module_database: Database) -> Iterator[psycopg.Connection]:
    """A superuser's transaction that is never committed."""
    with psycopg.connect(module_database.superuser_dsn) as opened:
        yield opened
        opened.rollback()


@contracts
@pytest.mark.parametrize("schema", SERVED)
def test_the_views_have_the_columns_and_types_of_their_document(
    module_database: Database, schema: str
) -> None:
    document = yaml.safe_load((CHECKS / "contracts.yaml").read_text())[schema]
    left_out = [f"--except={schema}.{view}" for view in document if view not in SERVED[schema]]

    checked = subprocess.run(
        [sys.executable, CHECKS / "contracts.py", module_database.reader_dsn, "--schema", schema, *left_out],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_contract_schemas_hold_the_served_views_and_no_empty_shells(module_database: Database) -> None:
    with psycopg.connect(module_database.reader_dsn) as reader:
        found = reader.execute(
            "select table_schema || '.' || table_name from information_schema.tables where table_schema = any (%s)",
            [list(SERVED)],
        ).fetchall()

    assert sorted(name for (name,) in found) == sorted(VIEWS)


@pytest.mark.parametrize("amount", HUGE, ids=str)
def test_no_size_of_value_breaks_a_view(connection: psycopg.Connection, amount: Decimal) -> None:
    for table in TABLES:
        row = {**row_of(table, TENANT_A), **sized(connection, table, amount)}
        insert_past_the_rules(connection, table, row)

    counts = {view: read_all(connection, view) for view in VIEWS}

    assert [view for view, count in counts.items() if count == 0] == []


def test_guardrails_shows_the_nearest_amount_that_its_column_holds(connection: psycopg.Connection) -> None:
    insert_all(connection, TENANT_A)
    connection.execute("update daily_costs set billed_cost = 1e20")
    connection.execute("update reliability_metrics set value = 1e30")

    amount = connection.execute("select amount from guardrails.daily_costs").fetchone()
    value = connection.execute("select value from guardrails.reliability_metrics").fetchone()

    assert amount == (Decimal("99999999.9999"),)
    assert value == (Decimal("9999999999.999999"),)


@pytest.mark.parametrize(
    ("usage", "shown", "usage_type"),
    [
        ("999999.999999", "999999.999999", "Instance-Hours"),
        ("2500000", "2.5", "Instance-Hours (millions)"),
        ("1e15", "1000", "Instance-Hours (trillions)"),
        ("-3e6", "-3", "Instance-Hours (millions)"),
        ("1e40", "999999.999999", "Instance-Hours (quintillions)"),
    ],
)
def test_autopilot_scales_usage_and_says_so(
    connection: psycopg.Connection, usage: str, shown: str, usage_type: str
) -> None:
    insert_all(connection, TENANT_A)
    connection.execute("delete from imported_cost_reports")
    connection.execute("update charges set usage_amount = %s", [Decimal(usage)])

    row = connection.execute("select usage, usage_type from autopilot.cost_reports").fetchone()

    assert row == (Decimal(shown), usage_type)


def test_a_months_cost_reports_read_the_charges_of_that_month_alone(connection: psycopg.Connection) -> None:
    plan = connection.execute(
        "explain select id from autopilot.cost_reports_of('2026-07-01', '2026-08-01')"
    ).fetchall()

    read = [word for (line,) in plan for word in line.split() if word.startswith("charges_")]
    assert read
    assert all(name.startswith("charges_2026_07") for name in read)


def test_money_is_in_thousandths_for_autopilot_alone(connection: psycopg.Connection) -> None:
    insert_all(connection, TENANT_A)
    connection.execute("delete from imported_cost_reports")

    report = connection.execute("select cost from autopilot.cost_reports").fetchone()
    advice = connection.execute(
        "select projected_monthly_savings, projected_annual_savings from autopilot.recommendations"
    ).fetchone()
    audit = connection.execute("select unblended_cost from cloudaudit.cost_data").fetchone()

    assert report == (12_500,)
    assert advice == (12_500, 150_000)
    assert audit == (Decimal("12.5"),)


@pytest.mark.parametrize(
    ("status", "autopilot", "guardrails", "cloudaudit"),
    [
        ("open", "pending", "open", 0),
        ("pending_approval", "pending", "open", 0),
        ("approved", "approved", "in_progress", 1),
        ("in_progress", "approved", "in_progress", 1),
        ("done", "executed", "done", 2),
        ("rejected", "rejected", "dismissed", 3),
        ("dismissed", "rejected", "dismissed", 4),
        ("expired", "rejected", "dismissed", 4),
    ],
)
def test_one_status_has_a_word_in_each_document(
    connection: psycopg.Connection, status: str, autopilot: str, guardrails: str, cloudaudit: int
) -> None:
    insert_all(connection, TENANT_A)
    connection.execute("update recommendations set status = %s", [status])

    shown = connection.execute(
        "select a.status, g.status, c.status"
        " from autopilot.recommendations a, guardrails.recommendations g, cloudaudit.recommendations c"
    ).fetchone()

    assert shown == (autopilot, guardrails, cloudaudit)


@pytest.mark.parametrize(
    ("severity", "guardrails", "cloudaudit"),
    [("low", "low", 1), ("medium", "medium", 2), ("high", "high", 3), ("critical", "high", 4)],
)
def test_one_severity_has_a_word_in_each_document(
    connection: psycopg.Connection, severity: str, guardrails: str, cloudaudit: int
) -> None:
    insert_all(connection, TENANT_A)
    connection.execute("update alerts set severity = %s", [severity])
    connection.execute("update anomalies set severity = %s", [severity])

    shown = connection.execute(
        "select a.severity, n.severity from guardrails.alerts a, cloudaudit.cost_anomalies n"
    ).fetchone()

    assert shown == (guardrails, cloudaudit)


def test_contracts_without_a_currency_show_the_reporting_currency_alone(
    connection: psycopg.Connection,
) -> None:
    insert_all(connection, TENANT_A)
    connection.execute("delete from imported_cost_reports")
    insert(connection, "daily_costs", {**row_of("daily_costs", TENANT_A), "currency": "EUR"})
    insert(connection, "charges", {**row_of("charges", TENANT_A), "currency": "EUR"})

    shown = {
        view: connection.execute(f"select sum({column}) from {view}").fetchone()  # type: ignore[arg-type]  # noqa: S608
        for view, column in {
            "guardrails.daily_costs": "amount",
            "cloudaudit.daily_cost_summaries": "total_cost",
            "governance.cost_timeseries": "amount",
            "autopilot.cost_reports": "cost / 1000.0",
        }.items()
    }
    currencies = connection.execute("select currency from sibyl.cost_data order by 1").fetchall()

    assert shown == dict.fromkeys(shown, (Decimal("12.5"),))
    assert currencies == [("EUR",), ("USD",)]


def test_charges_of_other_deliveries_than_the_current_one_are_not_shown(
    connection: psycopg.Connection,
) -> None:
    insert_all(connection, TENANT_A)
    counts = {}
    for status in ("current", "shadow", "superseded", "loading"):
        connection.execute("update deliveries set status = %s", [status])
        counts[status] = [
            read_all(connection, view)
            for view in ("sibyl.cost_data", "cloudaudit.cost_data", "guardrails.daily_costs")
        ]

    assert counts == {"current": [1, 1, 1], "shadow": [0] * 3, "superseded": [0] * 3, "loading": [0] * 3}


def sized(connection: psycopg.Connection, table: str, amount: Decimal) -> dict[str, Any]:
    """Every number of the table that has no bounds, as `amount`; those that may not be negative as its size."""
    columns = connection.execute(
        "select column_name from information_schema.columns"
        " where table_name = %s and data_type = 'numeric' and table_schema = 'public'",
        [table],
    ).fetchall()
    positive = abs(amount)
    return {
        column: positive if column == "monthly_savings" else amount
        for (column,) in columns
        if (table, column) not in BOUNDED
    }


def read_all(connection: psycopg.Connection, view: str) -> int:
    return len(
        connection.execute(sql.SQL("select * from {}").format(sql.Identifier(*view.split(".")))).fetchall()
    )
