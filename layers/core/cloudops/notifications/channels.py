"""Where a tenant is told of things."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.errors import InvalidError
from cloudops.notifications import repository
from cloudops.notifications.models import Channel, ChannelFields, Workspace
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match
from cloudops.platform.webhooks import UnsafeAddressError, destination_of

# What says where a channel leads, by its kind.
LEADS_BY = {"email": "recipients", "webhook": "url", "slack": "slack_channel"}


def list_channels(connection: Connection, *, limit: int, cursor: str | None) -> Page[Channel]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_channels(connection, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def show_channel(connection: Connection, channel_id: UUID) -> Channel:
    return repository.read_channel(connection, channel_id)


def check(wanted: ChannelFields, hosts: Sequence[str]) -> None:
    """Raises InvalidError, which names the field. `hosts` are those that webhooks may lead to."""
    leads_by, others = LEADS_BY[wanted.kind], {*LEADS_BY.values()} - {LEADS_BY[wanted.kind]}
    if not getattr(wanted, leads_by) or any(getattr(wanted, other) for other in others):
        told = " or ".join(sorted(others))
        raise InvalidError(
            f"a channel of the kind {wanted.kind} has {leads_by}, and no {told}", field=leads_by
        )
    if wanted.url is None:
        return
    try:
        destination_of(wanted.url, hosts)
    except UnsafeAddressError as error:
        raise InvalidError(str(error), field="url") from error


def add(
    connection: Connection,
    channel_id: UUID,
    wanted: ChannelFields,
    *,
    secret_arn: str | None,
    workspace: Workspace | None = None,
    actor: Actor,
    now: datetime,
) -> Channel:
    """Of fields that were checked; its secret is kept elsewhere already."""
    repository.insert_channel(
        connection,
        channel_id,
        wanted,
        secret_arn=secret_arn,
        workspace=workspace,
        created_by=actor.name,
        now=now,
    )
    added = repository.read_channel(connection, channel_id)
    message = f"The notification channel {added.name} was added"
    record(connection, event_of(added, "created", message, actor, {"new": added.editable()}))
    return added


def change(
    connection: Connection,
    channel_id: UUID,
    fields: Mapping[str, Any],
    *,
    hosts: Sequence[str],
    if_match: str | None,
    actor: Actor,
    now: datetime,
) -> Channel:
    channel = repository.lock_channel(connection, channel_id)
    require_match(if_match, etag_of(channel.editable()))
    wanted = replace(ChannelFields(kind=channel.kind, **channel.editable()), **fields)
    check(wanted, hosts)
    repository.change_channel(connection, channel_id, wanted, now=now)
    changed = repository.read_channel(connection, channel_id)
    old, new = channel.editable(), changed.editable()
    if old != new:
        differing = [name for name in new if old[name] != new[name]]
        metadata = {side: {name: of[name] for name in differing} for side, of in (("old", old), ("new", new))}
        message = f"The notification channel {changed.name} was changed"
        record(connection, event_of(changed, "changed", message, actor, metadata))
    return changed


def remove(connection: Connection, channel_id: UUID, *, if_match: str | None, actor: Actor) -> Channel:
    """What was on its way there goes nowhere any more."""
    channel = repository.lock_channel(connection, channel_id)
    require_match(if_match, etag_of(channel.editable()))
    repository.delete_channel(connection, channel_id)
    message = f"The notification channel {channel.name} was removed"
    record(connection, event_of(channel, "deleted", message, actor, {"old": channel.editable()}))
    return channel


def event_of(
    channel: Channel, event_type: str, message: str, actor: Actor, metadata: Mapping[str, Any]
) -> NewEvent:
    return NewEvent(
        entity_type="notification_channel",
        entity_id=str(channel.id),
        event_type=event_type,
        message=message,
        actor=actor,
        metadata=metadata,
    )
