"""The budget of Cost Explorer's calls, and what became of it, in the database."""

from datetime import date, datetime

from psycopg.rows import class_row, scalar_row

from cloudops.costs.cost_explorer.models import DEFAULT_DAILY_CALLS, Spending
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


def set_budget(connection: Connection, daily_calls: int, *, now: datetime) -> None:
    connection.execute(SQL["set_budget"], {"daily_calls": daily_calls, "now": now})


def read_spending(connection: Connection, today: date) -> Spending:
    with connection.cursor(row_factory=class_row(Spending)) as cursor:
        parameters = {"today": today, "default": DEFAULT_DAILY_CALLS}
        found = cursor.execute(SQL["read_spending"], parameters).fetchone()
    return found or Spending(daily_calls=DEFAULT_DAILY_CALLS, calls=0, refused=0)


def count_call(connection: Connection, today: date) -> bool:
    """False where the day's budget is spent, which is counted apart."""
    parameters = {"today": today, "default": DEFAULT_DAILY_CALLS}
    if connection.execute(SQL["count_call"], parameters).rowcount:
        return True
    connection.execute(SQL["count_refusal"], {"today": today})
    return False


def read_newest_fingerprint(
    connection: Connection, *, export_name: str, billing_account_id: str, period: date
) -> str | None:
    with connection.cursor(row_factory=scalar_row) as cursor:
        parameters = {"export_name": export_name, "billing_account_id": billing_account_id, "period": period}
        found: str | None = cursor.execute(SQL["read_newest_fingerprint"], parameters).fetchone()
    return found
