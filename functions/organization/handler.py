"""Business groups, units, teams with their members, services, and the whole organization: who owns what."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from cloudops.organization import importing, rights
from cloudops.organization import use_cases as organization
from cloudops.organization.importing import Source
from cloudops.organization.models import BusinessGroup, BusinessUnit, Entry, Member, Service, Team
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.etags import IfMatch, etag_of
from cloudops.platform.http import Unit, api, handle, unit
from cloudops.platform.principal import Role
from cloudops.platform.telemetry import observed
from organization.schemas import (
    BusinessGroupChange,
    BusinessGroupOut,
    BusinessGroupPage,
    BusinessUnitChange,
    BusinessUnitOut,
    BusinessUnitPage,
    ImportOut,
    MemberChange,
    MemberOut,
    MemberPage,
    NewBusinessGroup,
    NewBusinessUnit,
    NewMember,
    NewService,
    NewTeam,
    OrganizationDocument,
    OrganizationOut,
    ServiceChange,
    ServiceOut,
    ServicePage,
    TeamChange,
    TeamOut,
    TeamPage,
)
from organization.shaping import outcome_of, tree_of

app = api()

YAML = "application/yaml"
Id = Annotated[UUID, Path()]
OptionalId = Annotated[UUID | None, Query()]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]


@app.get("/api/v1/business-groups")
def list_business_groups(limit: Limit = 100, cursor: Cursor = None) -> BusinessGroupPage:
    """By name, each with how much is below it."""
    items, next_cursor = listed(BusinessGroup, BusinessGroupOut, {}, limit, cursor)
    return BusinessGroupPage(items=items, next_cursor=next_cursor)


@app.get("/api/v1/business-groups/<group_id>")
def show_business_group(group_id: Id) -> Response[BusinessGroupOut]:
    return shown(BusinessGroup, BusinessGroupOut, group_id)


@app.post("/api/v1/business-groups", status_code=201)
def add_business_group(wanted: NewBusinessGroup) -> Response[BusinessGroupOut]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return added(one, BusinessGroup, BusinessGroupOut, wanted)


@app.patch("/api/v1/business-groups/<group_id>")
def change_business_group(
    group_id: Id, changes: BusinessGroupChange, if_match: IfMatch = None
) -> Response[BusinessGroupOut]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return changed(one, BusinessGroup, BusinessGroupOut, group_id, changes, if_match)


@app.delete("/api/v1/business-groups/<group_id>", status_code=204)
def remove_business_group(group_id: Id, if_match: IfMatch = None) -> Response[None]:
    """With its units and teams; services and accounts stay, without their team."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return removed(one, BusinessGroup, group_id, if_match)


@app.get("/api/v1/business-units")
def list_business_units(
    business_group_id: OptionalId = None, limit: Limit = 100, cursor: Cursor = None
) -> BusinessUnitPage:
    """By name, each with how much is below it."""
    chosen = {"business_group_id": business_group_id}
    items, next_cursor = listed(BusinessUnit, BusinessUnitOut, chosen, limit, cursor)
    return BusinessUnitPage(items=items, next_cursor=next_cursor)


@app.get("/api/v1/business-units/<unit_id>")
def show_business_unit(unit_id: Id) -> Response[BusinessUnitOut]:
    return shown(BusinessUnit, BusinessUnitOut, unit_id)


@app.post("/api/v1/business-units", status_code=201)
def add_business_unit(wanted: NewBusinessUnit) -> Response[BusinessUnitOut]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return added(one, BusinessUnit, BusinessUnitOut, wanted)


@app.patch("/api/v1/business-units/<unit_id>")
def change_business_unit(
    unit_id: Id, changes: BusinessUnitChange, if_match: IfMatch = None
) -> Response[BusinessUnitOut]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return changed(one, BusinessUnit, BusinessUnitOut, unit_id, changes, if_match)


