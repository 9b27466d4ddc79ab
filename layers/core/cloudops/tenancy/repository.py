"""Tenants, their projects and people in the database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import errors
from psycopg.rows import class_row, scalar_row

from cloudops.errors import ConflictError, NotFoundError
from cloudops.paging import Place
from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.tenancy.models import ListedProject, NewUser, Project, Tenant, TenantOfPerson, User

SQL = queries.load(__package__)


class TenantNotFoundError(NotFoundError):
    """There is no such tenant."""


class ProjectNotFoundError(NotFoundError):
    """There is no such project."""


class ProjectExistsError(ConflictError):
    """Another project has that name."""


class UserNotFoundError(NotFoundError):
    """There is no such user."""


class UserExistsError(ConflictError):
    """This person belongs to the tenant already."""


def insert_tenant(connection: Connection, tenant_id: UUID, *, name: str, reporting_currency: str) -> None:
    connection.execute(
        SQL["insert_tenant"], {"id": tenant_id, "name": name, "reporting_currency": reporting_currency}
    )


def insert_project(connection: Connection, project: Project) -> None:
    try:
        connection.execute(SQL["insert_project"], vars(project))
    except errors.UniqueViolation as error:
        raise ProjectExistsError(f"there is a project {project.name}") from error


def insert_user(connection: Connection, user_id: UUID, user: NewUser) -> None:
    try:
        connection.execute(SQL["insert_user"], {"id": user_id, **vars(user)})
        connection.execute(SQL["insert_membership"], {"user_id": user_id, **vars(user)})
    except errors.UniqueViolation as error:
        raise UserExistsError(f"{user.email} is a user of this tenant") from error


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


def read_tenant(connection: Connection) -> Tenant:
    return one_tenant(connection, "read_tenant")


def lock_tenant(connection: Connection) -> Tenant:
    """Whoever changes memberships holds it, so that two do not each leave the other's admin as the last one."""
    return one_tenant(connection, "lock_tenant")


def one_tenant(connection: Connection, query: str) -> Tenant:
    with connection.cursor(row_factory=class_row(Tenant)) as cursor:
        found = cursor.execute(SQL[query]).fetchone()
    if found is None:
        raise TenantNotFoundError
    return found


def change_tenant(connection: Connection, fields: Mapping[str, Any]) -> None:
    connection.execute(SQL["change_tenant"], fields)


def list_tenants_of_person(connection: Connection, user_id: UUID) -> list[TenantOfPerson]:
    with connection.cursor(row_factory=class_row(TenantOfPerson)) as cursor:
        return cursor.execute(SQL["list_tenants_of_person"], {"user_id": user_id}).fetchall()


def list_projects(
    connection: Connection, *, limit: int, after: Place | None, project_id: UUID | None = None
) -> list[ListedProject]:
    name, row_id = after.key if after else (None, None)
    place = {"id": project_id, "limit": limit, "after_name": name, "after_id": row_id}
    with connection.cursor(row_factory=class_row(ListedProject)) as cursor:
        return cursor.execute(SQL["list_projects"], place).fetchall()


def read_project(connection: Connection, project_id: UUID) -> ListedProject:
    found = list_projects(connection, limit=1, after=None, project_id=project_id)
    if not found:
        raise ProjectNotFoundError
    return found[0]


def lock_project(connection: Connection, project_id: UUID) -> ListedProject:
    """Nothing comes into the project until the transaction ends."""
    connection.execute(SQL["lock_project"], {"id": project_id})
    return read_project(connection, project_id)


def rename_project(connection: Connection, project_id: UUID, name: str) -> None:
    try:
        connection.execute(SQL["rename_project"], {"id": project_id, "name": name})
    except errors.UniqueViolation as error:
        raise ProjectExistsError(f"there is a project {name}") from error


def set_default_project(connection: Connection, project_id: UUID) -> None:
    connection.execute(SQL["set_default_project"], {"id": project_id})


def delete_project(connection: Connection, project_id: UUID) -> None:
    connection.execute(SQL["delete_project"], {"id": project_id})


def list_contents_of_project(connection: Connection, project_id: UUID) -> list[str]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["list_contents_of_project"], {"id": project_id}).fetchall()


def list_users(
    connection: Connection,
    *,
    limit: int,
    after: Place | None = None,
    role: str | None = None,
    user_id: UUID | None = None,
) -> list[User]:
    email, row_id = after.key if after else (None, None)
    place = {"id": user_id, "role": role, "limit": limit, "after_email": email, "after_id": row_id}
    with connection.cursor(row_factory=class_row(User)) as cursor:
        return cursor.execute(SQL["list_users"], place).fetchall()


def read_user(connection: Connection, user_id: UUID) -> User:
    found = list_users(connection, limit=1, user_id=user_id)
    if not found:
        raise UserNotFoundError
    return found[0]


def change_rights(connection: Connection, user_id: UUID, rights: Mapping[str, Any]) -> None:
    connection.execute(SQL["change_rights"], {"id": user_id, **rights})


def change_profile(
    connection: Connection, user_id: UUID, profile: Mapping[str, Any], *, now: datetime
) -> None:
    connection.execute(SQL["change_profile"], {"id": user_id, **profile, "now": now})


def count_other_admins(connection: Connection, user_id: UUID) -> int:
    row = connection.execute(SQL["count_other_admins"], {"id": user_id}).fetchone()
    return int(row[0]) if row else 0


def delete_user(connection: Connection, user_id: UUID) -> None:
    connection.execute(SQL["delete_user"], {"id": user_id})
