"""Open a tenant, add its people, find its project; read and change what it is called and counts in."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match
from cloudops.tenancy import repository
from cloudops.tenancy.models import NewUser, Project, Tenant

# The same in every database, so that a deployment finds again what an earlier one opened.
FIRST_TENANT = uuid5(NAMESPACE_URL, "urn:cloudops-guardrails:first-tenant")


def create_tenant(
    connection: Connection, tenant_id: UUID, *, name: str, admin: NewUser, reporting_currency: str = "USD"
) -> None:
    """Open a tenant with its "Default" project and its first admin, in a transaction of that tenant."""
    repository.insert_tenant(connection, tenant_id, name=name, reporting_currency=reporting_currency)
    project = Project(id=uuid4(), name="Default")
    repository.insert_project(connection, project)
    repository.set_default_project(connection, project.id)
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


def admit_first_admin(connection: Connection, tenant_id: UUID, *, sub: str, email: str) -> None:
    """Open the tenant that every installation starts with, or let its present admin in. Safe to repeat.

    Somebody who is known by the address gets the new `sub`: a database outlives a user pool.
    """
    admin = NewUser(sub=sub, email=email, role="admin")
    if not repository.has_tenant(connection):
        create_tenant(connection, tenant_id, name="Default", admin=admin)
        return
    known = repository.find_user_by_email(connection, email)
    if known is None:
        add_user(connection, admin, actor=Actor())
    elif repository.renew_subject(connection, known, sub):
        record(
            connection,
            NewEvent(
                entity_type="user",
                entity_id=str(known),
                event_type="updated",
                message=f"{email} has a new login",
            ),
        )


def default_project(connection: Connection) -> Project:
    return repository.find_default_project(connection)


def reporting_currency(connection: Connection) -> str:
    return repository.read_reporting_currency(connection)


def tenants_to_schedule(connection: Connection) -> list[UUID]:
    return repository.list_tenants_to_schedule(connection)


def show_tenant(connection: Connection) -> Tenant:
    return repository.read_tenant(connection)


def change_tenant(
    connection: Connection, fields: Mapping[str, Any], *, if_match: str | None, actor: Actor
) -> Tenant:
    """Another reporting currency changes what contracts without a currency show, and no amount."""
    tenant = repository.lock_tenant(connection)
    require_match(if_match, etag_of(tenant.editable()))
    wanted = {**tenant.editable(), **fields}
    repository.change_tenant(connection, wanted)
    if wanted != tenant.editable():
        record(
            connection,
            NewEvent(
                entity_type="tenant",
                entity_id=str(tenant.id),
                event_type="changed",
                message=f"Tenant {wanted['name']} was changed",
                actor=actor,
                metadata={"old": tenant.editable(), "new": wanted},
            ),
        )
    return repository.read_tenant(connection)
