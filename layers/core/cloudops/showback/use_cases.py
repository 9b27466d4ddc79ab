"""Cost by owner, showback reports, and cost per unit of business."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.costs.cost_explorer.models import CALL_COST
from cloudops.costs.use_cases import read_latest_day
from cloudops.errors import InvalidError
from cloudops.paging import Page, Place
from cloudops.period import DateRange, first_of_month, next_month
from cloudops.platform.database import Connection
from cloudops.showback import repository
from cloudops.showback.models import (
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

WINDOW_DAYS = 30
# API Gateway carries 6 MB out, and a row takes some 200 bytes.
MAXIMUM_ROWS = 20_000
UNALLOCATED = "unallocated"


class TooManyRowsError(InvalidError):
    """The answer would be too large."""


@dataclass(frozen=True, kw_only=True)
class OwnedAnswer:
    """`span` ends with the newest day with data; the 30 days before it are what change is measured against."""

    span: DateRange
    rows: Sequence[OwnedCost]
    data_through: date | None


@dataclass(frozen=True, kw_only=True)
class DrilledAnswer:
    span: DateRange
    rows: Sequence[DrilledCost]


@dataclass(frozen=True, kw_only=True)
class UnitQuestion:
    metric_name: str
    level: Level
    granularity: str
    measure: Measure
    start: date | None
    end: date | None


@dataclass(frozen=True, kw_only=True)
class UnitAnswer:
    span: DateRange
    rows: Sequence[UnitCost]


def read_owned_costs(connection: Connection, level: Level, *, measure: Measure, today: date) -> OwnedAnswer:
    latest = read_latest_day(connection)
    span = newest_days(latest or today)
    rows = repository.read_owned_costs(connection, level, span, measure)
    return OwnedAnswer(span=span, rows=rows, data_through=latest)


def newest_days(latest: date) -> DateRange:
    end = latest + timedelta(days=1)
    return DateRange(start=end - timedelta(days=WINDOW_DAYS), end=end)


def span_of(connection: Connection, start: date | None, end: date | None, *, today: date) -> DateRange:
    """Without dates, the 30 days that cost by team shows."""
    newest = newest_days(read_latest_day(connection) or today)
    until = end or newest.end
    since = start or min(newest.start, until - timedelta(days=WINDOW_DAYS))
    if since >= until:
        raise InvalidError(f"start {since} is not before end {until}", field="start")
    return DateRange(start=since, end=until)


def drill_down(
    connection: Connection,
    team: str,
    *,
    group_by: str,
    measure: Measure,
    start: date | None,
    end: date | None,
    today: date,
) -> DrilledAnswer:
    """A team's cost, or what nobody owns, by provider service, account, category or day."""
    team_id, _ = team_of(connection, team)
    span = span_of(connection, start, end, today=today)
    rows = repository.read_drilled_costs(
        connection, team_id, span, group_by=group_by, measure=measure, limit=MAXIMUM_ROWS + 1
    )
    return DrilledAnswer(span=span, rows=bounded(rows))


def report_showback(connection: Connection, team: str, day: date) -> list[ShowbackLine]:
    """All that the month of `day` cost a team, or cost nobody."""
    team_id, name = team_of(connection, team)
    month = DateRange(start=first_of_month(day), end=next_month(day))
    return bounded(repository.read_showback(connection, team_id, name, month))


def team_of(connection: Connection, team: str) -> tuple[UUID | None, str | None]:
    """Nobody for the word `unallocated`."""
    return (None, None) if team == UNALLOCATED else repository.find_team(connection, team)


def bounded[T](rows: list[T]) -> list[T]:
    if len(rows) > MAXIMUM_ROWS:
        raise TooManyRowsError("ask for fewer days", field="start")
    return rows


def put_unit_counts(
    connection: Connection, counts: Sequence[UnitCount], *, actor: Actor, now: datetime
) -> None:
    """Keep how much business each day brought; a day that is told again is replaced."""
    if len({(one.metric_name, one.day) for one in counts}) != len(counts):
        raise InvalidError("a day of a metric stands here twice", field="items")
    repository.put_unit_counts(connection, counts, now=now)
    for metric_name in sorted({one.metric_name for one in counts}):
        record(connection, event_of(metric_name, counts, actor=actor))


def event_of(metric_name: str, counts: Sequence[UnitCount], *, actor: Actor) -> NewEvent:
    told = sorted((one.day, one.count) for one in counts if one.metric_name == metric_name)
    return NewEvent(
        entity_type="unit_count",
        entity_id=metric_name,
        event_type="uploaded",
        message=f"{len(told)} day(s) of {metric_name} were uploaded",
        actor=actor,
        metadata={"new": {day.isoformat(): str(count) for day, count in told}},
    )


def list_unit_counts(
    connection: Connection,
    metric_name: str | None,
    *,
    start: date | None,
    end: date | None,
    limit: int,
    cursor: str | None,
) -> Page[StoredCount]:
    after = Place.decode(cursor, str, date.fromisoformat) if cursor else None
    rows = repository.list_unit_counts(connection, metric_name, start, end, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Place(key=(row.metric_name, row.day.isoformat())))


def read_unit_costs(connection: Connection, question: UnitQuestion, *, today: date) -> UnitAnswer:
    span = span_of(connection, question.start, question.end, today=today)
    rows = repository.read_unit_costs(
        connection,
        question.metric_name,
        question.level,
        span,
        granularity=question.granularity,
        measure=question.measure,
        limit=MAXIMUM_ROWS + 1,
    )
    return UnitAnswer(span=span, rows=bounded(rows))


def read_self_costs(connection: Connection) -> list[SelfCost]:
    """What this product itself costs, newest month first. Bills without its tag tell nothing of it."""
    return repository.read_self_costs(connection, cost_of_call=CALL_COST)
