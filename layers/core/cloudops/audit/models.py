"""One line of the trail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cloudops.actor import Actor


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    entity_type: str
    entity_id: str | None
    event_type: str
    message: str
    actor: Actor = field(default_factory=Actor)
    project_id: UUID | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Event:
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
