"""Let people into a tenant, say what they may do there, let them go; and what a person says about himself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.errors import ConflictError
from cloudops.paging import Page, Place
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match
from cloudops.tenancy import repository
from cloudops.tenancy.models import Invitation, TenantOfPerson, User
from cloudops.tenancy.repository import UserExistsError
from cloudops.tenancy.use_cases import add_user


class LastAdminError(ConflictError):
    """A tenant keeps at least one admin."""


def list_users(
    connection: Connection, *, role: str | None = None, limit: int, cursor: str | None
) -> Page[User]:
    after = Place.decode(cursor, str, UUID) if cursor else None
    rows = repository.list_users(connection, role=role, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda user: Place(key=(user.email, str(user.id))))


def show_user(connection: Connection, user_id: UUID) -> User:
    return repository.read_user(connection, user_id)


def find_by_email(connection: Connection, email: str) -> User | None:
    user_id = repository.find_user_by_email(connection, email)
    return None if user_id is None else repository.read_user(connection, user_id)


def refuse_known(connection: Connection, email: str) -> None:
    """Before an invitation goes out that could not be accepted."""
    if repository.find_user_by_email(connection, email) is not None:
        raise UserExistsError(f"{email} is a user of this tenant")


def admit(connection: Connection, invitation: Invitation, *, sub: str, actor: Actor) -> User:
    """Let the person in whose tokens carry `sub`."""
    return repository.read_user(connection, add_user(connection, invitation.accepted_as(sub), actor=actor))


def record_repeated_invitation(connection: Connection, user_id: UUID, *, actor: Actor) -> None:
    user = repository.read_user(connection, user_id)
    record(connection, event_of(user, "invited", f"{user.email} was invited again", actor=actor))


def change_rights(
    connection: Connection, user_id: UUID, fields: Mapping[str, Any], *, if_match: str | None, actor: Actor
) -> User:
    repository.lock_tenant(connection)
    user = repository.read_user(connection, user_id)
    require_match(if_match, etag_of(user.rights()))
    wanted = {**user.rights(), **fields}
    if user.role == "admin" and wanted["role"] != "admin":
        keep_an_admin(connection, user)
    repository.change_rights(connection, user_id, wanted)
    if wanted != user.rights():
        message = f"{user.email} may do other things than before"
        record(
            connection,
            event_of(user, "changed", message, actor=actor, old=user.rights(), new=wanted),
        )
    return repository.read_user(connection, user_id)


def remove_user(connection: Connection, user_id: UUID, *, if_match: str | None, actor: Actor) -> None:
    """He is out at his next call, and out of his teams. His login stays: it may be good for other tenants."""
    repository.lock_tenant(connection)
    user = repository.read_user(connection, user_id)
    require_match(if_match, etag_of(user.rights()))
    if user.role == "admin":
        keep_an_admin(connection, user)
    repository.delete_user(connection, user_id)
    old = {"email": user.email, **user.rights()}
    record(connection, event_of(user, "removed", f"{user.email} was removed", actor=actor, old=old))


def keep_an_admin(connection: Connection, leaving: User) -> None:
    if not repository.count_other_admins(connection, leaving.id):
        raise LastAdminError(f"make somebody else an admin before {leaving.email} ceases to be one")


def tenants_of(connection: Connection, user_id: UUID) -> list[TenantOfPerson]:
    return repository.list_tenants_of_person(connection, user_id)


def change_profile(
    connection: Connection, fields: Mapping[str, Any], *, if_match: str | None, actor: Actor, now: datetime
) -> User:
    """What the actor tells of himself in this tenant."""
    if actor.user_id is None:
        raise repository.UserNotFoundError
    repository.lock_tenant(connection)
    user = repository.read_user(connection, actor.user_id)
    require_match(if_match, etag_of(user.profile()))
    wanted = {**user.profile(), **fields}
    repository.change_profile(connection, user.id, wanted, now=now)
    if wanted != user.profile():
        # Viewers read the trail, and a phone number is not for them.
        differing = sorted(name for name in wanted if wanted[name] != user.profile()[name])
        message = f"{user.email} changed {', '.join(differing)}"
        record(connection, event_of(user, "profile_changed", message, actor=actor))
    return repository.read_user(connection, user.id)


def event_of(
    user: User,
    event_type: str,
    message: str,
    *,
    actor: Actor,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> NewEvent:
    values = {"old": old, "new": new}
    return NewEvent(
        entity_type="user",
        entity_id=str(user.id),
        event_type=event_type,
        message=message,
        actor=actor,
        metadata={name: dict(found) for name, found in values.items() if found is not None},
    )
