"""Cloud accounts and data sources in the database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import errors
from psycopg.rows import class_row, scalar_row

from cloudops.accounts.models import (
    ActionRole,
    CloudAccount,
    DataSource,
    NewConnection,
    Refusal,
    ScheduledSource,
    SourceFields,
    Verdict,
)
from cloudops.errors import ConflictError, InvalidError, NotFoundError
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)
# The field that each foreign key checks.
REFERENCES = {
    "cloud_accounts_tenant_id_project_id_fkey": "project_id",
    "cloud_accounts_team_fkey": "team_id",
    "data_sources_cloud_account_fkey": "cloud_account_id",
}


class CloudAccountNotFoundError(NotFoundError):
    """There is no such cloud account."""


class DataSourceNotFoundError(NotFoundError):
    """There is no such data source."""


class DataSourceExistsError(ConflictError):
    """Another data source reads the same place."""


@dataclass(frozen=True, kw_only=True)
class AccountFilter:
    provider: str | None = None
    account_id: str | None = None
    status: str | None = None
    project_id: UUID | None = None
    team_id: UUID | None = None
    id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class SourceFilter:
    kind: str | None = None
    enabled: bool | None = None
    id: UUID | None = None


def position(limit: int, after: Cursor | None) -> dict[str, Any]:
    return {
        "limit": limit,
        "after_at": after.at if after else None,
        "after_id": after.id if after else None,
    }


@contextmanager
def told_by_field() -> Iterator[None]:
    """What refers to nothing in this tenant, or stands for the same place twice, is told as what the user sent."""
    try:
        yield
    except errors.ForeignKeyViolation as error:
        field = REFERENCES.get(str(error.diag.constraint_name))
        raise InvalidError("there is no such thing in this tenant", field=field) from error
    except errors.UniqueViolation as error:
        raise DataSourceExistsError from error


def list_accounts(
    connection: Connection, chosen: AccountFilter, *, limit: int, after: Cursor | None
) -> list[CloudAccount]:
    with connection.cursor(row_factory=class_row(CloudAccount)) as cursor:
        return cursor.execute(SQL["list_accounts"], {**vars(chosen), **position(limit, after)}).fetchall()


def read_account(connection: Connection, account_id: UUID) -> CloudAccount:
    found = list_accounts(connection, AccountFilter(id=account_id), limit=1, after=None)
    if not found:
        raise CloudAccountNotFoundError
    return found[0]


def lock_account(connection: Connection, account_id: UUID) -> CloudAccount:
    with connection.cursor(row_factory=class_row(CloudAccount)) as cursor:
        found = cursor.execute(SQL["lock_account"], {"id": account_id}).fetchone()
    if found is None:
        raise CloudAccountNotFoundError
    return found


def ensure_account(
    connection: Connection, account_id: str, *, project_id: UUID, now: datetime
) -> CloudAccount:
    """The locked row of an AWS account's number, which bills may have brought before."""
    connection.execute(
        SQL["insert_account"], {"id": uuid4(), "account_id": account_id, "project_id": project_id, "now": now}
    )
    row = connection.execute(SQL["find_account"], {"provider": "aws", "account_id": account_id}).fetchone()
    if row is None:
        raise CloudAccountNotFoundError
    return lock_account(connection, row[0])


def connect_account(
    connection: Connection, account_id: UUID, wanted: NewConnection, *, external_id: str
) -> None:
    connection.execute(
        SQL["connect_account"],
        {
            "id": account_id,
            "role_arn": wanted.role_arn,
            "regions": wanted.regions,
            "external_id": external_id,
        },
    )


def disconnect_account(connection: Connection, account_id: UUID) -> None:
    connection.execute(SQL["disconnect_account"], {"id": account_id})


def change_account(connection: Connection, account_id: UUID, fields: Mapping[str, Any]) -> None:
    with told_by_field():
        connection.execute(SQL["change_account"], {"id": account_id, **fields})


def change_role(connection: Connection, account_id: UUID, role_arn: str) -> None:
    connection.execute(SQL["change_role"], {"id": account_id, "role_arn": role_arn})


