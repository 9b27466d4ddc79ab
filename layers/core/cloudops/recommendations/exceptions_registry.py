"""Accepted findings in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from cloudops.errors import ConflictError, NotFoundError
from cloudops.paging import Cursor
from cloudops.platform.database import Connection
from cloudops.recommendations.life import Known
from cloudops.recommendations.models import Acceptance
from cloudops.recommendations.repository import SQL


class CheckExceptionNotFoundError(NotFoundError):
    """There is no such exception."""


class AlreadyAcceptedError(ConflictError):
    """This is accepted already."""


@dataclass(frozen=True, kw_only=True)
class NewException:
    """Without a resource all of the account are meant, without an account all."""

    check_id: str
    account_id: str | None = None
    resource_id: str | None = None
    reason: str
    until: date | None = None

    @property
    def words(self) -> str:
        return Acceptance(check_id=self.check_id, until=self.until, reason=self.reason).words


@dataclass(frozen=True, kw_only=True)
class CheckException(NewException):
    id: UUID
    created_by: str
    created_at: datetime
    ended_by: str | None
    ended_at: datetime | None

    @property
    def place(self) -> str:
        return " in ".join(one for one in (self.resource_id, self.account_id) if one) or "everywhere"


@dataclass(frozen=True, kw_only=True)
class ExceptionFilter:
    """`standing` leaves out those that ended, or with False those that did not."""

    check_id: str | None = None
    account: str | None = None
    resource: str | None = None
    standing: bool | None = None
    id: UUID | None = None


def list_exceptions(
    connection: Connection, chosen: ExceptionFilter, *, limit: int, after: Cursor | None
) -> list[CheckException]:
    position = {"after_at": after.at if after else None, "after_id": after.id if after else None}
    with connection.cursor(row_factory=class_row(CheckException)) as cursor:
        return cursor.execute(SQL["list_exceptions"], {**vars(chosen), **position, "limit": limit}).fetchall()


def read_exception(connection: Connection, exception_id: UUID) -> CheckException:
    found = list_exceptions(connection, ExceptionFilter(id=exception_id), limit=1, after=None)
    if not found:
        raise CheckExceptionNotFoundError
    return found[0]


def list_acceptances(connection: Connection) -> list[Acceptance]:
    """Of those that stand."""
    with connection.cursor(row_factory=class_row(Acceptance)) as cursor:
        return cursor.execute(SQL["list_acceptances"]).fetchall()


def insert_exception(
    connection: Connection, exception_id: UUID, new: NewException, *, created_by: str, now: datetime
) -> None:
    try:
        connection.execute(
            SQL["insert_exception"], {"id": exception_id, **vars(new), "created_by": created_by, "now": now}
        )
    except UniqueViolation as error:
        raise AlreadyAcceptedError("end the exception that stands first") from error


def end_exception(connection: Connection, exception_id: UUID, *, ended_by: str, now: datetime) -> bool:
    """False where it had ended before."""
    parameters = {"id": exception_id, "ended_by": ended_by, "now": now}
    return bool(connection.execute(SQL["end_exception"], parameters).rowcount)


def lapse_exceptions(connection: Connection, *, now: datetime) -> list[CheckException]:
    """End those whose last day has passed."""
    with connection.cursor(row_factory=class_row(CheckException)) as cursor:
        return cursor.execute(SQL["lapse_exceptions"], {"now": now, "today": now.date()}).fetchall()


def lock_open_in_scope(connection: Connection, new: NewException) -> list[Known]:
    with connection.cursor(row_factory=class_row(Known)) as cursor:
        return cursor.execute(SQL["lock_open_in_scope"], scope_of(new)).fetchall()


def except_coverage(connection: Connection, new: NewException) -> None:
    """What is flagged in the ledger now; the next run of the checks judges by the exception itself."""
    connection.execute(SQL["except_coverage"], {**scope_of(new), "words": new.words})


def scope_of(new: NewException) -> Mapping[str, Any]:
    return {"check_id": new.check_id, "account_id": new.account_id, "resource_id": new.resource_id}
