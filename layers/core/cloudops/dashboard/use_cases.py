"""Sum up."""

from datetime import datetime, timedelta

from psycopg.rows import class_row

from cloudops.dashboard.models import DashboardMetrics, Freshness, Standing, Summary
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)
COMPARED_DAYS = 30


def read_metrics(connection: Connection, *, now: datetime) -> DashboardMetrics:
    """Savings are realised when a later bill shows them, and no longer once the cost comes back."""
    with connection.cursor(row_factory=class_row(DashboardMetrics)) as cursor:
        found = cursor.execute(SQL["read_metrics"], {"now": now}).fetchone()
    assert found is not None  # noqa: S101 - a select without from-rows still has one row.
    return found


def read_freshness(connection: Connection) -> Freshness:
    with connection.cursor(row_factory=class_row(Freshness)) as cursor:
        found = cursor.execute(SQL["read_freshness"]).fetchone()
    assert found is not None  # noqa: S101 - a select without from-rows still has one row.
    return found


def summarize(connection: Connection, *, now: datetime) -> Summary:
    """Now, and 30 days ago; what an action saves counts from its end on, though it is measured later."""
    return Summary(
        now=read_standing(connection, now, days_ago=0),
        before=read_standing(connection, now, days_ago=COMPARED_DAYS),
    )


def read_standing(connection: Connection, now: datetime, *, days_ago: int) -> Standing:
    parameters = {"at": now - timedelta(days=days_ago), "days_ago": days_ago}
    with connection.cursor(row_factory=class_row(Standing)) as cursor:
        found = cursor.execute(SQL["read_standing"], parameters).fetchone()
    assert found is not None  # noqa: S101 - a select without from-rows still has one row.
    return found
