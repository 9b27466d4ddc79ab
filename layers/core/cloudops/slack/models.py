"""What was posted to Slack, and what is known of who presses a button there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cloudops.errors import ForbiddenError, NotFoundError


class CardNotFoundError(NotFoundError):
    """There is no such message."""


class NoMemberError(ForbiddenError):
    """You are no member here."""


class OtherWorkspaceError(ForbiddenError):
    """Only people of the workspace that this channel belongs to decide here."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a message stands in Slack. `ts` is its id within the channel."""

    team_id: str
    channel: str
    ts: str


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Whose a card is, as its place tells before a tenant is known."""

    tenant_id: UUID
    id: UUID
    channel_id: UUID
    secret_arn: str
    slack_app_id: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a card shows. `state` is another word whenever it has to show something else."""

    type: str
    id: UUID
    state: str
    changing: bool


@dataclass(frozen=True, kw_only=True)
class Card:
    """A message that shows a subject and lets people decide about it."""

    id: UUID
    channel_id: UUID
    subject_type: str
    subject_id: UUID
    slack_team_id: str
    slack_channel: str
    ts: str


@dataclass(frozen=True, kw_only=True)
class StaleCard(Card):
    """A card that no longer shows what is. `attempts` counts this one; without a state the subject is gone."""

    attempts: int
    secret_arn: str
    state: str | None
    changing_still: bool | None


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """`subject` is what the message shows, None for a mere text; `thread_ts` is where it was added to."""

    channel_id: UUID
    notification_id: UUID
    entity_type: str
    entity_id: str
    subject: Subject | None
    place: Place
    thread_ts: str | None


@dataclass(frozen=True, kw_only=True)
class Content:
    """`text` is what devices show that cannot show blocks."""

    text: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message before it is posted."""

    content: Content
    subject: Subject | None
    thread_ts: str | None


@dataclass(frozen=True, kw_only=True)
class SlackUser:
    """A person as Slack tells."""

    id: str
    team_id: str
    email: str | None
    is_person: bool


@dataclass(frozen=True, kw_only=True)
class Press:
    """A button that somebody pressed, or a form that he sent. `value` is what he chose, or his comment."""

    verb: str
    value: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """`action_id` is an action that may go on now."""

    action_id: UUID | None = None
