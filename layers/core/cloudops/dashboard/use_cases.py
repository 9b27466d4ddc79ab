"""Sum up."""

from datetime import datetime

from psycopg.rows import class_row

from cloudops.dashboard.models import DashboardMetrics, Freshness
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


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
