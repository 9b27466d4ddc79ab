"""Who is who in a tenant."""

from dataclasses import dataclass
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
class Project:
    id: UUID
    name: str
