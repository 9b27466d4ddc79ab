"""Lines of the trail as the API shows them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cloudops.audit.models import EventExport
from cloudops.platform.parameters import Day


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


class NewExport(BaseModel):
    """Without `start` from the beginning, without `end` up to now; `end` is the day after the last one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["csv", "parquet"]
    start: Day | None = None
    end: Day | None = None


class ExportOut(BaseModel):
    """`url` is there once the file is, and ends after some minutes; ask again for another."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    format: Literal["csv", "parquet"]
    start: date | None
    end: date | None
    status: Literal["queued", "done", "expired"]
    row_count: int | None
    byte_count: int | None
    sha256: str | None
    requested_by: str
    created_at: datetime
    finished_at: datetime | None
    url: str | None

    @staticmethod
    def of(export: EventExport, *, status: str, url: str | None) -> "ExportOut":
        known = {name: getattr(export, name) for name in ExportOut.model_fields if hasattr(export, name)}
        return ExportOut.model_validate(
            {**known, "start": export.starts_on, "end": export.ends_on, "status": status, "url": url}
        )


class EventPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[EventOut]
    next_cursor: str | None
