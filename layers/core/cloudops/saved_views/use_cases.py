"""Keep, share, change and forget views of lists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.errors import InvalidError
from cloudops.paging import Page, Place
from cloudops.platform.database import Connection
from cloudops.platform.etags import etag_of, require_match
from cloudops.saved_views import repository
from cloudops.saved_views.models import NotYourViewError, SavedView, Viewer, ViewFields


def list_views(
    connection: Connection, viewer: Viewer, *, of_list: str | None = None, limit: int, cursor: str | None
) -> Page[SavedView]:
    """His own, his teams' and those for everyone, by list and name."""
    after = Place.decode(cursor, str, str, UUID) if cursor else None
    rows = repository.list_views(connection, viewer, of_list=of_list, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda view: Place(key=(view.list, view.name, str(view.id))))


def show_view(connection: Connection, view_id: UUID, viewer: Viewer) -> SavedView:
    return repository.read_view(connection, view_id, viewer)


def save(
    connection: Connection, of_list: str, wanted: ViewFields, *, viewer: Viewer, actor: Actor, now: datetime
) -> SavedView:
    check(wanted)
    view_id = uuid4()
    repository.insert_view(connection, view_id, of_list, wanted, owner_id=viewer.user_id, now=now)
    saved = ViewFields(**vars(wanted))
    record(
        connection,
        event_of(view_id, "created", f"The view {wanted.name} of {of_list} was saved", actor, new=saved),
    )
    # Somebody may share with a team that he is not in; as the owner he sees the view nevertheless.
    return repository.read_view(connection, view_id, viewer)


def change(
    connection: Connection,
    view_id: UUID,
    fields: Mapping[str, Any],
    *,
    if_match: str | None,
    viewer: Viewer,
    actor: Actor,
    now: datetime,
) -> SavedView:
    view = changeable(connection, view_id, viewer)
    require_match(if_match, etag_of(view.editable()))
    old = ViewFields(**view.editable())
    wanted = ViewFields(**{**view.editable(), **fields})
    check(wanted)
    if wanted != old:
        repository.change_view(connection, view_id, wanted, now=now)
        message = f"The view {wanted.name} of {view.list} was changed"
        record(connection, event_of(view_id, "changed", message, actor, old=old, new=wanted))
    return repository.read_view(connection, view_id, viewer)


def forget(
    connection: Connection, view_id: UUID, *, if_match: str | None, viewer: Viewer, actor: Actor
) -> None:
    view = changeable(connection, view_id, viewer)
    require_match(if_match, etag_of(view.editable()))
    repository.delete_view(connection, view_id)
    old = ViewFields(**view.editable())
    record(
        connection,
        event_of(view_id, "deleted", f"The view {view.name} of {view.list} was deleted", actor, old=old),
    )


def changeable(connection: Connection, view_id: UUID, viewer: Viewer) -> SavedView:
    view = repository.lock_view(connection, view_id, viewer)
    if not view.may_be_changed_by(viewer):
        raise NotYourViewError(f"it is {view.owner}'s")
    return view


def check(wanted: ViewFields) -> None:
    """Raises InvalidError, which names the field."""
    if (wanted.visibility == "team") != (wanted.team_id is not None):
        raise InvalidError("a view for a team names it, and no other does", field="team_id")


def event_of(
    view_id: UUID,
    event_type: str,
    message: str,
    actor: Actor,
    *,
    old: ViewFields | None = None,
    new: ViewFields | None = None,
) -> NewEvent:
    sides = {"old": old, "new": new}
    return NewEvent(
        entity_type="saved_view",
        entity_id=str(view_id),
        event_type=event_type,
        message=message,
        actor=actor,
        metadata={side: written(fields) for side, fields in sides.items() if fields},
    )


def written(fields: ViewFields) -> dict[str, Any]:
    return {**vars(fields), "team_id": str(fields.team_id) if fields.team_id else None}
