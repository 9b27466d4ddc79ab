"""Open a tenant, add its people, find its project."""

from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.platform.database import Connection
from cloudops.tenancy import repository
from cloudops.tenancy.models import NewUser, Project


def create_tenant(
    connection: Connection, tenant_id: UUID, *, name: str, admin: NewUser, reporting_currency: str = "USD"
) -> None:
    """Open a tenant with its "Default" project and its first admin, in a transaction of that tenant."""
    repository.insert_tenant(connection, tenant_id, name=name, reporting_currency=reporting_currency)
    repository.insert_project(connection, Project(id=uuid4(), name="Default"))
    record(
        connection,
        NewEvent(
            entity_type="tenant",
            entity_id=str(tenant_id),
            event_type="created",
            message=f"Tenant {name} was opened",
        ),
    )
    add_user(connection, admin, actor=Actor())


def add_user(connection: Connection, user: NewUser, *, actor: Actor) -> UUID:
    user_id = uuid4()
    repository.insert_user(connection, user_id, user)
    record(
        connection,
        NewEvent(
            entity_type="user",
            entity_id=str(user_id),
            event_type="created",
            message=f"{user.email} joined as {user.role}",
            actor=actor,
            metadata={"new": {"role": user.role, "finance_approver": user.finance_approver}},
        ),
    )
    return user_id


def default_project(connection: Connection) -> Project:
    return repository.find_default_project(connection)


def reporting_currency(connection: Connection) -> str:
    return repository.read_reporting_currency(connection)


def tenants_to_schedule(connection: Connection) -> list[UUID]:
    return repository.list_tenants_to_schedule(connection)
