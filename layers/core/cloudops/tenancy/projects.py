"""The projects of a tenant: add, rename, choose the default one, delete what is empty."""

from typing import Any
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.errors import ConflictError
from cloudops.paging import Page, Place
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match
from cloudops.tenancy import repository
from cloudops.tenancy.models import ListedProject, Project


class ProjectInUseError(ConflictError):
    """The project is not empty."""


class DefaultProjectError(ConflictError):
    """The default project stays."""


def list_projects(connection: Connection, *, limit: int, cursor: str | None) -> Page[ListedProject]:
    after = Place.decode(cursor, str, UUID) if cursor else None
    rows = repository.list_projects(connection, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda project: Place(key=(project.name, str(project.id))))


def show_project(connection: Connection, project_id: UUID) -> ListedProject:
    return repository.read_project(connection, project_id)


def add_project(connection: Connection, name: str, *, actor: Actor) -> ListedProject:
    made = Project(id=uuid4(), name=name)
    repository.insert_project(connection, made)
    record(connection, event_of(made, "created", f"Project {name} was added", actor=actor, new=name))
    return repository.read_project(connection, made.id)


def rename_project(
    connection: Connection, project_id: UUID, name: str, *, if_match: str | None, actor: Actor
) -> ListedProject:
    project = repository.lock_project(connection, project_id)
    require_match(if_match, etag_of(project.editable()))
    repository.rename_project(connection, project_id, name)
    if name != project.name:
        message = f"Project {project.name} is now called {name}"
        record(
            connection,
            event_of(project, "changed", message, actor=actor, old=project.name, new=name),
        )
    return repository.read_project(connection, project_id)


def make_default(connection: Connection, project_id: UUID, *, actor: Actor) -> ListedProject:
    """From now on accounts that bills bring go there; those that are known stay where they are."""
    repository.lock_tenant(connection)
    project = repository.lock_project(connection, project_id)
    before = repository.find_default_project(connection)
    repository.set_default_project(connection, project_id)
    if before.id != project.id:
        message = f"Project {project.name} is the default one instead of {before.name}"
        record(
            connection,
            event_of(project, "made_default", message, actor=actor, old=before.name, new=project.name),
        )
    return repository.read_project(connection, project_id)


def delete_project(connection: Connection, project_id: UUID, *, if_match: str | None, actor: Actor) -> None:
    repository.lock_tenant(connection)
    project = repository.lock_project(connection, project_id)
    require_match(if_match, etag_of(project.editable()))
    if project.is_default:
        raise DefaultProjectError("make another project the default one first")
    if held := repository.list_contents_of_project(connection, project_id):
        raise ProjectInUseError(f"it holds {', '.join(held)}")
    repository.delete_project(connection, project_id)
    message = f"Project {project.name} was deleted"
    record(connection, event_of(project, "deleted", message, actor=actor, old=project.name))


def event_of(
    project: Project,
    event_type: str,
    message: str,
    *,
    actor: Actor,
    old: str | None = None,
    new: str | None = None,
) -> NewEvent:
    named = {"old": old, "new": new}
    metadata: dict[str, Any] = {key: {"name": name} for key, name in named.items() if name is not None}
    return NewEvent(
        entity_type="project",
        entity_id=str(project.id),
        event_type=event_type,
        message=message,
        actor=actor,
        project_id=project.id,
        metadata=metadata,
    )
