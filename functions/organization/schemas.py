"""The hierarchy and the catalogue of services as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=255)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Label = Annotated[str, Field(min_length=1, max_length=255)]
ServiceType = Annotated[str, Field(min_length=1, max_length=100)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=500)]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=255)]
MemberRole = Literal["member", "lead"]
NOBODY = UUID(int=0)


def without_defaults(schema: dict[str, Any]) -> None:
    """What a change leaves out stays as it is, so nothing stands in for it."""
    for described in schema["properties"].values():
        described.pop("default", None)


class Out(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Change(BaseModel):
    """What is left out stays as it is; null empties a field that may be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=without_defaults)


class New(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BusinessGroupOut(Out):
    """The counts are of everything below it."""

    id: UUID
    name: str
    description: str | None
    unit_count: int
    team_count: int
    service_count: int
    account_count: int
    created_at: datetime
    updated_at: datetime


class BusinessGroupPage(Out):
    items: list[BusinessGroupOut]
    next_cursor: str | None


class NewBusinessGroup(New):
    name: Name
    description: Text | None = None


class BusinessGroupChange(Change):
    name: Name = ""
    description: Text | None = None


class BusinessUnitOut(Out):
    """The counts are of everything below it."""

    id: UUID
    business_group_id: UUID
    name: str
    description: str | None
    team_count: int
    service_count: int
    account_count: int
    created_at: datetime
    updated_at: datetime


class BusinessUnitPage(Out):
    items: list[BusinessUnitOut]
    next_cursor: str | None


class NewBusinessUnit(New):
    business_group_id: UUID
    name: Name
    description: Text | None = None


class BusinessUnitChange(Change):
    """Another `business_group_id` moves it with all of its teams."""

    name: Name = ""
    description: Text | None = None
    business_group_id: UUID = NOBODY


class TeamOut(Out):
    """Without a business unit it stands outside the hierarchy."""

    id: UUID
    business_unit_id: UUID | None
    name: str
    owner_email: str | None
    slack_channel: str | None
    member_count: int
    service_count: int
    account_count: int
    created_at: datetime
    updated_at: datetime


class TeamPage(Out):
    items: list[TeamOut]
    next_cursor: str | None


class NewTeam(New):
    name: Name
    business_unit_id: UUID | None = None
    owner_email: Address | None = None
    slack_channel: Label | None = None


class TeamChange(Change):
    """A lead may change `owner_email` and `slack_channel`; the rest takes an admin."""

    name: Name = ""
    business_unit_id: UUID | None = None
    owner_email: Address | None = None
    slack_channel: Label | None = None


class ServiceOut(Out):
    """What the organisation runs; not a service of the provider, which costs name."""

    id: UUID
    name: str
    description: str | None
    team_id: UUID | None
    service_type: str | None
    repository_url: str | None
    documentation_url: str | None
    created_at: datetime
    updated_at: datetime


class ServicePage(Out):
    items: list[ServiceOut]
    next_cursor: str | None


class NewService(New):
    name: Name
    description: Text | None = None
    team_id: UUID | None = None
    service_type: ServiceType | None = None
    repository_url: Url | None = None
    documentation_url: Url | None = None


class ServiceChange(Change):
    """What is left out stays as it is; null empties a field."""

    name: Name = ""
    description: Text | None = None
    team_id: UUID | None = None
    service_type: ServiceType | None = None
    repository_url: Url | None = None
    documentation_url: Url | None = None


class MemberOut(Out):
    id: UUID
    team_id: UUID
    user_id: UUID
    email: str
    first_name: str | None
    last_name: str | None
    role: MemberRole
    created_at: datetime


class MemberPage(Out):
    items: list[MemberOut]
    next_cursor: str | None


class NewMember(New):
    user_id: UUID
    role: MemberRole = "member"


class MemberChange(New):
    role: MemberRole


class TeamNode(TeamOut):
    members: list[MemberOut]
    services: list[ServiceOut]


class BusinessUnitNode(BusinessUnitOut):
    teams: list[TeamNode]


class BusinessGroupNode(BusinessGroupOut):
    business_units: list[BusinessUnitNode]


class OrganizationOut(Out):
    """The whole tree by name; `teams` stand outside the hierarchy, `services` have no team."""

    business_groups: list[BusinessGroupNode]
    teams: list[TeamNode]
    services: list[ServiceOut]


class OrganizationDocument(New):
    """`content` is YAML: the form that the export has, or catalog-info.yaml of Backstage with all its documents.

    With `remove_missing` the document is the whole truth: what it does not name is removed, and fields that it leaves
    out are emptied. Without it both stay as they are.
    """

    content: Annotated[str, Field(max_length=2_000_000)]
    format: Literal["cloudops", "backstage"] = "cloudops"
    remove_missing: bool = False


class ChangeOut(Out):
    """`path` leads from the top; `moved_from` is where the entry stood before, with the same name."""

    kind: Literal["business_group", "business_unit", "team", "team_member", "service"]
    path: list[str]
    old: dict[str, Any]
    new: dict[str, Any]
    moved_from: list[str] | None


class ImportOut(Out):
    """After a dry run nothing is changed. `notes` say what of a Backstage catalogue was left aside."""

    dry_run: bool
    created: list[ChangeOut]
    changed: list[ChangeOut]
    removed: list[ChangeOut]
    notes: list[str]
