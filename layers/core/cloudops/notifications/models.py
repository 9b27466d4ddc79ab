"""What people are told, where, and whether it arrived."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from cloudops.errors import ConflictError, NotFoundError


class ChannelNotFoundError(NotFoundError):
    """There is no such notification channel."""


class ChannelDisabledError(ConflictError):
    """The channel is switched off."""


class Topic(StrEnum):
    ALERT_RAISED = "alert.raised"
    APPROVAL_NEEDED = "approval.needed"
    ACTION_COMPLETED = "action.completed"
    ACTION_ATTENTION = "action.attention"
    ACCOUNT_INSECURE = "account.insecure"
    CHANNEL_TEST = "channel.test"


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


# How long to wait after each attempt that failed; after the last of them the delivery has failed.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
# Longer than a sender can live, so that whoever takes a delivery again finds nobody sending it.
TAKEN_FOR = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class NewNotification:
    """`what` tells this from everything else that happened to the entity: the same again is told no more."""

    topic: Topic
    severity: str
    title: str
    body: str
    entity_type: str
    entity_id: str
    what: str


@dataclass(frozen=True, kw_only=True)
class ChannelFields:
    """What people set. `recipients` are for mail, `url` for a webhook, `slack_channel` for Slack: its id there."""

    kind: str
    name: str
    topics: Sequence[str]
    minimum_severity: str = "high"
    enabled: bool = True
    recipients: Sequence[str] = field(default_factory=list)
    url: str | None = None
    slack_channel: str | None = None


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Whose a bot token is, as Slack says: of which workspace, and of which app."""

    team_id: str
    app_id: str


@dataclass(frozen=True, kw_only=True)
class Channel:
    id: UUID
    kind: str
    name: str
    enabled: bool
    topics: list[str]
    minimum_severity: str
    recipients: list[str]
    url: str | None
    secret_arn: str | None
    slack_team_id: str | None
    slack_app_id: str | None
    slack_channel: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime

    def editable(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "enabled": self.enabled,
            "topics": self.topics,
            "minimum_severity": self.minimum_severity,
            "recipients": self.recipients,
            "url": self.url,
            "slack_channel": self.slack_channel,
        }


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A notification on its way through a channel, as people see it."""

    id: UUID
    notification_id: UUID
    channel_id: UUID
    channel_name: str
    topic: str
    title: str
    status: str
    attempts: int
    due_at: datetime
    last_error: str | None
    delivered_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Letter:
    """All that a sender needs. `attempts` counts this one."""

    id: UUID
    attempts: int
    notification_id: UUID
    topic: str
    severity: str
    title: str
    body: str
    entity_type: str
    entity_id: str
    created_at: datetime
    channel_id: UUID
    kind: str
    recipients: list[str]
    url: str | None
    secret_arn: str | None
    slack_team_id: str | None = None
    slack_channel: str | None = None


class UndeliverableError(Exception):
    """The channel cannot be delivered to, now or later."""


class NotDeliveredError(Exception):
    """It did not arrive this time. `retry_after` is how long the receiver asks us to wait."""

    def __init__(self, message: str, *, retry_after: timedelta = timedelta()) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an attempt; `due_at` is when to try again, None where there is nothing more to try."""

    status: DeliveryStatus
    error: str | None = None
    due_at: datetime | None = None


def outcome_of(attempts: int, error: Exception | None, now: datetime) -> Outcome:
    if error is None:
        return Outcome(status=DeliveryStatus.DELIVERED)
    if isinstance(error, UndeliverableError) or attempts > len(WAITS):
        return Outcome(status=DeliveryStatus.FAILED, error=str(error))
    asked = error.retry_after if isinstance(error, NotDeliveredError) else timedelta()
    return Outcome(
        status=DeliveryStatus.PENDING, error=str(error), due_at=now + max(WAITS[attempts - 1], asked)
    )
