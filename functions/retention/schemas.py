"""Retention and archives as the API shows them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class RetentionOut(BaseModel):
    """`keeps_rows` says that archived rows stay where they are, too."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    table_name: str
    hot_days: int
    keeps_rows: bool


class RetentionList(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[RetentionOut]


class RetentionChange(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    hot_days: Annotated[int, Field(ge=30, le=3650)]


class ArchiveOut(BaseModel):
    """`quarter` is its first day."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    table_name: str
    quarter: date
    key: str
    row_count: int
    byte_count: int
    sha256: str
    created_at: datetime
    restored_at: datetime | None


class ArchivePage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[ArchiveOut]
    next_cursor: str | None


class RestoredRowOut(BaseModel):
    """`content` is the row with all its columns, and under their table's name those that went with it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    closed_at: datetime
    content: dict[str, Any]


class RestoredRowPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[RestoredRowOut]
    next_cursor: str | None
