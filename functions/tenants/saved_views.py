"""/api/v1/saved-views: the filters of lists under names."""

from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.etags import IfMatch, etag_of
from cloudops.platform.http import Unit, unit
from cloudops.platform.principal import Role
from cloudops.saved_views import use_cases as views
from cloudops.saved_views.models import SavedView, Viewer, ViewFields
from tenants.application import app
from tenants.saved_view_schemas import ListName, NewSavedView, SavedViewChange, SavedViewOut, SavedViewPage

Id = Annotated[UUID, Path()]


@app.get("/api/v1/saved-views")
def list_saved_views(
    of_list: Annotated[ListName | None, Query(alias="list")] = None,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)] = 100,
    cursor: Annotated[str | None, Query()] = None,
) -> SavedViewPage:
    """Your own views, those of your teams and those for everyone."""
    with unit(app) as one:
        page = views.list_views(one.connection, viewer(one), of_list=of_list, limit=limit, cursor=cursor)
    return SavedViewPage(items=[shown(view, one) for view in page.items], next_cursor=page.next_cursor)


@app.get("/api/v1/saved-views/<view_id>")
def show_saved_view(view_id: Id) -> Response[SavedViewOut]:
    with unit(app) as one:
        return view_answer(views.show_view(one.connection, view_id, viewer(one)), one)


@app.post("/api/v1/saved-views", status_code=201)
def save_view(wanted: NewSavedView) -> Response[SavedViewOut]:
    """Any role keeps views, and shares them."""
    fields = ViewFields(**wanted.model_dump(exclude={"list"}))
    with unit(app) as one:
        saved = views.save(
            one.connection, wanted.list, fields, viewer=viewer(one), actor=one.actor, now=one.now
        )
        return view_answer(saved, one, status=201)


@app.patch("/api/v1/saved-views/<view_id>")
def change_saved_view(
    view_id: Id, changes: SavedViewChange, if_match: IfMatch = None
) -> Response[SavedViewOut]:
    """Your own, or as an admin anybody's that you can see."""
    with unit(app) as one:
        changed = views.change(
            one.connection,
            view_id,
            changes.model_dump(exclude_unset=True),
            if_match=if_match,
            viewer=viewer(one),
            actor=one.actor,
            now=one.now,
        )
        return view_answer(changed, one)


@app.delete("/api/v1/saved-views/<view_id>", status_code=204)
def delete_saved_view(view_id: Id, if_match: IfMatch = None) -> Response[None]:
    with unit(app) as one:
        views.forget(one.connection, view_id, if_match=if_match, viewer=viewer(one), actor=one.actor)
    return Response(status_code=204)


def viewer(one: Unit) -> Viewer:
    return Viewer(user_id=one.principal.user_id, is_admin=one.principal.role >= Role.ADMIN)


def shown(view: SavedView, one: Unit) -> SavedViewOut:
    mine = view.owner_id == one.principal.user_id
    return SavedViewOut.model_validate({**vars(view), "mine": mine, "etag": etag_of(view.editable())})


def view_answer(view: SavedView, one: Unit, *, status: int = 200) -> Response[SavedViewOut]:
    body = shown(view, one)
    headers: dict[str, str | list[str]] = {"ETag": body.etag}
    return Response(status_code=status, content_type="application/json", headers=headers, body=body)
