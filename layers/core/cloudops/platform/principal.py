"""Who asks: the membership behind a verified token. Tenant and role never come from the token itself."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from cloudops.actor import Actor
from cloudops.errors import ForbiddenError, InvalidError
from cloudops.platform.database import Connection


class Role(IntEnum):
    VIEWER = 1
    OPERATOR = 2
    APPROVER = 3
    ADMIN = 4


class NoMembershipError(ForbiddenError):
    """You belong to no tenant here, or not to the one that X-Tenant-Id names."""


class RoleTooLowError(ForbiddenError):
    """Your role does not allow this."""


@dataclass(frozen=True, kw_only=True)
class Membership:
    tenant_id: UUID
    user_id: UUID
    email: str
    role: str
    finance_approver: bool


@dataclass(frozen=True, kw_only=True)
class Principal:
    tenant_id: UUID
    user_id: UUID
    email: str
    role: Role
    finance_approver: bool

    @property
    def actor(self) -> Actor:
        """As the trail names him."""
        return Actor(name=self.email, user_id=self.user_id)

    def require(self, role: Role) -> None:
        if self.role < role:
            raise RoleTooLowError(
                f"this takes the role {role.name.lower()}, yours is {self.role.name.lower()}"
            )


def authenticate(connection: Connection, event: dict[str, Any]) -> Principal:
    """The membership of the authorizer's `sub`, in the tenant of X-Tenant-Id where a person has several."""
    claims = ((event.get("requestContext") or {}).get("authorizer") or {}).get("claims") or {}
    found = memberships(connection, str(claims.get("sub") or ""))
    chosen = choose(found, wanted_tenant(event))
    return Principal(
        tenant_id=chosen.tenant_id,
        user_id=chosen.user_id,
        email=chosen.email,
        role=Role[chosen.role.upper()],
        finance_approver=chosen.finance_approver,
    )


def memberships(connection: Connection, sub: str) -> list[Membership]:
    with connection.cursor(row_factory=class_row(Membership)) as cursor:
        cursor.execute(
            "select tenant_id, user_id, email, role, finance_approver from find_memberships(%s)", [sub]
        )
        return cursor.fetchall()


def wanted_tenant(event: dict[str, Any]) -> UUID | None:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    text = headers.get("x-tenant-id")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise InvalidError("X-Tenant-Id is not a UUID", field="X-Tenant-Id") from error


def choose(found: list[Membership], wanted: UUID | None) -> Membership:
    fitting = [one for one in found if wanted in (None, one.tenant_id)]
    if not fitting:
        raise NoMembershipError
    return fitting[0]
