"""Notification channels and deliveries, as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Kind = Literal["email", "webhook", "slack"]
Topic = Literal["alert.raised", "approval.needed", "action.completed", "action.attention", "account.insecure"]
ShownTopic = Topic | Literal["channel.test"]
Severity = Literal["low", "medium", "high", "critical"]
DeliveryStatus = Literal["pending", "delivered", "failed"]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
Topics = Annotated[list[Topic], Field(min_length=1, max_length=10)]
Address = Annotated[
    str, Field(max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
]
Recipients = Annotated[list[Address], Field(max_length=20)]
Url = Annotated[str, Field(min_length=1, max_length=2000)]
SlackChannel = Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{5,20}$")]
BotToken = Annotated[SecretStr, Field(min_length=10, max_length=500)]
SigningSecret = Annotated[SecretStr, Field(min_length=16, max_length=500)]


def without_defaults(schema: dict[str, Any]) -> None:
    """What a change leaves out stays as it is, so nothing stands in for it."""
    for described in schema["properties"].values():
        described.pop("default", None)


class NewChannel(BaseModel):
    """A mail channel has recipients, a webhook a url; Slack the id of a channel there and an app's two secrets.

    `minimum_severity` is for alerts alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    name: Name
    topics: Topics
    minimum_severity: Severity = "high"
    enabled: bool = True
    recipients: Recipients = []
    url: Url | None = None
    slack_channel: SlackChannel | None = None
    bot_token: BotToken | None = None
    signing_secret: SigningSecret | None = None


class ChannelChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=without_defaults)

    name: Name = ""
    topics: Topics = []
    minimum_severity: Severity = "high"
    enabled: bool = True
    recipients: Recipients = []
    url: Url | None = None
    slack_channel: SlackChannel | None = None


class ChannelOut(BaseModel):
    """`secret_arn` names the secret in the deployment's Secrets Manager: what a webhook's requests are signed by, or an
    app's bot token and signing secret. Of which workspace and app they are is what Slack said.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    kind: Kind
    name: str
    enabled: bool
    topics: list[ShownTopic]
    minimum_severity: Severity
    recipients: list[str]
    url: str | None
    secret_arn: str | None
    slack_team_id: str | None
    slack_app_id: str | None
    slack_channel: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime


class NewChannelOut(ChannelOut):
    """`secret` is what a webhook's requests are signed by. It is shown this once."""

    secret: str | None


class ChannelPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ChannelOut]
    next_cursor: str | None


class NotificationDeliveryOut(BaseModel):
    """`due_at` is when a pending one is tried next; `last_error` is why the last attempt failed."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    notification_id: UUID
    channel_id: UUID
    channel_name: str
    topic: ShownTopic
    title: str
    status: DeliveryStatus
    attempts: int
    due_at: datetime
    last_error: str | None
    delivered_at: datetime | None
    created_at: datetime


class NotificationDeliveryPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[NotificationDeliveryOut]
    next_cursor: str | None
