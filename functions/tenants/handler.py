"""/api/v1/tenants, /projects, /users, /me and /saved-views: where somebody belongs, as what, and what he looks at."""

from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform import user_pool
from cloudops.platform.etags import IfMatch, etag_of
from cloudops.platform.http import Unit, handle, unit
from cloudops.platform.principal import Role
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from cloudops.tenancy import people, projects
from cloudops.tenancy import use_cases as tenancy
from cloudops.tenancy.models import Invitation, ListedProject, Tenant, TenantOfPerson, User
from tenants import saved_views  # noqa: F401 - its routes are added to the application
from tenants.application import app
from tenants.schemas import (
    AdmittedUserOut,
    NewUser,
    ProfileChange,
    ProfileOut,
    ProjectName,
    ProjectOut,
    ProjectPage,
    RoleName,
    TenantChange,
    TenantList,
    TenantOfPersonOut,
    TenantOut,
    UserChange,
    UserOut,
    UserPage,
)

Id = Annotated[UUID, Path()]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]


@app.get("/api/v1/tenants")
def list_tenants() -> TenantList:
    """Where you belong, in the order in which one is chosen for a request without X-Tenant-Id."""
    with unit(app) as one:
        found = people.tenants_of(one.connection, one.principal.user_id)
    return TenantList(items=shown_tenants(found, one))


@app.get("/api/v1/tenants/current")
def show_tenant() -> Response[TenantOut]:
    with unit(app) as one:
        return tenant_answer(tenancy.show_tenant(one.connection))


@app.patch("/api/v1/tenants/current")
def change_tenant(changes: TenantChange, if_match: IfMatch = None) -> Response[TenantOut]:
    """Rename the tenant, or report in another currency; amounts are never converted."""
    fields = changes.model_dump(exclude_unset=True)
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        changed = tenancy.change_tenant(one.connection, fields, if_match=if_match, actor=one.actor)
        return tenant_answer(changed)


