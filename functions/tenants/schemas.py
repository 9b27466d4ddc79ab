"""Tenants, projects, users and one's own profile as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=200)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
RoleName = Literal["viewer", "operator", "approver", "admin"]
# What Cognito takes and a mail server can deliver is decided there; this refuses what is no address at all.
Email = Annotated[
    str, Field(pattern=r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$", max_length=254), AfterValidator(str.lower)
]
Phone = Annotated[str, Field(pattern=r"^[0-9+()/. -]{3,40}$")]


def without_defaults(schema: dict[str, Any]) -> None:
    """What a change leaves out stays as it is, so nothing stands in for it."""
    for described in schema["properties"].values():
        described.pop("default", None)


class Out(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=without_defaults)


class New(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TenantOfPersonOut(Out):
    """Send `id` as X-Tenant-Id to act in this tenant; `current` is the one of this request."""

    id: UUID
    name: str
    role: RoleName
    finance_approver: bool
    current: bool


class TenantList(Out):
    items: list[TenantOfPersonOut]


class TenantOut(Out):
    """`reporting_currency` is the one that contracts without a currency column show."""

    id: UUID
    name: str
    reporting_currency: str
    created_at: datetime


class TenantChange(Change):
    """What is left out stays as it is."""

    name: Name = ""
    reporting_currency: Currency = ""


class ProjectOut(Out):
    """Accounts that bills bring go to the default project at first."""

    id: UUID
    name: str
    is_default: bool
    account_count: int
    created_at: datetime


class ProjectPage(Out):
    items: list[ProjectOut]
    next_cursor: str | None


class ProjectName(New):
    name: Name


class UserOut(Out):
    """`finance_approver` may approve what exceeds the savings limit."""

    id: UUID
    email: str
    first_name: str | None
    last_name: str | None
    role: RoleName
    finance_approver: bool
    created_at: datetime


class UserPage(Out):
    items: list[UserOut]
    next_cursor: str | None


class NewUser(New):
    email: Email
    role: RoleName = "viewer"
    finance_approver: bool = False
    first_name: Name | None = None
    last_name: Name | None = None


class AdmittedUserOut(UserOut):
    """`invited` is false for a person who can sign in already and gets no mail."""

    invited: bool


class UserChange(Change):
    """What is left out stays as it is."""

    role: RoleName = "viewer"
    finance_approver: bool = False


class ProfileOut(Out):
    """Role and flag are those of the tenant of this request."""

    id: UUID
    email: str
    first_name: str | None
    last_name: str | None
    phone: str | None
    tenant_id: UUID
    role: RoleName
    finance_approver: bool
    tenants: list[TenantOfPersonOut]


class ProfileChange(Change):
    """What is left out stays as it is; null empties a field."""

    first_name: Name | None = None
    last_name: Name | None = None
    phone: Phone | None = None
