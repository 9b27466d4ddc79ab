"""A change whose plan waits for somebody's word, put into the database past the rules that only a worker can follow."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

import psycopg
from psycopg.types.json import Jsonb

from cloudops.automation.plans import Call, Plan, Step, Undo
from tests.functions.conftest import Company
from tests.functions.people import ACME, OPERATOR, Person

ACTION = UUID("ac700000-0000-4000-8000-000000000030")
REQUEST = uuid5(ACTION, "approval")
CALL = Call(service="ec2", operation="modify_instance_attribute", arguments={})
PLAN = Plan(
    type="ec2.resize",
    account_id="222233334444",
    region="eu-west-1",
    resource_id="i-0123456789abcdef0",
    params={"instance_type": "m5.large"},
    before={"type": "m5.xlarge"},
    steps=(
        Step(
            name="change the type",
            call=CALL,
            becomes={"type": "m5.large"},
            undo=Undo(name="change the type back", call=CALL),
        ),
    ),
)


def insert_waiting_plan(
    company: Company, *, asked_by: Person = OPERATOR, role: str = "approver", needed: int = 1
) -> UUID:
    """The id of the request."""
    change_past_the_rules(
        company,
        "insert into actions (tenant_id, id, type, account_id, region, resource_id, requested_by, requested_by_name,"
        " status, plan, digest, requires_approval, risk, monthly_savings, currency, due_at, created_at, updated_at)"
        " select %(tenant)s, %(action)s, 'ec2.resize', '222233334444', 'eu-west-1', 'i-0123456789abcdef0', m.user_id,"
        " %(email)s, 'preflight', %(plan)s, %(digest)s, true, 25, %(savings)s, 'USD', now(), now(), now()"
        " from memberships m where m.tenant_id = %(tenant)s and m.sub = %(sub)s",
        asked_by=asked_by,
    )
    change_past_the_rules(
        company,
        "insert into approval_requests (tenant_id, id, action_id, digest, requested_by, requested_by_name,"
        " approver_role, approvals_needed, expires_at, created_at, updated_at)"
        " select %(tenant)s, %(request)s, %(action)s, %(digest)s, m.user_id, %(email)s, %(role)s, %(needed)s,"
        " now() + interval '7 days', now(), now()"
        " from memberships m where m.tenant_id = %(tenant)s and m.sub = %(sub)s",
        asked_by=asked_by,
        role=role,
        needed=needed,
    )
    return REQUEST


def expire(company: Company, at: datetime) -> None:
    change_past_the_rules(
        company, "update approval_requests set expires_at = %(at)s where id = %(request)s", at=at
    )


def change_past_the_rules(
    company: Company, statement: str, *, asked_by: Person = OPERATOR, **more: object
) -> None:
    row = {
        "tenant": ACME,
        "action": ACTION,
        "request": REQUEST,
        "plan": Jsonb(PLAN.to_json()),
        "digest": PLAN.digest,
        "savings": Decimal("150.5"),
        "sub": asked_by.sub,
        "email": asked_by.email,
        **more,
    }
    with psycopg.connect(company.database.superuser_dsn) as connection:
        connection.execute("set local session_replication_role = replica")
        connection.execute(statement.encode(), row)
