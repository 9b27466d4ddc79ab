"""A change that was carried out, put into the database past the rules that only a worker can follow."""

from datetime import UTC, datetime
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from tests.functions import bill
from tests.functions.conftest import Company
from tests.functions.people import ACME

ACTION = UUID("ac700000-0000-4000-8000-000000000023")
DATA = "i-0a1b2c3d4e5f60002"
CHANGED_AT = datetime(2026, 7, 20, 9, tzinfo=UTC)
PLAN = {
    "before": {"type": "m7g.large", "state": "running"},
    "steps": [{"becomes": {"type": "m7g.medium", "state": "running"}}],
}


def carry_out(company: Company, action_id: UUID = ACTION, **changes: object) -> None:
    """A resize of an instance of the bill that halved its cost."""
    row = {
        "tenant": ACME,
        "id": action_id,
        "status": "completed",
        "error": None,
        "autonomous": False,
        "plan": Jsonb(PLAN),
        "at": CHANGED_AT,
        "ended": CHANGED_AT,
        "account": bill.DEV,
        "resource": DATA,
        **changes,
    }
    with psycopg.connect(company.database.superuser_dsn) as connection:
        connection.execute("set local session_replication_role = replica")
        connection.execute(
            "insert into actions (tenant_id, id, type, account_id, region, resource_id,"
            " requested_by_name, autonomous, status,"
            " error, plan, digest, risk, monthly_savings, currency, result, due_at, started_at,"
            " finished_at, created_at,"
            " updated_at)"
            " values (%(tenant)s, %(id)s, 'ec2.resize', %(account)s, 'eu-west-1', %(resource)s, 'oscar@acme.example',"
            " %(autonomous)s, %(status)s, %(error)s, %(plan)s, repeat('0', 64), 30, 150, 'USD',"
            " '{\"evidence\": {}}', %(at)s,"
            " %(at)s, %(ended)s, %(at)s, %(at)s)",
            row,
        )
        connection.execute(
            "update charges set effective_cost = effective_cost / 2 where resource_id = %s and charge_date > %s",
            [DATA, CHANGED_AT.date()],
        )
