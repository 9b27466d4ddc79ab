"""The accounts that Cost Explorer is asked about, and its calls, in the database."""

from collections.abc import Sequence
from datetime import date, datetime

from psycopg.rows import class_row, scalar_row

from cloudops.costs.cost_explorer.models import DEFAULT_DAILY_CALLS, ExploredAccount, Spending
from cloudops.platform import queries
from cloudops.platform.database import Connection

SQL = queries.load(__package__)


def list_accounts(connection: Connection) -> list[ExploredAccount]:
    with connection.cursor(row_factory=class_row(ExploredAccount)) as cursor:
        return cursor.execute(SQL["list_accounts"]).fetchall()


def replace_accounts(connection: Connection, accounts: Sequence[ExploredAccount]) -> None:
    kept = [one.billing_account_id for one in accounts]
    connection.execute(SQL["delete_other_accounts"], {"kept": kept})
    for one in accounts:
        connection.execute(SQL["upsert_account"], vars(one))


def mark_fetched(
    connection: Connection, billing_account_id: str, *, fetched_at: datetime | None, error: str | None
) -> None:
    parameters = {"billing_account_id": billing_account_id, "fetched_at": fetched_at, "error": error}
    connection.execute(SQL["mark_fetched"], parameters)


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
