"""Lines of the trail as the API shows them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class EventOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    project_id: UUID | None
    team_id: UUID | None
    entity_type: str
    entity_id: str | None
    event_type: str
    message: str
    actor: str
    user_id: UUID | None
    metadata: dict[str, Any]
    created_at: datetime


class FaultOut(BaseModel):
    """`seq` counts from 1; null where the event has no place in the chain, or where a head is no head."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    kind: Literal["edited", "removed", "inserted", "reordered", "cut", "wiped", "rewritten", "forged_head"]
    seq: int | None
    event_id: UUID | None
    detail: str


class VerificationOut(BaseModel):
    """`anchored_seq` is how far heads kept elsewhere vouch for the chain; the first fault names the culprit."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    intact: bool
    events: int
    heads: int
    anchored_seq: int
    faults: list[FaultOut]


class EventPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[EventOut]
    next_cursor: str | None
