"""Policies, violations, exceptions and scans in the database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import errors
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from cloudops.compliance.policies.fields import Subject
from cloudops.compliance.policies.models import (
    SEVERITIES,
    ExceptionFilter,
    NewException,
    Policy,
    PolicyException,
    PolicyFields,
    PolicyFilter,
    PolicyScan,
    ScanKind,
    SeverityCount,
    Violation,
    ViolationFilter,
)
from cloudops.errors import InvalidError, NotFoundError
from cloudops.paging import Cursor, Place
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)
SUBJECTS_PER_FETCH = 2000
# The field that each constraint checks.
REFERENCES = {
    "exceptions_policy_fkey": "policy_id",
    "exceptions_resource_fkey": "resource_id",
}
ALL = 100_000


class PolicyNotFoundError(NotFoundError):
    """There is no such policy."""


class ViolationNotFoundError(NotFoundError):
    """There is no such violation."""


class ExceptionNotFoundError(NotFoundError):
    """There is no such exception."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    """What became of a violation. `before` is None where it is new; `differs` where its severity or reason does."""

    id: UUID
    policy_id: str | None
    account_id: str
    resource_id: str
    status: str
    before: str | None = None
    differs: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An open violation with its resource."""

    id: UUID
    policy_id: str
    account_id: str
    resource_id: str
    resource_name: str
    resource_type: str
    service: str
    region: str | None
    provider: str
    severity: str
    reason: str
    tags: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class LapsedException:
    id: UUID
    policy_id: str | None
    account_id: str | None
    resource_id: str | None


@contextmanager
def told_by_field() -> Iterator[None]:
    """What refers to nothing in this tenant, or is called as another one is, is told as what the user sent."""
    try:
        yield
    except errors.ForeignKeyViolation as error:
        field = REFERENCES.get(str(error.diag.constraint_name))
        raise InvalidError("there is no such thing in this tenant", field=field) from error
    except errors.UniqueViolation as error:
        raise InvalidError("another policy has this name", field="name") from error


def list_policies(
    connection: Connection, chosen: PolicyFilter, *, limit: int = ALL, after: Place | None = None
) -> list[Policy]:
    parameters = {**vars(chosen), "limit": limit, "after": after.key[0] if after else None}
    with connection.cursor(row_factory=class_row(Policy)) as cursor:
        return cursor.execute(SQL["list_policies"], parameters).fetchall()


def read_policy(connection: Connection, policy_id: str) -> Policy:
    found = list_policies(connection, PolicyFilter(id=policy_id), limit=1)
    if not found:
        raise PolicyNotFoundError
    return found[0]


def lock_policy(connection: Connection, policy_id: str) -> Policy:
    connection.execute(SQL["lock_policy"], {"id": policy_id})
    return read_policy(connection, policy_id)


def insert_policy(connection: Connection, policy_id: str, fields: PolicyFields, *, now: datetime) -> None:
    with told_by_field():
        connection.execute(SQL["insert_policy"], policy_row(policy_id, fields, now))


def change_policy(connection: Connection, policy_id: str, fields: PolicyFields, *, now: datetime) -> None:
    with told_by_field():
        connection.execute(SQL["change_policy"], policy_row(policy_id, fields, now))


def policy_row(policy_id: str, fields: PolicyFields, now: datetime) -> dict[str, Any]:
    documents = {"expression": Jsonb(fields.expression), "metadata": Jsonb(fields.metadata)}
    return {**vars(fields), **documents, "id": policy_id, "now": now}


def delete_policy(connection: Connection, policy_id: str) -> None:
    connection.execute(SQL["delete_policy"], {"id": policy_id})


