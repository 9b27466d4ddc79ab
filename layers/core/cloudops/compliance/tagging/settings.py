"""What tags are required: read and replaced as a whole."""

from collections.abc import Sequence
from datetime import datetime

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.compliance.tagging import repository
from cloudops.compliance.tagging.models import RequiredTag, TagSettings, normal_key
from cloudops.errors import InvalidError
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match

RESERVED = "aws:"


def read_settings(connection: Connection) -> TagSettings:
    """Those that were set, else the default ones."""
    return repository.read_settings(connection)


def replace_settings(
    connection: Connection, wanted: TagSettings, *, if_match: str | None, actor: Actor, now: datetime
) -> TagSettings:
    """Holds from the next scan on; earlier scans keep what they found."""
    check(wanted)
    repository.lock_settings(connection)
    before = repository.read_settings(connection)
    require_match(if_match, etag_of(before.editable()))
    repository.replace_settings(connection, wanted, now=now)
    if before.editable() != wanted.editable():
        record(connection, changed_event(before, wanted, actor))
    return repository.read_settings(connection)


def check(wanted: TagSettings) -> None:
    check_keys(wanted.default, "default")
    if "" in wanted.types:
        raise InvalidError("a type has a name", field="types")
    for name, tags in wanted.types.items():
        check_keys(tags, f"types.{name}")
    for number, one in enumerate(wanted.exemptions):
        if not (one.account_id or one.resource_type or one.resource_id):
            raise InvalidError(
                "it has to name an account, a type or a resource", field=f"exemptions.{number}"
            )


def check_keys(tags: Sequence[RequiredTag], field: str) -> None:
    keys = [normal_key(tag.key) for tag in tags]
    if twice := next((tag.key for tag, key in zip(tags, keys, strict=True) if keys.count(key) > 1), None):
        raise InvalidError(
            f"{twice} is named twice; case, dashes and underscores make no difference", field=field
        )
    for tag, key in zip(tags, keys, strict=True):
        if not key or key.startswith(RESERVED):
            raise InvalidError(f"nobody can set the key {tag.key!r}", field=field)
        if tag.allowed_values is not None and len(tag.allowed_values) == 0:
            raise InvalidError(
                f"no value of {tag.key} is allowed; leave allowed_values out for any", field=field
            )


def changed_event(before: TagSettings, after: TagSettings, actor: Actor) -> NewEvent:
    return NewEvent(
        entity_type="required_tags",
        entity_id=None,
        event_type="changed",
        message=f"{actor.name} changed the required tags",
        actor=actor,
        metadata={"old": before.editable(), "new": after.editable()},
    )
