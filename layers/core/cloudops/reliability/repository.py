"""Monitored targets and their datapoints in the database; a late value replaces its own."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row, scalar_row

from cloudops.errors import ConflictError, NotFoundError
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.reliability.models import Datapoint, PositionedTarget, Sample, Target

SQL = queries.load(__package__)


class TargetNotFoundError(NotFoundError):
    """There is no such monitored target."""


class AlreadyMonitoredError(ConflictError):
    """This is monitored already."""


def upsert_datapoints(connection: Connection, project_id: UUID, datapoints: Iterable[Datapoint]) -> int:
    """How many were new or changed."""
    connection.execute(SQL["stage_datapoints"])
    with connection.cursor().copy(SQL["copy_staged_datapoints"]) as copy:
        for one in datapoints:
            dimensions = json.dumps(dict(one.dimensions), sort_keys=True)
            copy.write_row(
                (one.resource_id, one.metric_name, one.at, one.namespace, dimensions, one.value, one.unit)
            )
    changed = connection.execute(SQL["upsert_datapoints"], {"project_id": project_id}).rowcount
    connection.execute(SQL["drop_staged_datapoints"])
    return changed


def list_targets(connection: Connection, *, limit: int, after: Cursor | None) -> list[Target]:
    parameters = {
        "limit": limit,
        "after_at": after.at if after else None,
        "after_id": after.id if after else None,
    }
    with connection.cursor(row_factory=class_row(Target)) as cursor:
        return cursor.execute(SQL["list_targets"], parameters).fetchall()


def list_targets_with_positions(connection: Connection) -> list[PositionedTarget]:
    """Sorted by project, account, region and period."""
    with connection.cursor(row_factory=class_row(PositionedTarget)) as cursor:
        return cursor.execute(SQL["list_targets_with_positions"]).fetchall()


def insert_target(connection: Connection, target: Target) -> None:
    try:
        connection.execute(SQL["insert_target"], vars(target))
    except UniqueViolation as error:
        raise AlreadyMonitoredError(f"{target.resource_id} is the resource_id of another target") from error


def list_watched_stages(
    connection: Connection, *, account_id: str, region: str
) -> set[tuple[str, str | None]]:
    """Names of APIs with a stage, or with None where all of the API is one target."""
    parameters = {"account_id": account_id, "region": region}
    return set(connection.execute(SQL["list_watched_stages"], parameters).fetchall())


def delete_target(connection: Connection, target_id: UUID) -> str:
    """The resource_id of what is no longer monitored."""
    row = connection.execute(SQL["delete_target"], {"id": target_id}).fetchone()
    if row is None:
        raise TargetNotFoundError
    return str(row[0])


def mark_read(connection: Connection, ids: Sequence[UUID], *, now: datetime) -> None:
    connection.execute(SQL["mark_targets_read"], {"ids": list(ids), "now": now})


def mark_failed(
    connection: Connection, ids: Sequence[UUID], error: str, missing_actions: Sequence[str]
) -> None:
    parameters = {"ids": list(ids), "error": error, "missing_actions": list(missing_actions)}
    connection.execute(SQL["mark_targets_failed"], parameters)


def read_latest_time(connection: Connection, resource_id: str, metric_name: str) -> datetime | None:
    with connection.cursor(row_factory=scalar_row) as cursor:
        parameters = {"resource_id": resource_id, "metric_name": metric_name}
        latest: datetime | None = cursor.execute(SQL["read_latest_time"], parameters).fetchone()
    return latest


def read_series(connection: Connection, parameters: dict[str, Any]) -> list[Sample]:
    with connection.cursor(row_factory=class_row(Sample)) as cursor:
        return cursor.execute(SQL["read_series"], parameters).fetchall()
