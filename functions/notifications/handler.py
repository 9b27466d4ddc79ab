"""/api/v1/notification-channels and /api/v1/notification-deliveries: who is told where, and whether it arrived."""

import secrets
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.errors import InvalidError
from cloudops.notifications import channels
from cloudops.notifications import use_cases as notifications
from cloudops.notifications.models import Channel, ChannelFields
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.etags import IfMatch, etag_of
from cloudops.platform.http import Unit, api, handle, unit
from cloudops.platform.principal import Role
from cloudops.platform.secrets import create_secret, delete_secret
from cloudops.platform.settings import settings
from cloudops.platform.slack import SlackCredentials
from cloudops.platform.telemetry import observed
from cloudops.slack.binding import workspace_of
from cloudops.slack.posting import secret_text
from notifications.schemas import (
    ChannelChange,
    ChannelOut,
    ChannelPage,
    DeliveryStatus,
    NewChannel,
    NewChannelOut,
    NotificationDeliveryOut,
    NotificationDeliveryPage,
)

app = api()

Id = Annotated[UUID, Path()]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]
SECRETS = {"bot_token", "signing_secret"}


@app.get("/api/v1/notification-channels")
def list_channels(limit: Limit = 100, cursor: Cursor = None) -> ChannelPage:
    """Where this tenant is told of things, the newest first."""
    with unit(app) as one:
        page = channels.list_channels(one.connection, limit=limit, cursor=cursor)
    return ChannelPage(
        items=[ChannelOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/notification-channels/<channel_id>")
def show_channel(channel_id: Id) -> Response[ChannelOut]:
    with unit(app) as one:
        return answer(channels.show_channel(one.connection, channel_id))


@app.post("/api/v1/notification-channels", status_code=201)
def add_channel(wanted: NewChannel) -> Response[NewChannelOut]:
    """Mail to people, a signed request to a program, or a channel in Slack.

    The secret of a webhook is made here, and shown this once. Those of a Slack app are never shown.
    """
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
    fields, channel_id = ChannelFields(**wanted.model_dump(exclude=SECRETS)), uuid4()
    channels.check(fields, hosts())
    slack = credentials_of(wanted)
    secret = secrets.token_urlsafe(32) if wanted.kind == "webhook" else None
    # No transaction waits for Slack or AWS: it would be cut off, and hold its locks until then.
    workspace = workspace_of(slack) if slack else None
    kept = secret_text(slack) if slack else secret
    arn = create_secret(name_of_secret(one, channel_id), kept, key=our_key()) if kept else None
    with unit(app) as one:
        added = channels.add(
            one.connection,
            channel_id,
            fields,
            secret_arn=arn,
            workspace=workspace,
            actor=one.actor,
            now=one.now,
        )
    shown = NewChannelOut(**ChannelOut.model_validate(added).model_dump(), secret=secret)
    return Response(
        status_code=201,
        content_type="application/json",
        body=shown,
        headers={"ETag": etag_of(added.editable()), "Cache-Control": "no-store"},
    )


@app.patch("/api/v1/notification-channels/<channel_id>")
def change_channel(channel_id: Id, wanted: ChannelChange, if_match: IfMatch = None) -> Response[ChannelOut]:
    """A channel keeps its secret, wherever it leads."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        changed = channels.change(
            one.connection,
            channel_id,
            wanted.model_dump(exclude_unset=True),
            hosts=hosts(),
            if_match=if_match,
            actor=one.actor,
            now=one.now,
        )
        return answer(changed)


@app.delete("/api/v1/notification-channels/<channel_id>", status_code=204)
def remove_channel(channel_id: Id, if_match: IfMatch = None) -> Response[None]:
    """Nothing more is told there; its deliveries go with it."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        removed = channels.remove(one.connection, channel_id, if_match=if_match, actor=one.actor)
    if removed.secret_arn:
        delete_secret(removed.secret_arn)
    return Response(status_code=204)


@app.post("/api/v1/notification-channels/<channel_id>/test", status_code=202)
def test_channel(channel_id: Id) -> Response[ChannelOut]:
    """Send a notification to this channel alone. Its delivery tells what became of it."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        found = channels.show_channel(one.connection, channel_id)
        notifications.send_test(one.connection, found, by=one.principal.email, now=one.now)
        return answer(found, status=202)


@app.get("/api/v1/notification-deliveries")
def list_deliveries(
    channel: Annotated[UUID | None, Query()] = None,
    notification: Annotated[UUID | None, Query()] = None,
    status: Annotated[DeliveryStatus | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> NotificationDeliveryPage:
    """What was told where, how often it was tried, and why it did not arrive, the newest first."""
    chosen = notifications.DeliveryFilter(channel=channel, notification=notification, status=status)
    with unit(app) as one:
        page = notifications.list_deliveries(one.connection, chosen, limit=limit, cursor=cursor)
    return NotificationDeliveryPage(
        items=[NotificationDeliveryOut.model_validate(row) for row in page.items],
        next_cursor=page.next_cursor,
    )


def credentials_of(wanted: NewChannel) -> SlackCredentials | None:
    given = {name: getattr(wanted, name) for name in sorted(SECRETS)}
    for name, value in given.items():
        if (value is None) == (wanted.kind == "slack"):
            raise InvalidError("a Slack channel has it, and no other", field=name)
    if wanted.kind != "slack":
        return None
    return SlackCredentials(**{name: value.get_secret_value() for name, value in given.items()})


def hosts() -> Sequence[str]:
    return (settings().webhook_hosts or "").split(",")


def name_of_secret(one: Unit, channel_id: UUID) -> str:
    """Named by us, so that no tenant has anything signed by another's secret."""
    return f"{settings().require('notifications_prefix')}/{one.principal.tenant_id}/{channel_id}"


def our_key() -> str:
    return settings().require("encryption_key_arn")


def answer(channel: Channel, *, status: int = 200) -> Response[ChannelOut]:
    return Response(
        status_code=status,
        content_type="application/json",
        body=ChannelOut.model_validate(channel),
        headers={"ETag": etag_of(channel.editable())},
    )


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
