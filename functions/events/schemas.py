"""Lines of the trail as the API shows them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class EventOut(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    project_id: UUID | None
    entity_type: str
    entity_id: str | None
    event_type: str
    message: str
    actor: str
    user_id: UUID | None
    metadata: dict[str, Any]
    created_at: datetime


class EventPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[EventOut]
    next_cursor: str | None
