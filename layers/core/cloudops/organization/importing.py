"""Take an organisation from a document, whole or not at all, and write one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record_all
from cloudops.errors import InvalidError
from cloudops.organization import backstage, document, repository
from cloudops.organization.document import ImportRefusedError
from cloudops.organization.outline import KINDS, OUTSIDE, Fields, Outline, Path, outline_of
from cloudops.organization.planning import Change, Plan, plan
from cloudops.platform.database import Connection

type Form = Literal["cloudops", "backstage"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """`remove_missing` takes the document for the whole truth."""

    content: str
    form: Form = "cloudops"
    remove_missing: bool = False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    plan: Plan
    notes: list[str]


def export(connection: Connection) -> str:
    return document.written(outline_of(repository.read_hierarchy(connection)))


def take_in(connection: Connection, source: Source, *, dry_run: bool, actor: Actor, now: datetime) -> Outcome:
    """What was, or for a dry run would be, done. Raises ImportRefusedError with every field and reason."""
    repository.lock_tenant(connection)
    present = outline_of(repository.read_hierarchy(connection))
    wanted, notes = outline_from(source, present)
    users = repository.list_user_ids(connection)
    refuse_unknown_people(wanted, users)
    planned = plan(present, wanted, remove_missing=source.remove_missing)
    if not dry_run:
        carry_out(connection, planned, users, now=now)
        record_all(connection, events_of(planned, actor=actor))
    return Outcome(plan=planned, notes=notes)


def outline_from(source: Source, present: Outline) -> tuple[Outline, list[str]]:
    if source.form == "cloudops":
        return document.read(source.content), []
    if source.remove_missing:
        raise InvalidError("a Backstage catalogue is never the whole organisation", field="remove_missing")
    return backstage.read(source.content, present)


def refuse_unknown_people(wanted: Outline, users: dict[str, UUID]) -> None:
    findings = [
        (place_of("team_member", path), "nobody in this tenant has this address")
        for path in wanted.of("team_member")
        if path[-1] not in users
    ]
    if findings:
        raise ImportRefusedError(findings=findings)


def carry_out(connection: Connection, planned: Plan, users: dict[str, UUID], *, now: datetime) -> None:
    outline = planned.outline
    for change in planned.created:
        outline.ids[change.kind, change.path] = uuid4()
    for kind in KINDS:
        touched = [one for one in (*planned.created, *planned.changed) if one.kind == kind]
        if touched:
            rows = [row_of(kind, one.path, outline, users) for one in touched]
            repository.put_rows(connection, kind, rows, now=now)
    for kind in reversed(KINDS):
        gone = [planned.present.ids[kind, one.path] for one in planned.removed if one.kind == kind]
        if gone:
            repository.delete_rows(connection, kind, gone)


def row_of(kind: str, path: Path, outline: Outline, users: dict[str, UUID]) -> dict[str, Any]:
    fields = {name: value for name, value in outline.of(kind)[path].items() if name != "team"}
    row = {"id": outline.ids[kind, path], "parent_id": parent_of(kind, path, outline), **fields}
    return {**row, "user_id": users[path[-1]]} if kind == "team_member" else {**row, "name": path[-1]}


def parent_of(kind: str, path: Path, outline: Outline) -> UUID | None:
    if kind == "service":
        team = outline.of(kind)[path]["team"]
        return outline.ids["team", team] if team else None
    if kind == "business_group" or path[:-1] == OUTSIDE:
        return None
    return outline.ids[KINDS[KINDS.index(kind) - 1], path[:-1]]


def events_of(planned: Plan, *, actor: Actor) -> list[NewEvent]:
    """One for each entry, as if somebody had made the changes by hand."""
    verbs = {"created": planned.created, "changed": planned.changed, "deleted": planned.removed}
    return [
        event_of(verb, change, planned, actor=actor) for verb, changes in verbs.items() for change in changes
    ]


def event_of(verb: str, change: Change, planned: Plan, *, actor: Actor) -> NewEvent:
    known = planned.present.ids if verb == "deleted" else planned.outline.ids
    old: dict[str, Any] = dict(told(change.old))
    if change.moved_from:
        old["place"] = shown(change.moved_from)
    return NewEvent(
        entity_type=change.kind,
        entity_id=str(known[change.kind, change.path]),
        event_type=verb,
        message=f"{change.kind.replace('_', ' ').capitalize()} {shown(change.path)} was {verb} by an import",
        actor=actor,
        metadata={"old": old, "new": dict(told(change.new))},
    )


def told(fields: Fields) -> Fields:
    return {name: shown(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def shown(path: Path) -> str:
    return " / ".join(name for name in path if name)


def place_of(kind: str, path: Path) -> str:
    """Where the document has what stands at the path."""
    levels = ("business_groups", "business_units", "teams", "members")
    if kind == "service":
        return f"services.{path[0]}"
    return ".".join(f"{level}.{name}" for level, name in zip(levels, path, strict=False) if name)
