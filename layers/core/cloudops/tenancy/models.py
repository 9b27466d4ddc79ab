"""Who is who in a tenant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """`sub` is the subject of the person's Cognito tokens."""

    sub: str
    email: str
    role: str
    finance_approver: bool = False
    first_name: str | None = None
    last_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """Whom an admin lets in, before Cognito has told his subject."""

    email: str
    role: str
    finance_approver: bool = False
    first_name: str | None = None
    last_name: str | None = None

    def accepted_as(self, sub: str) -> NewUser:
        return NewUser(sub=sub, **vars(self))


@dataclass(frozen=True, kw_only=True)
class User:
    """A person with what he may do in the tenant."""

    id: UUID
    email: str
    first_name: str | None
    last_name: str | None
    phone: str | None
    role: str
    finance_approver: bool
    created_at: datetime
    updated_at: datetime

    def rights(self) -> dict[str, Any]:
        """What an admin edits."""
        return {"role": self.role, "finance_approver": self.finance_approver}

    def profile(self) -> dict[str, Any]:
        """What the person edits himself."""
        return {"first_name": self.first_name, "last_name": self.last_name, "phone": self.phone}


@dataclass(frozen=True, kw_only=True)
class Tenant:
    id: UUID
    name: str
    reporting_currency: str
    created_at: datetime

    def editable(self) -> dict[str, Any]:
        return {"name": self.name, "reporting_currency": self.reporting_currency}


@dataclass(frozen=True, kw_only=True)
class TenantOfPerson:
    """A tenant that a person belongs to, and as what."""

    id: UUID
    name: str
    role: str
    finance_approver: bool


@dataclass(frozen=True, kw_only=True)
class Project:
    id: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class ListedProject(Project):
    is_default: bool
    account_count: int
    created_at: datetime

    def editable(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name}