@app.delete("/api/v1/business-units/<unit_id>", status_code=204)
def remove_business_unit(unit_id: Id, if_match: IfMatch = None) -> Response[None]:
    """With its teams; services and accounts stay, without their team."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return removed(one, BusinessUnit, unit_id, if_match)


@app.get("/api/v1/teams")
def list_teams(
    business_unit_id: OptionalId = None,
    user_id: OptionalId = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> TeamPage:
    """By name; `user_id` chooses the teams that a user is in."""
    chosen = {"business_unit_id": business_unit_id, "user_id": user_id}
    items, next_cursor = listed(Team, TeamOut, chosen, limit, cursor)
    return TeamPage(items=items, next_cursor=next_cursor)


@app.get("/api/v1/teams/<team_id>")
def show_team(team_id: Id) -> Response[TeamOut]:
    return shown(Team, TeamOut, team_id)


@app.post("/api/v1/teams", status_code=201)
def add_team(wanted: NewTeam) -> Response[TeamOut]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return added(one, Team, TeamOut, wanted)


@app.patch("/api/v1/teams/<team_id>")
def change_team(team_id: Id, changes: TeamChange, if_match: IfMatch = None) -> Response[TeamOut]:
    """Its leads may change whom to turn to; name and place take an admin."""
    with unit(app) as one:
        fields = changes.model_dump(exclude_unset=True)
        rights.require_change_of_team(one.connection, one.principal, team_id, fields)
        return changed(one, Team, TeamOut, team_id, changes, if_match)


@app.delete("/api/v1/teams/<team_id>", status_code=204)
def remove_team(team_id: Id, if_match: IfMatch = None) -> Response[None]:
    """With who is in it; services and accounts stay, without their team."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return removed(one, Team, team_id, if_match)


