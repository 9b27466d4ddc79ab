"""Notification channels and deliveries, as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["email", "webhook"]
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


def without_defaults(schema: dict[str, Any]) -> None:
    """What a change leaves out stays as it is, so nothing stands in for it."""
    for described in schema["properties"].values():
        described.pop("default", None)


class NewChannel(BaseModel):
    """A mail channel has recipients, a webhook a url. `minimum_severity` is for alerts alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    name: Name
    topics: Topics
    minimum_severity: Severity = "high"
    enabled: bool = True
    recipients: Recipients = []
    url: Url | None = None


class ChannelChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=without_defaults)

    name: Name = ""
    topics: Topics = []
    minimum_severity: Severity = "high"
    enabled: bool = True
    recipients: Recipients = []
    url: Url | None = None


class ChannelOut(BaseModel):
    """`secret_arn` names the secret that a webhook's requests are signed by, in the deployment's Secrets Manager."""

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
