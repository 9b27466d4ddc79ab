"""Completed actions, the bill of what they changed, and what was measured, in the database."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.savings.models import (
    NOT_SAVING,
    SETTLING_DAYS,
    ActionSavings,
    CompletedAction,
    Covered,
    Measure,
    UsageOfDay,
    Windows,
)

SQL = queries.load(__package__)


@dataclass(frozen=True, kw_only=True)
class SavingsFilter:
    status: str | None = None
    action: UUID | None = None


def lock_measuring(connection: Connection) -> None:
    connection.execute(SQL["lock_measuring"])


def list_completed_actions(connection: Connection, *, since: date) -> list[CompletedAction]:
    with connection.cursor(row_factory=class_row(CompletedAction)) as cursor:
        return cursor.execute(
            SQL["list_completed_actions"],
            {"not_saving": list(NOT_SAVING), "settling_days": SETTLING_DAYS, "since": since},
        ).fetchall()


def read_covered_days(connection: Connection, accounts: Sequence[str], *, since: date) -> Covered:
    rows = connection.execute(SQL["list_covered_days"], {"accounts": list(accounts), "since": since})
    return {account_id: frozenset(days) for account_id, days in rows}


def read_usage(
    connection: Connection, actions: Sequence[CompletedAction], *, since: date
) -> dict[UUID, list[UsageOfDay]]:
    found: dict[UUID, list[UsageOfDay]] = defaultdict(list)
    watched = Jsonb([watched_as(action) for action in actions])
    rows = connection.execute(SQL["list_usage"], {"actions": watched, "since": since})
    for action_id, day, family, cost, usage in rows:
        found[action_id].append(UsageOfDay(day=day, family=family, cost=cost, usage=usage))
    return found


def watched_as(action: CompletedAction) -> dict[str, str | None]:
    return {
        "action_id": str(action.action_id),
        "account_id": action.account_id,
        "resource_id": action.resource_id,
        "billed_as": action.billed_as,
        "service": action.service,
        "currency": action.currency,
        "since": action.before_from.isoformat(),
    }


def save_measures(
    connection: Connection, measured: Sequence[tuple[CompletedAction, Windows, Measure]], *, now: datetime
) -> None:
    rows = [row_of(*one) for one in measured]
    connection.execute(SQL["save_measures"], {"measures": Jsonb(rows), "now": now})


def row_of(action: CompletedAction, windows: Windows, measure: Measure) -> dict[str, Any]:
    fields = {
        "before_daily": measure.before_daily,
        "after_daily": measure.after_daily,
        "expected_daily": measure.expected_daily,
        "projected_monthly": action.projected_monthly,
        "measured_monthly": measure.monthly,
        "confidence": measure.confidence,
    }
    return {
        "action_id": str(action.action_id),
        "status": measure.status,
        "reason": measure.reason,
        "currency": action.currency,
        **{name: text_of(amount) for name, amount in fields.items()},
        "before_from": action.before_from.isoformat(),
        "before_until": action.began_on.isoformat(),
        "after_from": action.after_from.isoformat(),
        "after_until": date.fromordinal(windows.after[-1].toordinal() + 1).isoformat()
        if windows.after
        else None,
    }


def text_of(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def list_savings(
    connection: Connection, chosen: SavingsFilter, *, limit: int, after: Cursor | None
) -> list[ActionSavings]:
    position = {"after_at": after.at if after else None, "after_id": after.id if after else None}
    with connection.cursor(row_factory=class_row(ActionSavings)) as cursor:
        return cursor.execute(SQL["list_savings"], {**vars(chosen), "limit": limit, **position}).fetchall()