def change_action_role(connection: Connection, account_id: UUID, role_arn: str | None) -> None:
    connection.execute(SQL["change_action_role"], {"id": account_id, "role_arn": role_arn})


def set_action_role_verdict(
    connection: Connection, account_id: UUID, verdict: Verdict, *, now: datetime
) -> None:
    judged = {"status": verdict.status, "reason": verdict.reason}
    connection.execute(SQL["set_action_role_verdict"], {"id": account_id, **judged, "now": now})


def count_sources_of(connection: Connection, account_id: UUID) -> int:
    row = connection.execute(SQL["count_sources_of"], {"id": account_id}).fetchone()
    return int(row[0]) if row else 0


def set_verdict(connection: Connection, account_id: UUID, verdict: Verdict, *, now: datetime) -> None:
    connection.execute(SQL["set_verdict"], {"id": account_id, **vars(verdict), "now": now})


def list_tried(connection: Connection) -> list[UUID]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["list_tried"]).fetchall()


def list_refusals(connection: Connection, account: CloudAccount) -> list[Refusal]:
    """Sorted by action."""
    parameters = {"id": account.id, "account_id": account.account_id, "regions": account.regions}
    with connection.cursor(row_factory=class_row(Refusal)) as cursor:
        return cursor.execute(SQL["list_refusals"], parameters).fetchall()


def list_sources(
    connection: Connection, chosen: SourceFilter, *, limit: int, after: Cursor | None
) -> list[DataSource]:
    with connection.cursor(row_factory=class_row(DataSource)) as cursor:
        return cursor.execute(SQL["list_sources"], {**vars(chosen), **position(limit, after)}).fetchall()


def read_source(connection: Connection, source_id: UUID) -> DataSource:
    found = list_sources(connection, SourceFilter(id=source_id), limit=1, after=None)
    if not found:
        raise DataSourceNotFoundError
    return found[0]


def lock_source(connection: Connection, source_id: UUID) -> DataSource:
    connection.execute(SQL["lock_source"], {"id": source_id})
    return read_source(connection, source_id)


def insert_source(connection: Connection, source_id: UUID, fields: SourceFields, *, now: datetime) -> None:
    with told_by_field():
        connection.execute(SQL["insert_source"], {"id": source_id, **vars(fields), "now": now})


def change_source(connection: Connection, source_id: UUID, fields: SourceFields, *, now: datetime) -> None:
    with told_by_field():
        connection.execute(SQL["change_source"], {"id": source_id, **vars(fields), "now": now})


def delete_source(connection: Connection, source_id: UUID) -> None:
    connection.execute(SQL["delete_source"], {"id": source_id})


def list_scheduled_sources(connection: Connection, kinds: Sequence[str]) -> list[ScheduledSource]:
    """Those that no other tick looks at, locked until the transaction ends."""
    with connection.cursor(row_factory=class_row(ScheduledSource)) as cursor:
        return cursor.execute(SQL["list_scheduled_sources"], {"kinds": list(kinds)}).fetchall()


def set_queued(connection: Connection, ids: Sequence[UUID], *, minute: datetime) -> None:
    connection.execute(SQL["set_queued"], {"ids": list(ids), "minute": minute})


def find_action_role(connection: Connection, account_id: str) -> ActionRole | None:
    with connection.cursor(row_factory=class_row(ActionRole)) as cursor:
        return cursor.execute(SQL["find_action_role"], {"account_id": account_id}).fetchone()


def set_fetched(
    connection: Connection, source_id: UUID, *, fetched_from: date, fetched_at: datetime | None
) -> None:
    parameters = {"id": source_id, "fetched_from": fetched_from, "fetched_at": fetched_at}
    connection.execute(SQL["set_fetched"], parameters)


def set_missing_actions(connection: Connection, source_id: UUID, missing_actions: Sequence[str]) -> None:
    parameters = {"id": source_id, "missing_actions": list(missing_actions)}
    connection.execute(SQL["set_missing_actions"], parameters)
