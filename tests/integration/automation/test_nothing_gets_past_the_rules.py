"""What no code may do, tried as the application's role."""

# ruff: noqa: S608 - statements are put together of texts written here.

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from cloudops.automation.models import PlanAlteredError
from tests.conftest import Database
from tests.integration.automation.workshop import MONDAY, Workshop
from tests.integration.tenant import Tenant, open_tenant


@pytest.fixture(scope="module")
def tenant(module_database: Database) -> Tenant:
    return open_tenant(module_database)


@pytest.fixture(scope="module")
def begun(tenant: Tenant) -> UUID:
    """An action that has stopped its instance and waits for it."""
    workshop = Workshop(tenant=tenant)
    workshop.cloud.reads_until_settled = 9
    action_id = workshop.approved(workshop.instance())
    workshop.work(action_id)
    assert workshop.action(action_id).status == "in_progress"
    return action_id


@pytest.fixture(scope="module")
def planned(tenant: Tenant) -> UUID:
    workshop = Workshop(tenant=tenant)
    action_id = workshop.asked(workshop.instance())
    workshop.work(action_id)
    return action_id


@pytest.fixture(scope="module")
def completed(tenant: Tenant) -> UUID:
    workshop = Workshop(tenant=tenant)
    return workshop.finish(workshop.approved(workshop.instance())).id


def refused(tenant: Tenant, statement: LiteralString, parameters: Any) -> str:
    with pytest.raises(psycopg.errors.CheckViolation) as caught, tenant.transaction() as connection:
        assert connection.execute(statement, parameters).rowcount
    return str(caught.value.diag.constraint_name)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("plan = jsonb_set(plan, '{resource_id}', '\"i-another\"')", "actions_plan_frozen"),
        ("digest = repeat('0', 64)", "actions_plan_frozen"),
        ('params = \'{"instance_type": "x1e.32xlarge"}\'', "actions_target_kept"),
        ("resource_id = 'i-another'", "actions_target_kept"),
        ("account_id = '999999999999'", "actions_target_kept"),
        ("monthly_savings = 0, currency = 'USD'", "actions_target_kept"),
        ("autonomous = true", "actions_target_kept"),
        ("started_at = started_at - interval '1 day'", "actions_begin_once"),
        ("started_at = null", "actions_begin_once"),
        ("fence = fence - 1", "actions_fence_rises"),
        (
            "status = 'completed', finished_at = now(), result = '{\"evidence\": {}}'",
            "actions_legal_transition",
        ),
        ("status = 'preflight'", "actions_legal_transition"),
    ],
)
def test_an_action_that_has_begun_stays_what_was_approved(
    tenant: Tenant, begun: UUID, change: LiteralString, constraint: str
) -> None:
    assert refused(tenant, f"update actions set {change} where id = %s", [begun]) == constraint


@pytest.mark.parametrize(
    "change",
    ["result = '{\"evidence\": {}}'", "result = null, error = 'no'", "plan = '{}'", "undoing = true"],
)
def test_an_action_that_has_ended_stays_as_it_ended(
    tenant: Tenant, completed: UUID, change: LiteralString
) -> None:
    constraint = refused(tenant, f"update actions set {change} where id = %s", [completed])

    assert constraint in {"actions_ended", "actions_complete_with_evidence"}


def test_an_action_begins_by_an_approval_only(tenant: Tenant, planned: UUID) -> None:
    statement = "update actions set status = 'in_progress', started_at = now() where id = %s"
    assert refused(tenant, statement, [planned]) == "actions_need_an_approval"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("status = 'approved', decided_at = now()", "approval_requests_enough"),
        ("digest = repeat('0', 64)", "approval_requests_kept"),
        ("approvals_needed = 2", "approval_requests_kept"),
        ("expires_at = expires_at + interval '1 year'", "approval_requests_kept"),
        ("requested_by = (select id from users limit 1)", "approval_requests_kept"),
    ],
)
def test_what_is_asked_for_is_not_changed(
    tenant: Tenant, planned: UUID, change: LiteralString, constraint: str
) -> None:
    statement: LiteralString = f"update approval_requests set {change} where action_id = %s"
    assert refused(tenant, statement, [planned]) == constraint


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"approver_role": "system", "status": "approved"}, "approval_requests_of_the_action"),
        ({"approver_role": "approver", "status": "approved"}, "approval_requests_begin_pending"),
        ({"approver_role": "approver", "status": "pending"}, "approval_requests_of_the_action"),
    ],
)
def test_an_approval_cannot_be_slipped_in(
    tenant: Tenant, planned: UUID, fields: dict[str, str], constraint: str
) -> None:
    """By the system for what a person asked for, at once, or for another plan."""
    decided = None if fields["status"] == "pending" else MONDAY
    statement: LiteralString = """
        insert into approval_requests (tenant_id, id, action_id, digest, requested_by_name, approver_role, status,
                                       expires_at, decided_at, created_at, updated_at)
        select a.tenant_id, gen_random_uuid(), a.id, repeat('1', 64), 'mallory', %s, %s, now(), %s, now(), now()
          from actions a where a.id = %s"""
    parameters = [fields["approver_role"], fields["status"], decided, planned]
    assert refused(tenant, statement, parameters) == constraint


@pytest.mark.parametrize("fields", ["'in_progress', null", "'queued', '{}'"])
def test_an_action_begins_as_queued_and_without_a_plan(tenant: Tenant, fields: LiteralString) -> None:
    statement: LiteralString = f"""
        insert into actions (tenant_id, id, type, account_id, region, resource_id, requested_by_name, risk, due_at,
                             created_at, updated_at, status, plan, digest)
        select (select current_tenant()), gen_random_uuid(), 'ec2.stop', '1', 'r', %s, 'mallory', 1, now(), now(),
               now(), s, p, case when p is not null then repeat('0', 64) end
          from (values ({fields}::jsonb)) as given (s, p)"""
    with pytest.raises(psycopg.errors.CheckViolation), tenant.transaction() as connection:
        connection.execute(statement, [str(uuid4())])


def test_a_landed_step_is_not_taken_back(tenant: Tenant, begun: UUID) -> None:
    with tenant.transaction() as connection:
        connection.execute(
            "update action_steps set status = 'landed', settled_at = now() where action_id = %s", [begun]
        )
    again: LiteralString = (
        "update action_steps set status = 'intended', settled_at = null where action_id = %s"
    )
    assert refused(tenant, again, [begun]) == "action_steps_settled"


@pytest.mark.parametrize("table", ["actions", "action_steps", "approval_requests", "approval_decisions"])
def test_nothing_of_it_is_deleted(tenant: Tenant, begun: UUID, table: LiteralString) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), tenant.transaction() as connection:
        connection.execute(f"delete from {table}")


def test_a_plan_that_was_altered_in_the_database_is_not_followed(
    module_database: Database, tenant: Tenant
) -> None:
    workshop = Workshop(tenant=tenant)
    workshop.cloud.reads_until_settled = 0
    action_id = workshop.approved(workshop.instance())
    with psycopg.connect(module_database.superuser_dsn) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "update actions set plan = jsonb_set(plan, '{steps,0,name}', '\"another\"') where id = %s",
            [action_id],
        )

    with pytest.raises(PlanAlteredError):
        workshop.work(action_id)

    assert workshop.action(action_id).started_at is None
    assert workshop.cloud.effective == []
