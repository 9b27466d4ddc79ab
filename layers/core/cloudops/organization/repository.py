"""The organisation in the database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import errors
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cloudops.errors import ConflictError, InvalidError, NotFoundError
from cloudops.organization.models import (
    BusinessGroup,
    BusinessUnit,
    Cascade,
    Entry,
    Hierarchy,
    Member,
    Service,
    Team,
)
from cloudops.paging import Place
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)
EVERYTHING = 1_000_000
# The field that each foreign key checks.
REFERENCES = {
    "business_units_business_group_fkey": "business_group_id",
    "teams_business_unit_fkey": "business_unit_id",
    "services_team_fkey": "team_id",
    "team_members_team_fkey": "team_id",
    "team_members_user_fkey": "user_id",
}
FILTERS: Mapping[type[Entry], tuple[str, ...]] = {
    BusinessGroup: (),
    BusinessUnit: ("business_group_id",),
    Team: ("business_unit_id", "user_id"),
    Service: ("team_id", "service_type"),
}


class BusinessGroupNotFoundError(NotFoundError):
    """There is no such business group."""


class BusinessUnitNotFoundError(NotFoundError):
    """There is no such business unit."""


class TeamNotFoundError(NotFoundError):
    """There is no such team."""


class ServiceNotFoundError(NotFoundError):
    """There is no such service."""


class MemberNotFoundError(NotFoundError):
    """There is no such member of this team."""


class NameTakenError(ConflictError):
    """Something else in the same place has that name."""


class MemberExistsError(ConflictError):
    """This user is in the team already."""


MISSING: Mapping[type[Entry], type[NotFoundError]] = {
    BusinessGroup: BusinessGroupNotFoundError,
    BusinessUnit: BusinessUnitNotFoundError,
    Team: TeamNotFoundError,
    Service: ServiceNotFoundError,
}


@contextmanager
def told_by_field(name: str) -> Iterator[None]:
    """What refers to nothing in this tenant, or is there already, is told as what the user sent."""
    try:
        yield
    except errors.ForeignKeyViolation as error:
        field = REFERENCES.get(str(error.diag.constraint_name))
        raise InvalidError("there is no such thing in this tenant", field=field) from error
    except errors.UniqueViolation as error:
        if error.diag.constraint_name == "team_members_user_key":
            raise MemberExistsError from error
        raise NameTakenError(f"there is another {name}") from error


def position(limit: int, after: Place | None) -> dict[str, Any]:
    name, row_id = after.key if after else (None, None)
    return {"limit": limit, "after_name": name, "after_id": row_id}


def list_entries[T: Entry](
    connection: Connection, kind: type[T], chosen: Mapping[str, Any], *, limit: int, after: Place | None
) -> list[T]:
    """`chosen` says by which of the kind's filters, or by which `id`."""
    asked = {**dict.fromkeys(("id", *FILTERS[kind])), **chosen, **position(limit, after)}
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(SQL[f"list_{kind.noun}s"], asked).fetchall()


def read_entry[T: Entry](connection: Connection, kind: type[T], entry_id: UUID) -> T:
    found = list_entries(connection, kind, {"id": entry_id}, limit=1, after=None)
    if not found:
        raise MISSING[kind]
    return found[0]


def lock_entry[T: Entry](connection: Connection, kind: type[T], entry_id: UUID) -> T:
    """Nothing comes below it until the transaction ends."""
    connection.execute(SQL[f"lock_{kind.noun}"], {"id": entry_id})
    return read_entry(connection, kind, entry_id)


def insert_entry(
    connection: Connection, kind: type[Entry], entry_id: UUID, fields: Mapping[str, Any], *, now: datetime
) -> None:
    row = {**dict.fromkeys(kind.fields), **fields, "id": entry_id, "now": now}
    with told_by_field(row["name"]):
        connection.execute(SQL[f"insert_{kind.noun}"], row)


def change_entry(
    connection: Connection, kind: type[Entry], fields: Mapping[str, Any], *, now: datetime
) -> None:
    with told_by_field(fields["name"]):
        connection.execute(SQL[f"change_{kind.noun}"], {**fields, "now": now})


def delete_entry(connection: Connection, kind: type[Entry], entry_id: UUID) -> None:
    connection.execute(SQL[f"delete_{kind.noun}"], {"id": entry_id})


def read_cascade(connection: Connection, entry_id: UUID) -> Cascade:
    with connection.cursor(row_factory=class_row(Cascade)) as cursor:
        found = cursor.execute(SQL["read_cascade"], {"id": entry_id}).fetchone()
    if found is None:
        raise NotFoundError
    return found


def list_members(
    connection: Connection,
    team_id: UUID | None,
    *,
    limit: int = EVERYTHING,
    after: Place | None = None,
    member_id: UUID | None = None,
) -> list[Member]:
    asked = {"team_id": team_id, "id": member_id, **position(limit, after)}
    with connection.cursor(row_factory=class_row(Member)) as cursor:
        return cursor.execute(SQL["list_members"], asked).fetchall()


def read_member(connection: Connection, team_id: UUID, member_id: UUID) -> Member:
    found = list_members(connection, team_id, limit=1, member_id=member_id)
    if not found:
        raise MemberNotFoundError
    return found[0]


def insert_member(
    connection: Connection, member_id: UUID, fields: Mapping[str, Any], *, now: datetime
) -> None:
    with told_by_field("member"):
        connection.execute(SQL["insert_member"], {"id": member_id, **fields, "now": now})


def change_member(connection: Connection, member_id: UUID, *, role: str) -> None:
    connection.execute(SQL["change_member"], {"id": member_id, "role": role})


def delete_member(connection: Connection, member_id: UUID) -> None:
    connection.execute(SQL["delete_member"], {"id": member_id})


def is_lead(connection: Connection, team_id: UUID, user_id: UUID) -> bool:
    row = connection.execute(SQL["is_lead"], {"team_id": team_id, "user_id": user_id}).fetchone()
    return bool(row and row[0])


def read_hierarchy(connection: Connection) -> Hierarchy:
    return Hierarchy(
        groups=list_entries(connection, BusinessGroup, {}, limit=EVERYTHING, after=None),
        units=list_entries(connection, BusinessUnit, {}, limit=EVERYTHING, after=None),
        teams=list_entries(connection, Team, {}, limit=EVERYTHING, after=None),
        members=list_members(connection, None),
        services=list_entries(connection, Service, {}, limit=EVERYTHING, after=None),
    )


def lock_tenant(connection: Connection) -> None:
    """Two imports follow one another."""
    connection.execute(SQL["lock_tenant"])


def list_user_ids(connection: Connection) -> dict[str, UUID]:
    """By address in small letters."""
    return dict(connection.execute(SQL["list_user_ids"]).fetchall())


def put_rows(connection: Connection, noun: str, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Insert rows with new ids, and change those whose ids are known."""
    with told_by_field(noun.replace("_", " ")):
        connection.execute(SQL[f"put_{noun}s"], {"rows": Jsonb(list(rows), dumps=as_json), "now": now})


def delete_rows(connection: Connection, noun: str, ids: Sequence[UUID]) -> None:
    connection.execute(SQL[f"delete_{noun}s"], {"ids": list(ids)})


def as_json(rows: Any) -> str:
    return json.dumps(rows, default=str)
