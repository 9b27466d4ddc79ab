"""Saved views, in the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from psycopg import errors
from psycopg.rows import class_row

from cloudops.paging import Place
from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.saved_views.models import (
    NoSuchTeamError,
    SavedView,
    SavedViewExistsError,
    SavedViewNotFoundError,
    Viewer,
    ViewFields,
)

SQL = queries.load(__package__)


def list_views(
    connection: Connection, viewer: Viewer, *, of_list: str | None, limit: int, after: Place | None
) -> list[SavedView]:
    after_list, after_name, after_id = after.key if after else (None, None, None)
    place = {"after_list": after_list, "after_name": after_name, "after": after_id}
    with connection.cursor(row_factory=class_row(SavedView)) as cursor:
        return cursor.execute(
            SQL["list_views"], {"user_id": viewer.user_id, "list": of_list, "limit": limit, **place}
        ).fetchall()


def read_view(connection: Connection, view_id: UUID, viewer: Viewer) -> SavedView:
    """Raises SavedViewNotFoundError for a view that he must not see, too."""
    with connection.cursor(row_factory=class_row(SavedView)) as cursor:
        found = cursor.execute(SQL["read_view"], {"id": view_id, "user_id": viewer.user_id}).fetchone()
    if found is None:
        raise SavedViewNotFoundError
    return found


def lock_view(connection: Connection, view_id: UUID, viewer: Viewer) -> SavedView:
    connection.execute(SQL["lock_view"], {"id": view_id})
    return read_view(connection, view_id, viewer)


def insert_view(
    connection: Connection, view_id: UUID, of_list: str, wanted: ViewFields, *, owner_id: UUID, now: datetime
) -> None:
    row = {**vars(wanted), "id": view_id, "list": of_list, "owner_id": owner_id, "now": now}
    with domain_errors(wanted):
        connection.execute(SQL["insert_view"], row)


def change_view(connection: Connection, view_id: UUID, wanted: ViewFields, *, now: datetime) -> None:
    with domain_errors(wanted):
        connection.execute(SQL["change_view"], {**vars(wanted), "id": view_id, "now": now})


def delete_view(connection: Connection, view_id: UUID) -> None:
    connection.execute(SQL["delete_view"], {"id": view_id})


@contextmanager
def domain_errors(wanted: ViewFields) -> Iterator[None]:
    try:
        yield
    except errors.UniqueViolation as error:
        raise SavedViewExistsError(f"choose another name than {wanted.name}") from error
    except errors.ForeignKeyViolation as error:
        raise NoSuchTeamError(f"there is no team {wanted.team_id}", field="team_id") from error
