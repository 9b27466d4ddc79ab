"""A metric's time series as people ask for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cloudops.errors import InvalidError
from cloudops.paging import Page, Place
from cloudops.platform.database import Connection
from cloudops.reliability import repository
from cloudops.reliability.models import UNITS, MetricName, Sample

DEFAULT_SPAN = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class SeriesQuestion:
    resource_id: str
    metric_name: MetricName
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Series:
    page: Page[Sample]
    unit: str
    start: datetime
    end: datetime


def read_series(
    connection: Connection, question: SeriesQuestion, *, limit: int, cursor: str | None, now: datetime
) -> Series:
    """Oldest first; `end` is exclusive. Without times, the seven days up to the last datapoint."""
    after = Place.decode(cursor, aware_time) if cursor else None
    end = question.end or end_of_known(connection, question) or now
    start = question.start or end - DEFAULT_SPAN
    if start >= end:
        raise InvalidError(f"start {start} is not before end {end}", field="start")
    parameters = {
        **vars(question),
        "start": start,
        "end": end,
        "after": after.key[0] if after else None,
        "limit": limit + 1,
    }
    rows = repository.read_series(connection, parameters)
    page = Page.of(rows, limit, lambda row: Place(key=(row.at.isoformat(),)))
    return Series(page=page, unit=UNITS[question.metric_name], start=start, end=end)


def aware_time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return found


def end_of_known(connection: Connection, question: SeriesQuestion) -> datetime | None:
    latest = repository.read_latest_time(connection, question.resource_id, question.metric_name)
    return latest + timedelta(seconds=1) if latest else None
