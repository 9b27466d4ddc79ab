from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from cloudops.actor import Actor
from cloudops.tenancy import people
from cloudops.tenancy.models import Invitation
from cloudops.tenancy.people import LastAdminError
from tests.integration.tenant import Tenant

ANN = Actor(name="ann@acme.example")


def admit(tenant: Tenant, email: str, role: str) -> UUID:
    invitation = Invitation(email=email, role=role)
    with tenant.transaction() as connection:
        return people.admit(connection, invitation, sub=f"{email}-{tenant.id}", actor=ANN).id


def remove(tenant: Tenant, user_id: UUID) -> bool:
    try:
        with tenant.transaction() as connection:
            people.remove_user(connection, user_id, if_match="*", actor=ANN)
    except LastAdminError:
        return False
    return True


def test_of_two_admins_who_are_removed_at_once_one_stays(tenant: Tenant) -> None:
    for number in range(5):
        bob = admit(tenant, f"bob{number}@acme.example", "admin")
        (other,) = tenant.rows(
            "select user_id from memberships where role = 'admin' and user_id <> %s", [bob]
        )

        with ThreadPoolExecutor(2) as threads:
            removed = list(threads.map(lambda user_id: remove(tenant, user_id), (bob, other[0])))

        assert sorted(removed) == [False, True]
        assert tenant.value("select count(*) from memberships where role = 'admin'") == 1


def test_who_is_removed_leaves_his_teams_too(tenant: Tenant) -> None:
    bob = admit(tenant, "bob@acme.example", "operator")
    with tenant.transaction() as connection:
        connection.execute(
            "with team as (insert into teams (tenant_id, id, name)"
            " values (current_tenant(), gen_random_uuid(), 'Ops') returning tenant_id, id)"
            " insert into team_members (tenant_id, id, team_id, user_id)"
            " select tenant_id, gen_random_uuid(), id, %s from team",
            [bob],
        )

    assert remove(tenant, bob)

    assert (tenant.count("team_members"), tenant.count("teams")) == (0, 1)
