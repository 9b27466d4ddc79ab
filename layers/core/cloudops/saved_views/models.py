"""A list's filters under a name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cloudops.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError


class SavedViewNotFoundError(NotFoundError):
    """There is no such saved view, or it is somebody else's."""


class SavedViewExistsError(ConflictError):
    """You have a view of this list under that name."""


class NotYourViewError(ForbiddenError):
    """Only its owner or an admin changes a view."""


class NoSuchTeamError(InvalidError):
    """There is no such team."""


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who looks at views: everyone sees his own, his teams' and those for everyone."""

    user_id: UUID
    is_admin: bool


@dataclass(frozen=True, kw_only=True)
class ViewFields:
    """`team_id` is there for a team's view and for no other."""

    name: str
    query: str
    visibility: str
    team_id: UUID | None
    pinned: bool


@dataclass(frozen=True, kw_only=True)
class SavedView(ViewFields):
    id: UUID
    list: str
    owner_id: UUID
    owner: str
    team: str | None
    created_at: datetime
    updated_at: datetime

    def editable(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ViewFields.__dataclass_fields__}

    def may_be_changed_by(self, viewer: Viewer) -> bool:
        return viewer.is_admin or viewer.user_id == self.owner_id
