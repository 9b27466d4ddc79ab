"""Keep the hierarchy and the catalogue of services: list, show, add, change and remove entries and members."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.organization import repository
from cloudops.organization.models import Entry, Hierarchy, Member, MemberRole, Team
from cloudops.paging import Page, Place
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match


def list_entries[T: Entry](
    connection: Connection, kind: type[T], chosen: Mapping[str, Any], *, limit: int, cursor: str | None
) -> Page[T]:
    after = Place.decode(cursor, str, UUID) if cursor else None
    rows = repository.list_entries(connection, kind, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda entry: Place(key=(entry.name, str(entry.id))))


def show_entry[T: Entry](connection: Connection, kind: type[T], entry_id: UUID) -> T:
    return repository.read_entry(connection, kind, entry_id)


def add_entry[T: Entry](
    connection: Connection, kind: type[T], fields: Mapping[str, Any], *, actor: Actor, now: datetime
) -> T:
    entry_id = uuid4()
    repository.insert_entry(connection, kind, entry_id, fields, now=now)
    made = repository.read_entry(connection, kind, entry_id)
    message = f"{titled(kind)} {made.name} was added"
    record(connection, event_of(made, "created", message, actor=actor, new=told(made)))
    return made


def change_entry[T: Entry](
    connection: Connection,
    kind: type[T],
    entry_id: UUID,
    fields: Mapping[str, Any],
    *,
    if_match: str | None,
    actor: Actor,
    now: datetime,
) -> T:
    entry = repository.lock_entry(connection, kind, entry_id)
    require_match(if_match, etag_of(entry.editable()))
    wanted = {**entry.editable(), **fields}
    if wanted == entry.editable():
        return entry
    repository.change_entry(connection, kind, wanted, now=now)
    changed = repository.read_entry(connection, kind, entry_id)
    old, new = told(entry), told(changed)
    differing = [name for name in new if old[name] != new[name]]
    message = f"{titled(kind)} {entry.name} was changed"
    event = event_of(
        entry,
        "changed",
        message,
        actor=actor,
        old={name: old[name] for name in differing},
        new={name: new[name] for name in differing},
    )
    record(connection, event)
    return changed


def remove_entry(
    connection: Connection, kind: type[Entry], entry_id: UUID, *, if_match: str | None, actor: Actor
) -> None:
    """With all that is below it; services and accounts stay, without their team. The trail names both."""
    entry = repository.lock_entry(connection, kind, entry_id)
    require_match(if_match, etag_of(entry.editable()))
    cascade = {
        name: found for name, found in vars(repository.read_cascade(connection, entry_id)).items() if found
    }
    repository.delete_entry(connection, kind, entry_id)
    message = f"{titled(kind)} {entry.name} was deleted"
    old = {**told(entry), **({"went_along": cascade} if cascade else {})}
    record(connection, event_of(entry, "deleted", message, actor=actor, old=old))


def list_members(connection: Connection, team_id: UUID, *, limit: int, cursor: str | None) -> Page[Member]:
    repository.read_entry(connection, Team, team_id)
    after = Place.decode(cursor, str, UUID) if cursor else None
    rows = repository.list_members(connection, team_id, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda member: Place(key=(member.email, str(member.id))))


def add_member(
    connection: Connection, team_id: UUID, user_id: UUID, role: MemberRole, *, actor: Actor, now: datetime
) -> Member:
    team = repository.lock_entry(connection, Team, team_id)
    member_id = uuid4()
    fields = {"team_id": team_id, "user_id": user_id, "role": role}
    repository.insert_member(connection, member_id, fields, now=now)
    member = repository.read_member(connection, team_id, member_id)
    message = f"{member.email} joined team {team.name} as {role}"
    new = {"member": member.email, "role": role}
    record(connection, event_of(team, "member_added", message, actor=actor, new=new))
    return member


def change_member(
    connection: Connection,
    team_id: UUID,
    member_id: UUID,
    role: MemberRole,
    *,
    if_match: str | None,
    actor: Actor,
) -> Member:
    team = repository.lock_entry(connection, Team, team_id)
    member = repository.read_member(connection, team_id, member_id)
    require_match(if_match, etag_of(member.editable()))
    if role == member.role:
        return member
    repository.change_member(connection, member_id, role=role)
    message = f"{member.email} is {role} of team {team.name} and was {member.role}"
    old, new = ({"member": member.email, "role": one} for one in (member.role, role))
    record(connection, event_of(team, "member_changed", message, actor=actor, old=old, new=new))
    return repository.read_member(connection, team_id, member_id)


def remove_member(
    connection: Connection, team_id: UUID, member_id: UUID, *, if_match: str | None, actor: Actor
) -> None:
    team = repository.lock_entry(connection, Team, team_id)
    member = repository.read_member(connection, team_id, member_id)
    require_match(if_match, etag_of(member.editable()))
    repository.delete_member(connection, member_id)
    message = f"{member.email} left team {team.name}"
    old = {"member": member.email, "role": member.role}
    record(connection, event_of(team, "member_removed", message, actor=actor, old=old))


def show_hierarchy(connection: Connection) -> Hierarchy:
    return repository.read_hierarchy(connection)


def event_of(
    entry: Entry,
    event_type: str,
    message: str,
    *,
    actor: Actor,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> NewEvent:
    values = {"old": old, "new": new}
    return NewEvent(
        entity_type=entry.noun,
        entity_id=str(entry.id),
        event_type=event_type,
        message=message,
        actor=actor,
        metadata={name: dict(found) for name, found in values.items() if found is not None},
    )


def titled(kind: type[Entry]) -> str:
    return kind.noun.replace("_", " ").capitalize()


def told(entry: Entry) -> dict[str, Any]:
    values = {field: getattr(entry, field) for field in entry.fields}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}
