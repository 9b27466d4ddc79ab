from uuid import UUID, uuid4

import psycopg
import pytest

from cloudops.actor import Actor
from cloudops.platform.principal import NoMembershipError, Role, authenticate, memberships
from cloudops.tenancy.models import NewUser
from cloudops.tenancy.repository import TenantNotFoundError, UserExistsError
from cloudops.tenancy.use_cases import add_user, default_project, reporting_currency, tenants_to_schedule
from tests.conftest import Database
from tests.integration.tenant import Tenant, open_tenant

ANN = Actor(name="ann@acme.example")
BOB = NewUser(sub="sub-bob", email="bob@acme.example", role="operator", first_name="Bob")


@pytest.fixture
def tenant(lone_tenant: Tenant) -> Tenant:
    """Memberships are looked up across tenants."""
    return lone_tenant


def test_a_new_tenant_has_its_project_its_admin_and_its_first_events(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        assert default_project(connection).name == "Default"
        assert reporting_currency(connection) == "USD"

    assert tenant.rows("select email, role from users join memberships on user_id = users.id") == [
        ("ann@acme.example", "admin")
    ]
    assert tenant.events() == [("tenant", "created"), ("user", "created")]


def test_a_user_joins_with_a_role_and_the_trail_says_who_let_him_in(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        user_id = add_user(connection, BOB, actor=ANN)

    assert tenant.rows(
        "select actor, entity_id, metadata -> 'new' from events where message like 'bob@%%'", []
    ) == [(ANN.name, str(user_id), {"role": "operator", "finance_approver": False})]


@pytest.mark.parametrize(
    ("sub", "email"), [("sub-bob", "other@acme.example"), ("sub-other", "BOB@ACME.example")]
)
def test_a_person_joins_a_tenant_once(tenant: Tenant, sub: str, email: str) -> None:
    with tenant.transaction() as connection:
        add_user(connection, BOB, actor=ANN)

    with tenant.transaction() as connection, pytest.raises(UserExistsError):
        add_user(connection, NewUser(sub=sub, email=email, role="viewer"), actor=ANN)


def test_memberships_are_found_by_sub_before_a_tenant_is_chosen(tenant: Tenant, database: Database) -> None:
    other = open_tenant(database, name="Other")
    for one in (tenant, other):
        with one.transaction() as connection:
            add_user(connection, BOB, actor=ANN)

    with psycopg.connect(database.app_dsn, autocommit=True) as connection:
        found = memberships(connection, "sub-bob")
        default = authenticate(connection, event("sub-bob"))
        chosen = authenticate(connection, event("sub-bob", other.id))

        assert [one.tenant_id for one in found] == [tenant.id, other.id]
        assert (default.tenant_id, default.role, default.email) == (tenant.id, Role.OPERATOR, BOB.email)
        assert chosen.tenant_id == other.id
        for stranger in (event("sub-bob", uuid4()), event("sub-nobody"), event(""), {}):
            with pytest.raises(NoMembershipError):
                authenticate(connection, stranger)


def test_who_is_removed_is_out_at_the_next_request(tenant: Tenant, database: Database) -> None:
    with tenant.transaction() as connection:
        user_id = add_user(connection, BOB, actor=ANN)
    with psycopg.connect(database.app_dsn, autocommit=True) as connection:
        authenticate(connection, event("sub-bob"))
        with tenant.transaction() as other:
            other.execute("delete from users where id = %s", [user_id])

        with pytest.raises(NoMembershipError):
            authenticate(connection, event("sub-bob"))


def test_claims_of_tenant_and_role_count_for_nothing(tenant: Tenant, database: Database) -> None:
    asking = event(f"sub-{tenant.id}")
    claims = asking["requestContext"]["authorizer"]["claims"]
    claims |= {"custom:tenant_id": str(uuid4()), "cognito:groups": "viewer", "role": "viewer"}

    with psycopg.connect(database.app_dsn, autocommit=True) as connection:
        principal = authenticate(connection, asking)

    assert (principal.tenant_id, principal.role) == (tenant.id, Role.ADMIN)


def test_schedules_know_every_tenant_and_nothing_else_of_them(database: Database) -> None:
    tenants = sorted(open_tenant(database, name=name).id for name in ("One", "Two", "Three"))

    with psycopg.connect(database.app_dsn, autocommit=True) as connection:
        assert tenants_to_schedule(connection) == tenants
        assert connection.execute("select count(*) from tenants").fetchone() == (0,)


def test_a_tenant_that_is_not_there_has_no_project_and_no_currency(tenant: Tenant) -> None:
    stranger = Tenant(id=uuid4(), database=tenant.database)

    for ask in (default_project, reporting_currency):
        with stranger.transaction() as connection, pytest.raises(TenantNotFoundError):
            ask(connection)


def test_closing_a_tenant_removes_its_rows_and_keeps_its_trail(tenant: Tenant) -> None:
    with tenant.transaction() as connection:
        connection.execute("delete from tenants")

    assert [tenant.count(table) for table in ("tenants", "users", "memberships", "projects")] == [0, 0, 0, 0]
    assert tenant.events() == [("tenant", "created"), ("user", "created")]


def event(sub: str, tenant: UUID | None = None) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    headers = {"X-Tenant-Id": str(tenant)} if tenant else {}
    return {"headers": headers, "requestContext": {"authorizer": {"claims": {"sub": sub}}}}  # type: ignore[dict-item]