@app.get("/api/v1/projects")
def list_projects(limit: Limit = 100, cursor: Cursor = None) -> ProjectPage:
    """The tenant's projects by name."""
    with unit(app) as one:
        page = projects.list_projects(one.connection, limit=limit, cursor=cursor)
    return ProjectPage(
        items=[ProjectOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/projects/<project_id>")
def show_project(project_id: Id) -> Response[ProjectOut]:
    with unit(app) as one:
        return project_answer(projects.show_project(one.connection, project_id))


@app.post("/api/v1/projects", status_code=201)
def add_project(wanted: ProjectName) -> Response[ProjectOut]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        made = projects.add_project(one.connection, wanted.name, actor=one.actor)
        return project_answer(made, status=201)


@app.patch("/api/v1/projects/<project_id>")
def rename_project(project_id: Id, wanted: ProjectName, if_match: IfMatch = None) -> Response[ProjectOut]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        renamed = projects.rename_project(
            one.connection, project_id, wanted.name, if_match=if_match, actor=one.actor
        )
        return project_answer(renamed)


@app.post("/api/v1/projects/<project_id>/default")
def make_project_default(project_id: Id) -> Response[ProjectOut]:
    """From now on accounts that bills bring go there; those that are known stay where they are."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        return project_answer(projects.make_default(one.connection, project_id, actor=one.actor))


@app.delete("/api/v1/projects/<project_id>", status_code=204)
def delete_project(project_id: Id, if_match: IfMatch = None) -> Response[None]:
    """Only an empty one, and never the default one."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        projects.delete_project(one.connection, project_id, if_match=if_match, actor=one.actor)
    return Response(status_code=204)


@app.get("/api/v1/users")
def list_users(
    role: Annotated[RoleName | None, Query()] = None, limit: Limit = 100, cursor: Cursor = None
) -> UserPage:
    """The people of the tenant by address."""
    with unit(app) as one:
        page = people.list_users(one.connection, role=role, limit=limit, cursor=cursor)
    return UserPage(items=[UserOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@app.get("/api/v1/users/<user_id>")
def show_user(user_id: Id) -> Response[UserOut]:
    with unit(app) as one:
        return user_answer(people.show_user(one.connection, user_id))


@app.post("/api/v1/users", status_code=201)
def invite_user(wanted: NewUser) -> Response[AdmittedUserOut]:
    """Let a person in. Who can sign in already is added at once; anybody else gets a mail with a password."""
    invitation = Invitation(**wanted.model_dump())
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        people.refuse_known(one.connection, invitation.email)
    # No transaction waits for AWS. Who is invited but not admitted is found again at the next attempt.
    login = user_pool.invite(settings().require("user_pool_id"), invitation.email)
    with unit(app) as one:
        user = people.admit(one.connection, invitation, sub=login.sub, actor=one.actor)
    shown = AdmittedUserOut(**UserOut.model_validate(user).model_dump(), invited=login.is_new)
    return answer(shown, status=201, etag=etag_of(user.rights()))


@app.post("/api/v1/users/<user_id>/invitation", status_code=202)
def repeat_invitation(user_id: Id) -> Response[UserOut]:
    """Send another temporary password to somebody who never signed in."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        user = people.show_user(one.connection, user_id)
    user_pool.repeat_invitation(settings().require("user_pool_id"), user.email)
    with unit(app) as one:
        people.record_repeated_invitation(one.connection, user_id, actor=one.actor)
    return user_answer(user, status=202)


@app.patch("/api/v1/users/<user_id>")
def change_user(user_id: Id, changes: UserChange, if_match: IfMatch = None) -> Response[UserOut]:
    """Another role, or the right to approve what exceeds the savings limit; it counts from the next call on."""
    fields = changes.model_dump(exclude_unset=True)
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        changed = people.change_rights(one.connection, user_id, fields, if_match=if_match, actor=one.actor)
        return user_answer(changed)


@app.delete("/api/v1/users/<user_id>", status_code=204)
def remove_user(user_id: Id, if_match: IfMatch = None) -> Response[None]:
    """He is out at his next call. The last admin stays."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        people.remove_user(one.connection, user_id, if_match=if_match, actor=one.actor)
    return Response(status_code=204)


@app.get("/api/v1/me")
def show_profile() -> Response[ProfileOut]:
    """Who you are here, and where else you belong."""
    with unit(app) as one:
        return profile_answer(people.show_user(one.connection, one.principal.user_id), one)


@app.patch("/api/v1/me")
def change_profile(changes: ProfileChange, if_match: IfMatch = None) -> Response[ProfileOut]:
    """Your name and phone in this tenant; address and password are changed where you sign in."""
    fields = changes.model_dump(exclude_unset=True)
    with unit(app) as one:
        changed = people.change_profile(
            one.connection, fields, if_match=if_match, actor=one.actor, now=one.now
        )
        return profile_answer(changed, one)


def shown_tenants(found: list[TenantOfPerson], one: Unit) -> list[TenantOfPersonOut]:
    current = one.principal.tenant_id
    return [TenantOfPersonOut(**vars(tenant), current=tenant.id == current) for tenant in found]


def tenant_answer(tenant: Tenant) -> Response[TenantOut]:
    return answer(TenantOut.model_validate(tenant), etag=etag_of(tenant.editable()))


def project_answer(project: ListedProject, *, status: int = 200) -> Response[ProjectOut]:
    return answer(ProjectOut.model_validate(project), status=status, etag=etag_of(project.editable()))


def user_answer(user: User, *, status: int = 200) -> Response[UserOut]:
    return answer(UserOut.model_validate(user), status=status, etag=etag_of(user.rights()))


def profile_answer(user: User, one: Unit) -> Response[ProfileOut]:
    mine = shown_tenants(people.tenants_of(one.connection, user.id), one)
    shown = {**vars(user), "tenant_id": one.principal.tenant_id, "tenants": mine}
    return answer(ProfileOut.model_validate(shown), etag=etag_of(user.profile()))


def answer[T](body: T, *, status: int = 200, etag: str | None = None) -> Response[T]:
    headers: dict[str, str | list[str]] = {"ETag": etag} if etag else {}
    return Response(status_code=status, content_type="application/json", headers=headers, body=body)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
