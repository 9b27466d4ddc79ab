"""Teams, units, groups and services for tests; their own domain makes them for people."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from tests.integration.tenant import Tenant


def add_team(tenant: Tenant, name: str, *, unit: UUID | None = None) -> UUID:
    team_id = uuid4()
    with tenant.transaction() as connection:
        connection.execute(
            "insert into teams (tenant_id, id, business_unit_id, name) values (%s, %s, %s, %s)",
            [tenant.id, team_id, unit, name],
        )
    return team_id


def add_teams(tenant: Tenant, *names: str) -> Mapping[str, UUID]:
    return {name: add_team(tenant, name) for name in names}


def add_unit(tenant: Tenant, name: str, *, group: str) -> UUID:
    group_id, unit_id = uuid4(), uuid4()
    with tenant.transaction() as connection:
        connection.execute(
            "insert into business_groups (tenant_id, id, name) values (%s, %s, %s)",
            [tenant.id, group_id, group],
        )
        connection.execute(
            "insert into business_units (tenant_id, id, business_group_id, name) values (%s, %s, %s, %s)",
            [tenant.id, unit_id, group_id, name],
        )
    return unit_id


def add_service(tenant: Tenant, name: str, *, team: UUID | None = None) -> UUID:
    service_id = uuid4()
    with tenant.transaction() as connection:
        connection.execute(
            "insert into services (tenant_id, id, name, team_id) values (%s, %s, %s, %s)",
            [tenant.id, service_id, name, team],
        )
    return service_id


def give_account(tenant: Tenant, account_id: str, team: UUID | None) -> None:
    with tenant.transaction() as connection:
        connection.execute(
            "update cloud_accounts set team_id = %s where tenant_id = %s and account_id = %s",
            [team, tenant.id, account_id],
        )
