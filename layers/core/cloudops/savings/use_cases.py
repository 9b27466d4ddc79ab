"""Measure what changes saved, and show it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record, record_all
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection
from cloudops.savings import repository
from cloudops.savings.measuring import measure, windows_of
from cloudops.savings.models import WATCHED_FOR, ActionSavings, CompletedAction, Measure, SavingsStatus
from cloudops.savings.repository import SavingsFilter

__all__ = ["SavingsFilter", "list_savings", "measure_savings", "savings_of"]

# Below this share of what was known, a saving that is measured again has not changed.
NOTEWORTHY = Decimal("0.1")


def measure_savings(connection: Connection, *, as_of: date, now: datetime) -> Mapping[str, int]:
    """Of each status, how many actions of the 180 days before `as_of`. The same bill gives the same measures."""
    repository.lock_measuring(connection)
    actions = repository.list_completed_actions(connection, since=as_of - WATCHED_FOR)
    if not actions:
        return {}
    since = min(action.before_from for action in actions)
    accounts = sorted({action.account_id for action in actions})
    covered = repository.read_covered_days(connection, accounts, since=since)
    usage = repository.read_usage(connection, actions, since=since)
    measured = []
    for action in actions:
        windows = windows_of(action, covered.get(action.account_id, frozenset()))
        lines = usage.get(action.action_id, [])
        measured.append(
            (action, windows, measure(lines, windows, is_change_of_rate=action.is_change_of_rate))
        )
    repository.save_measures(connection, measured, now=now)
    record_all(
        connection, [event_of(action, found) for action, _, found in measured if is_news(action, found)]
    )
    counts = Counter(str(found.status) for _, _, found in measured)
    record(connection, run_event(counts))
    return counts


def is_news(action: CompletedAction, found: Measure) -> bool:
    if found.status != action.known_status:
        return found.status is not SavingsStatus.MEASURING or action.known_status is not None
    if found.monthly is None or action.known_monthly is None:
        return False
    return abs(found.monthly - action.known_monthly) > abs(action.known_monthly) * NOTEWORTHY


def event_of(action: CompletedAction, found: Measure) -> NewEvent:
    return NewEvent(
        entity_type="action",
        entity_id=str(action.action_id),
        event_type=f"savings_{found.status}",
        message=f"{action.type} on {action.resource_id}: {words_of(action, found)}",
        metadata={
            "old": {"status": action.known_status, "measured_monthly": text_of(action.known_monthly)},
            "new": {"status": found.status, "measured_monthly": text_of(found.monthly)},
            "currency": action.currency,
            "projected_monthly": text_of(action.projected_monthly),
            "confidence": text_of(found.confidence),
        },
    )


def words_of(action: CompletedAction, found: Measure) -> str:
    if found.status is SavingsStatus.RETURNED:
        return "the cost has come back, and the saving is taken back"
    if found.monthly is None:
        return f"what it saves cannot be measured any more: {found.reason}"
    return f"the bill shows a saving of {found.monthly:.2f} {action.currency} a month"


def text_of(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def run_event(counts: Mapping[str, int]) -> NewEvent:
    return NewEvent(
        entity_type="job",
        entity_id=None,
        event_type="savings_measured",
        message=f"the savings of {sum(counts.values())} actions were looked up on the bill",
        metadata={"counts": dict(counts)},
    )


def list_savings(
    connection: Connection, chosen: SavingsFilter, *, limit: int, cursor: str | None
) -> Page[ActionSavings]:
    """Of the actions that ended last first."""
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_savings(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda one: Cursor(at=one.finished_at, id=one.action_id))


def savings_of(connection: Connection, action_id: UUID) -> ActionSavings | None:
    """None for an action that was never looked up on the bill."""
    found = repository.list_savings(connection, SavingsFilter(action=action_id), limit=1, after=None)
    return found[0] if found else None
