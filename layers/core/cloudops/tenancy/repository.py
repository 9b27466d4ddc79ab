"""Tenants in the database."""

from uuid import UUID

from psycopg.rows import class_row, scalar_row

from cloudops.errors import NotFoundError
from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.tenancy.models import NewUser, Project

SQL = queries.load(__package__)


class TenantNotFoundError(NotFoundError):
    """There is no such tenant."""


def insert_tenant(connection: Connection, tenant_id: UUID, *, name: str, reporting_currency: str) -> None:
    connection.execute(
        SQL["insert_tenant"], {"id": tenant_id, "name": name, "reporting_currency": reporting_currency}
    )


def insert_project(connection: Connection, project: Project) -> None:
    connection.execute(SQL["insert_project"], vars(project))


def insert_user(connection: Connection, user_id: UUID, user: NewUser) -> None:
    connection.execute(SQL["insert_user"], {"id": user_id, **vars(user)})
    connection.execute(SQL["insert_membership"], {"user_id": user_id, **vars(user)})


def has_tenant(connection: Connection) -> bool:
    return connection.execute(SQL["find_tenant"]).fetchone() is not None


def find_user_by_email(connection: Connection, email: str) -> UUID | None:
    with connection.cursor(row_factory=scalar_row) as cursor:
        found: UUID | None = cursor.execute(SQL["find_user_by_email"], {"email": email}).fetchone()
    return found


def renew_subject(connection: Connection, user_id: UUID, sub: str) -> bool:
    """Whether it was another one."""
    return connection.execute(SQL["renew_subject"], {"user_id": user_id, "sub": sub}).rowcount > 0


def find_default_project(connection: Connection) -> Project:
    with connection.cursor(row_factory=class_row(Project)) as cursor:
        found = cursor.execute(SQL["find_default_project"]).fetchone()
    if found is None:
        raise TenantNotFoundError
    return found


def read_reporting_currency(connection: Connection) -> str:
    row = connection.execute(SQL["read_reporting_currency"]).fetchone()
    if row is None:
        raise TenantNotFoundError
    return str(row[0])


def list_tenants_to_schedule(connection: Connection) -> list[UUID]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["list_tenants_to_schedule"]).fetchall()
