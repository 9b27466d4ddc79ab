"""Owned costs and unit counts in the database."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from cloudops.errors import NotFoundError
from cloudops.paging import Place
from cloudops.period import DateRange
from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.showback.models import (
    SELF_TAG,
    DrilledCost,
    Level,
    Measure,
    OwnedCost,
    SelfCost,
    ShowbackLine,
    StoredCount,
    UnitCost,
    UnitCount,
)

SQL = queries.load(__package__)


class TeamNotFoundError(NotFoundError):
    """There is no such team."""


def rows_of[T](connection: Connection, shape: type[T], query: str, **parameters: Any) -> list[T]:
    with connection.cursor(row_factory=class_row(shape)) as cursor:
        return cursor.execute(SQL[query], parameters).fetchall()


def read_owned_costs(
    connection: Connection, level: Level, span: DateRange, measure: Measure
) -> list[OwnedCost]:
    connection.execute(SQL["plan_for_sets"])
    return rows_of(
        connection,
        OwnedCost,
        "read_owned_costs",
        level=level,
        measure=measure,
        previous=span.before().start,
        start=span.start,
        end=span.end,
    )


def read_drilled_costs(
    connection: Connection,
    team_id: UUID | None,
    span: DateRange,
    *,
    group_by: str,
    measure: Measure,
    limit: int,
) -> list[DrilledCost]:
    return rows_of(
        connection,
        DrilledCost,
        "read_drilled_costs",
        team_id=team_id,
        group_by=group_by,
        measure=measure,
        start=span.start,
        end=span.end,
        limit=limit,
    )


def read_showback(
    connection: Connection, team_id: UUID | None, team: str | None, span: DateRange
) -> list[ShowbackLine]:
    return rows_of(
        connection,
        ShowbackLine,
        "read_showback",
        team_id=team_id,
        team=team,
        month=span.start,
        start=span.start,
        end=span.end,
    )


def find_team(connection: Connection, team: str) -> tuple[UUID, str]:
    """By id, else by name; of several teams with the name none is meant."""
    found = connection.execute(SQL["find_teams"], {"team": team}).fetchall()
    if not found or (len(found) > 1 and str(found[0][0]) != team.lower()):
        raise TeamNotFoundError("name it by its id" if found else "")
    return found[0][0], found[0][1]


def put_unit_counts(connection: Connection, counts: Sequence[UnitCount], *, now: datetime) -> None:
    connection.execute(
        SQL["put_unit_counts"],
        {
            "metric_names": [one.metric_name for one in counts],
            "days": [one.day for one in counts],
            "counts": [one.count for one in counts],
            "now": now,
        },
    )


def list_unit_counts(
    connection: Connection,
    metric_name: str | None,
    start: date | None,
    end: date | None,
    *,
    limit: int,
    after: Place | None,
) -> list[StoredCount]:
    return rows_of(
        connection,
        StoredCount,
        "list_unit_counts",
        metric_name=metric_name,
        start=start,
        end=end,
        limit=limit,
        after=list(after.key) if after else None,
    )


def read_unit_costs(
    connection: Connection,
    metric_name: str,
    level: Level,
    span: DateRange,
    *,
    granularity: str,
    measure: Measure,
    limit: int,
) -> list[UnitCost]:
    return rows_of(
        connection,
        UnitCost,
        "read_unit_costs",
        metric_name=metric_name,
        level=level,
        granularity=granularity,
        measure=measure,
        start=span.start,
        end=span.end,
        limit=limit,
    )


def read_self_costs(connection: Connection, *, cost_of_call: Decimal) -> list[SelfCost]:
    key, value = SELF_TAG
    return rows_of(
        connection, SelfCost, "read_self_costs", tag_key=key, tag_value=value, cost_of_call=cost_of_call
    )
