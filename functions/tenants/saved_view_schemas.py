"""Saved views as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from tenants.schemas import Change, New, Out

ListName = Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,59}$")]
ViewName = Annotated[str, Field(min_length=1, max_length=100)]
ViewQuery = Annotated[str, Field(max_length=2000)]
Visibility = Literal["private", "team", "everyone"]


class NewSavedView(New):
    """`query` holds the filters as the list takes them, e.g. `status=open&severity=high`."""

    list: ListName
    name: ViewName
    query: ViewQuery
    visibility: Visibility = "private"
    team_id: UUID | None = None
    pinned: bool = False


class SavedViewChange(Change):
    """What is left out stays as it is."""

    name: ViewName = ""
    query: ViewQuery = ""
    visibility: Visibility = "private"
    team_id: UUID | None = None
    pinned: bool = False


class SavedViewOut(Out):
    """`etag` is what a change of this view sends as If-Match; `mine` says whether you own it."""

    id: UUID
    list: str
    name: str
    query: str
    visibility: Visibility
    team_id: UUID | None
    team: str | None
    pinned: bool
    owner: str
    mine: bool
    etag: str
    created_at: datetime
    updated_at: datetime


class SavedViewPage(Out):
    items: list[SavedViewOut]
    next_cursor: str | None
