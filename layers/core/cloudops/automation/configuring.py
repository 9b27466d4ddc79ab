"""Say what automation may do."""

from dataclasses import dataclass
from datetime import datetime

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.automation import repository
from cloudops.automation.permissions import BY_NAME, KEYS, check_value
from cloudops.errors import NotFoundError
from cloudops.platform.database import Connection


class KeyNotSetError(NotFoundError):
    """The key is not set."""


@dataclass(frozen=True, kw_only=True)
class Configured:
    """A key as people see it, whether it is set or not."""

    key: str
    value: str | None
    example: str
    description: str
    updated_by: str | None
    updated_at: datetime | None


def show(connection: Connection) -> list[Configured]:
    stored = {one.key: one for one in repository.list_configuration(connection)}
    return [
        Configured(
            key=key.name,
            value=stored[key.name].value if key.name in stored else None,
            example=key.example,
            description=key.description,
            updated_by=stored[key.name].updated_by if key.name in stored else None,
            updated_at=stored[key.name].updated_at if key.name in stored else None,
        )
        for key in KEYS
    ]


def configure(connection: Connection, key: str, value: str, *, actor: Actor, now: datetime) -> Configured:
    """Raises BadConfigurationError, which names the field."""
    check_value(key, value)
    before = repository.read_configuration(connection).get(key)
    description = BY_NAME[key].description
    repository.save_configuration(
        connection, key, value, description=description, updated_by=actor.name, now=now
    )
    record(connection, event_of(key, before, value, actor))
    return next(one for one in show(connection) if one.key == key)


def take_away(connection: Connection, key: str, *, actor: Actor) -> None:
    before = repository.read_configuration(connection).get(key)
    if not repository.delete_configuration(connection, key):
        raise KeyNotSetError
    record(connection, event_of(key, before, None, actor))


def event_of(key: str, before: str | None, after: str | None, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="system_config",
        entity_id=key,
        event_type="changed",
        message=f"{actor.name} set {key} to {after}"
        if after is not None
        else f"{actor.name} took {key} away",
        actor=actor,
        metadata={"old": {"value": before}, "new": {"value": after}},
    )
