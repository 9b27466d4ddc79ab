"""The hierarchy group > unit > team, the people in it, and the services that teams run."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

type MemberRole = Literal["member", "lead"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What people name and edit."""

    noun: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]

    id: UUID
    name: str
    created_at: datetime
    updated_at: datetime

    def editable(self) -> dict[str, Any]:
        return {"id": self.id, **{field: getattr(self, field) for field in self.fields}}


@dataclass(frozen=True, kw_only=True)
class BusinessGroup(Entry):
    noun = "business_group"
    fields = ("name", "description")

    description: str | None
    unit_count: int
    team_count: int
    service_count: int
    account_count: int


@dataclass(frozen=True, kw_only=True)
class BusinessUnit(Entry):
    noun = "business_unit"
    fields = ("name", "description", "business_group_id")

    business_group_id: UUID
    description: str | None
    team_count: int
    service_count: int
    account_count: int


@dataclass(frozen=True, kw_only=True)
class Team(Entry):
    """Without a unit it stands outside the hierarchy."""

    noun = "team"
    fields = ("name", "business_unit_id", "owner_email", "slack_channel")

    business_unit_id: UUID | None
    owner_email: str | None
    slack_channel: str | None
    member_count: int
    service_count: int
    account_count: int


@dataclass(frozen=True, kw_only=True)
class Service(Entry):
    noun = "service"
    fields = ("name", "description", "team_id", "service_type", "repository_url", "documentation_url")

    team_id: UUID | None
    description: str | None
    service_type: str | None
    repository_url: str | None
    documentation_url: str | None


@dataclass(frozen=True, kw_only=True)
class Member:
    id: UUID
    team_id: UUID
    user_id: UUID
    email: str
    first_name: str | None
    last_name: str | None
    role: MemberRole
    created_at: datetime

    def editable(self) -> dict[str, Any]:
        return {"id": self.id, "role": self.role}


@dataclass(frozen=True, kw_only=True)
class Cascade:
    """What goes along when an entry goes, by name; services and accounts stay, without their team."""

    business_units: list[str]
    teams: list[str]
    members: list[str]
    services: list[str]
    cloud_accounts: list[str]


@dataclass(frozen=True, kw_only=True)
class Hierarchy:
    """The whole organisation, each list by name."""

    groups: list[BusinessGroup]
    units: list[BusinessUnit]
    teams: list[Team]
    members: list[Member]
    services: list[Service]