def ensure_built_in(connection: Connection, policies: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    with told_by_field():
        connection.execute(SQL["ensure_built_in"], {"policies": Jsonb(list(policies)), "now": now})


def read_subjects(
    connection: Connection,
    *,
    providers: Sequence[str],
    types: Sequence[str] | None = None,
    account: str | None = None,
) -> Iterator[Subject]:
    """The cursor stays on the server, so that memory stays flat."""
    parameters = {"providers": list(providers), "types": list(types) if types else None, "account": account}
    with connection.cursor(name="subjects", row_factory=class_row(Subject)) as cursor:
        cursor.itersize = SUBJECTS_PER_FETCH
        yield from cursor.execute(SQL["read_subjects"], parameters)


def lock_evaluation(connection: Connection) -> None:
    """One evaluation of a tenant at a time."""
    connection.execute(SQL["lock_evaluation"])


def save_violations(
    connection: Connection, found: Sequence[Mapping[str, str]], *, now: datetime
) -> list[Transition]:
    with connection.cursor(row_factory=class_row(Transition)) as cursor:
        return cursor.execute(SQL["save_violations"], {"found": Jsonb(list(found)), "now": now}).fetchall()


def list_doubtful(connection: Connection, doubtful: Sequence[Mapping[str, str]]) -> list[UUID]:
    """The violations that stand where this time nobody could look."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["list_doubtful"], {"doubtful": Jsonb(list(doubtful))}).fetchall()


def fix_unseen(
    connection: Connection, policies: Sequence[str], *, doubtful: Sequence[UUID], now: datetime
) -> list[Transition]:
    parameters = {"policies": list(policies), "doubtful": list(doubtful), "now": now}
    with connection.cursor(row_factory=class_row(Transition)) as cursor:
        return cursor.execute(SQL["fix_unseen"], parameters).fetchall()


def fix_of_policy(connection: Connection, policy_id: str, *, now: datetime) -> list[Transition]:
    with connection.cursor(row_factory=class_row(Transition)) as cursor:
        return cursor.execute(SQL["fix_of_policy"], {"policy": policy_id, "now": now}).fetchall()


def list_open(connection: Connection, policy_id: str) -> list[Transition]:
    """The open violations of a policy, of which nothing became yet."""
    with connection.cursor(row_factory=class_row(Transition)) as cursor:
        return cursor.execute(SQL["list_open"], {"policy": policy_id}).fetchall()


def settle(connection: Connection, *, now: datetime) -> list[Transition]:
    """Suppress what approved exceptions cover now, and open again what they no longer do."""
    with connection.cursor(row_factory=class_row(Transition)) as cursor:
        return cursor.execute(SQL["settle"], {"now": now}).fetchall()


def read_standing(connection: Connection, policies: Sequence[str]) -> Iterator[Standing]:
    with connection.cursor(name="standing", row_factory=class_row(Standing)) as cursor:
        cursor.itersize = SUBJECTS_PER_FETCH
        yield from cursor.execute(SQL["read_standing"], {"policies": list(policies)})


def list_violations(
    connection: Connection, chosen: ViolationFilter, *, limit: int, after: Place | None
) -> list[Violation]:
    with connection.cursor(row_factory=class_row(Violation)) as cursor:
        return cursor.execute(SQL["list_violations"], {**vars(chosen), **ranked(limit, after)}).fetchall()


def list_latest_violations(connection: Connection, *, limit: int, after: Place | None) -> list[Violation]:
    with connection.cursor(row_factory=class_row(Violation)) as cursor:
        return cursor.execute(SQL["list_latest_violations"], ranked(limit, after)).fetchall()


def ranked(limit: int, after: Place | None) -> dict[str, Any]:
    rank, at, row_id = after.key if after else (None, None, None)
    return {"limit": limit, "after_rank": rank, "after_at": at, "after_id": row_id}


def read_violation(connection: Connection, violation_id: UUID) -> Violation:
    found = list_violations(connection, ViolationFilter(id=violation_id), limit=1, after=None)
    if not found:
        raise ViolationNotFoundError
    return found[0]


def count_violations(connection: Connection) -> list[SeverityCount]:
    """The most severe first, those without violations too."""
    with connection.cursor(row_factory=class_row(SeverityCount)) as cursor:
        found = {one.severity: one for one in cursor.execute(SQL["count_violations"])}
    none = {"open": 0, "suppressed": 0, "fixed": 0}
    return [found.get(severity) or SeverityCount(severity=severity, **none) for severity in SEVERITIES]


def list_exceptions(
    connection: Connection, chosen: ExceptionFilter, *, limit: int, after: Cursor | None
) -> list[PolicyException]:
    with connection.cursor(row_factory=class_row(PolicyException)) as cursor:
        return cursor.execute(SQL["list_exceptions"], {**vars(chosen), **position(limit, after)}).fetchall()


def position(limit: int, after: Cursor | None) -> dict[str, Any]:
    return {
        "limit": limit,
        "after_at": after.at if after else None,
        "after_id": after.id if after else None,
    }


def read_exception(connection: Connection, exception_id: UUID) -> PolicyException:
    found = list_exceptions(connection, ExceptionFilter(id=exception_id), limit=1, after=None)
    if not found:
        raise ExceptionNotFoundError
    return found[0]


def lock_exception(connection: Connection, exception_id: UUID) -> PolicyException:
    connection.execute(SQL["lock_exception"], {"id": exception_id})
    return read_exception(connection, exception_id)


def insert_exception(
    connection: Connection,
    exception_id: UUID,
    wanted: NewException,
    *,
    created_by: UUID | None,
    now: datetime,
) -> None:
    with told_by_field():
        connection.execute(
            SQL["insert_exception"],
            {**vars(wanted), "id": exception_id, "created_by": created_by, "now": now},
        )


def decide_exception(
    connection: Connection,
    exception_id: UUID,
    status: str,
    *,
    decision: str,
    decided_by: UUID | None,
    now: datetime,
) -> None:
    parameters = {"id": exception_id, "status": status, "decision": decision, "decided_by": decided_by}
    connection.execute(SQL["decide_exception"], {**parameters, "now": now})


def expire_exceptions(connection: Connection, *, now: datetime) -> list[LapsedException]:
    with connection.cursor(row_factory=class_row(LapsedException)) as cursor:
        return cursor.execute(SQL["expire_exceptions"], {"now": now}).fetchall()


def start_scan(connection: Connection, scan_id: UUID, kind: ScanKind, *, now: datetime) -> None:
    connection.execute(SQL["start_scan"], {"id": scan_id, "kind": kind, "now": now})


def lock_unfinished_scan(connection: Connection, scan_id: UUID) -> bool:
    """Whether it is still to be done; nobody else does it until the transaction ends."""
    return connection.execute(SQL["lock_scan"], {"id": scan_id}).fetchone() == (False,)


def finish_scan(connection: Connection, scan_id: UUID, counts: Mapping[str, int], *, now: datetime) -> None:
    connection.execute(SQL["finish_scan"], {"id": scan_id, "counts": Jsonb(dict(counts)), "now": now})


def list_scans(connection: Connection, *, limit: int, after: Cursor | None) -> list[PolicyScan]:
    with connection.cursor(row_factory=class_row(PolicyScan)) as cursor:
        return cursor.execute(SQL["list_scans"], position(limit, after)).fetchall()