@app.get("/api/v1/teams/<team_id>/members")
def list_members(team_id: Id, limit: Limit = 100, cursor: Cursor = None) -> MemberPage:
    """Who is in the team, by address."""
    with unit(app) as one:
        page = organization.list_members(one.connection, team_id, limit=limit, cursor=cursor)
    return MemberPage(
        items=[MemberOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.post("/api/v1/teams/<team_id>/members", status_code=201)
def add_member(team_id: Id, wanted: NewMember) -> Response[MemberOut]:
    """A user of this tenant joins; the team's leads may let people in."""
    with unit(app) as one:
        rights.require_lead(one.connection, one.principal, team_id)
        member = organization.add_member(
            one.connection, team_id, wanted.user_id, wanted.role, actor=one.actor, now=one.now
        )
        return member_answer(member, status=201)


@app.patch("/api/v1/teams/<team_id>/members/<member_id>")
def change_member(
    team_id: Id, member_id: Id, changes: MemberChange, if_match: IfMatch = None
) -> Response[MemberOut]:
    with unit(app) as one:
        rights.require_lead(one.connection, one.principal, team_id)
        member = organization.change_member(
            one.connection, team_id, member_id, changes.role, if_match=if_match, actor=one.actor
        )
        return member_answer(member)


@app.delete("/api/v1/teams/<team_id>/members/<member_id>", status_code=204)
def remove_member(team_id: Id, member_id: Id, if_match: IfMatch = None) -> Response[None]:
    with unit(app) as one:
        rights.require_lead(one.connection, one.principal, team_id)
        organization.remove_member(one.connection, team_id, member_id, if_match=if_match, actor=one.actor)
    return Response(status_code=204)


@app.get("/api/v1/services")
def list_services(
    team_id: OptionalId = None,
    service_type: Annotated[str | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ServicePage:
    """The catalogue by name."""
    chosen = {"team_id": team_id, "service_type": service_type}
    items, next_cursor = listed(Service, ServiceOut, chosen, limit, cursor)
    return ServicePage(items=items, next_cursor=next_cursor)


@app.get("/api/v1/services/<service_id>")
def show_service(service_id: Id) -> Response[ServiceOut]:
    return shown(Service, ServiceOut, service_id)


@app.post("/api/v1/services", status_code=201)
def add_service(wanted: NewService) -> Response[ServiceOut]:
    """A lead may add services of his own team."""
    with unit(app) as one:
        rights.require_service_of(one.connection, one.principal, wanted.team_id)
        return added(one, Service, ServiceOut, wanted)


@app.patch("/api/v1/services/<service_id>")
def change_service(service_id: Id, changes: ServiceChange, if_match: IfMatch = None) -> Response[ServiceOut]:
    """A lead may change services of his own team; to hand one over he has to lead the other team as well."""
    with unit(app) as one:
        fields = changes.model_dump(exclude_unset=True)
        rights.require_change_of_service(one.connection, one.principal, service_id, fields)
        return changed(one, Service, ServiceOut, service_id, changes, if_match)


@app.delete("/api/v1/services/<service_id>", status_code=204)
def remove_service(service_id: Id, if_match: IfMatch = None) -> Response[None]:
    with unit(app) as one:
        rights.require_change_of_service(one.connection, one.principal, service_id, {})
        return removed(one, Service, service_id, if_match)


@app.get("/api/v1/organization")
def show_organization() -> Response[OrganizationOut | str]:
    """The whole tree; for `Accept: application/yaml` as the document that an import takes."""
    wants_yaml = YAML in (app.current_event.headers.get("accept") or "")
    with unit(app) as one:
        if wants_yaml:
            return exported(importing.export(one.connection))
        return answer(tree_of(organization.show_hierarchy(one.connection)))


@app.post("/api/v1/organization/import")
def import_organization(wanted: OrganizationDocument, dry_run: Annotated[bool, Query()] = False) -> ImportOut:
    """Take a document in, whole or not at all; taken in twice it changes nothing more."""
    source = Source(content=wanted.content, form=wanted.format, remove_missing=wanted.remove_missing)
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        outcome = importing.take_in(one.connection, source, dry_run=dry_run, actor=one.actor, now=one.now)
    return outcome_of(outcome, dry_run=dry_run)


def listed[T: Entry, Out: BaseModel](
    kind: type[T], out: type[Out], chosen: Mapping[str, Any], limit: int, cursor: str | None
) -> tuple[list[Out], str | None]:
    with unit(app) as one:
        page = organization.list_entries(one.connection, kind, chosen, limit=limit, cursor=cursor)
    return [out.model_validate(row) for row in page.items], page.next_cursor


def shown[Out: BaseModel](kind: type[Entry], out: type[Out], entry_id: UUID) -> Response[Out]:
    with unit(app) as one:
        return entry_answer(organization.show_entry(one.connection, kind, entry_id), out)


def added[Out: BaseModel](one: Unit, kind: type[Entry], out: type[Out], wanted: BaseModel) -> Response[Out]:
    made = organization.add_entry(one.connection, kind, wanted.model_dump(), actor=one.actor, now=one.now)
    return entry_answer(made, out, status=201)


def changed[Out: BaseModel](
    one: Unit,
    kind: type[Entry],
    out: type[Out],
    entry_id: UUID,
    changes: BaseModel,
    if_match: str | None,
) -> Response[Out]:
    fields = changes.model_dump(exclude_unset=True)
    entry = organization.change_entry(
        one.connection, kind, entry_id, fields, if_match=if_match, actor=one.actor, now=one.now
    )
    return entry_answer(entry, out)


def removed(one: Unit, kind: type[Entry], entry_id: UUID, if_match: str | None) -> Response[None]:
    organization.remove_entry(one.connection, kind, entry_id, if_match=if_match, actor=one.actor)
    return Response(status_code=204)


def entry_answer[Out: BaseModel](entry: Entry, out: type[Out], *, status: int = 200) -> Response[Out]:
    return answer(out.model_validate(entry), status=status, etag=etag_of(entry.editable()))


def member_answer(member: Member, *, status: int = 200) -> Response[MemberOut]:
    return answer(MemberOut.model_validate(member), status=status, etag=etag_of(member.editable()))


def exported(text: str) -> Response[OrganizationOut | str]:
    return Response(status_code=200, content_type=f"{YAML}; charset=utf-8", body=text)


def answer[T](body: T, *, status: int = 200, etag: str | None = None) -> Response[T]:
    headers: dict[str, str | list[str]] = {"ETag": etag} if etag else {}
    return Response(status_code=status, content_type="application/json", headers=headers, body=body)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
