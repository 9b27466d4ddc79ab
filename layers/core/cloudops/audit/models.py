"""Lines of the trail, and what its verification found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
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
    team_id: UUID | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Event:
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


@dataclass(frozen=True, kw_only=True)
class Place:
    """A line's place in its tenant's chain."""

    seq: int
    event_id: UUID
    hash: bytes


class Tampering(StrEnum):
    EDITED = "edited"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT = "cut"
    WIPED = "wiped"
    REWRITTEN = "rewritten"
    FORGED_HEAD = "forged_head"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What does not fit. `event_id` is None where nothing tells which event stood there."""

    kind: Tampering
    seq: int | None
    event_id: UUID | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """`anchored_seq` is how far heads vouch for the chain; `faults` are in the order of the chain."""

    events: int
    heads: int
    anchored_seq: int
    faults: Sequence[Fault]

    @property
    def intact(self) -> bool:
        return not self.faults


@dataclass(frozen=True, kw_only=True)
class EventExport:
    """A file of the trail that somebody asked for; `ends_on` is the day after the last one."""

    id: UUID
    format: str
    starts_on: date | None
    ends_on: date | None
    status: str
    key: str | None
    row_count: int | None
    byte_count: int | None
    sha256: str | None
    requested_by: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ExportedEvent:
    """A line with its place in the chain; `metadata` is JSON text."""

    seq: int
    id: UUID
    created_at: datetime
    actor: str
    user_id: UUID | None
    team_id: UUID | None
    project_id: UUID | None
    entity_type: str
    entity_id: str | None
    event_type: str
    message: str
    metadata: str
    hash: str
