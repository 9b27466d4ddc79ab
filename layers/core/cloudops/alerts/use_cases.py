"""Raise, list, explain, acknowledge, snooze and resolve alerts."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from cloudops.actor import Actor
from cloudops.alerts import repository
from cloudops.alerts.models import (
    LONGEST_SNOOZE,
    Alert,
    AlertDetail,
    AlertResolvedError,
    AlertStatus,
    PlannedUntilError,
    SnoozeError,
)
from cloudops.alerts.raising import RaisedAlert, raise_alerts
from cloudops.alerts.repository import AlertFilter
from cloudops.anomalies.signals import PlannedSpan
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.notifications.models import NewNotification, Topic
from cloudops.notifications.use_cases import notify, withdraw_reminders
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection

__all__ = [
    "AlertFilter",
    "RaisedAlert",
    "acknowledge",
    "list_alerts",
    "list_planned",
    "raise_alerts",
    "resolve",
    "show_alert",
    "snooze",
]


LONGEST_PLAN = timedelta(days=366)


def list_alerts(
    connection: Connection, chosen: AlertFilter, *, limit: int, cursor: str | None
) -> Page[Alert]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_alerts(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.window_start, id=row.id))


def show_alert(connection: Connection, alert_id: UUID) -> AlertDetail:
    return repository.read_alert(connection, alert_id)


def acknowledge(connection: Connection, alert_id: UUID, *, actor: Actor, now: datetime) -> AlertDetail:
    """Take an alert on. Acknowledging it again changes nothing."""
    status = unresolved_status(connection, alert_id)
    if status == AlertStatus.OPEN:
        repository.acknowledge(connection, alert_id, by=actor.name, now=now)
        record(connection, changed(alert_id, status, AlertStatus.ACKNOWLEDGED, actor))
    return repository.read_alert(connection, alert_id)


def snooze(
    connection: Connection, alert_id: UUID, *, until: datetime, actor: Actor, now: datetime
) -> AlertDetail:
    """Keep quiet about it until then; who listens is told once more if it is still not resolved by that time."""
    if not now < until <= now + LONGEST_SNOOZE:
        raise SnoozeError(f"it is in the next {LONGEST_SNOOZE.days} days", field="until")
    unresolved_status(connection, alert_id)
    found = repository.read_alert(connection, alert_id)
    if found.snoozed_until == until:
        return found
    repository.snooze(connection, alert_id, until=until, by=actor.name, now=now)
    withdraw_reminders(connection, "alert", [str(alert_id)], now=now)
    notify(connection, [reminder_of(found, until)], now=now, due_at=until)
    record(connection, snoozed(found, until, actor))
    return repository.read_alert(connection, alert_id)


def resolve(
    connection: Connection,
    alert_id: UUID,
    *,
    resolution: str,
    actor: Actor,
    now: datetime,
    planned_until: date | None = None,
) -> AlertDetail:
    """What was planned is not raised again up to the end of that day. Raises PlannedUntilError."""
    status = unresolved_status(connection, alert_id)
    if planned_until is not None:
        resolve_as_planned(
            connection, alert_id, until=planned_until, resolution=resolution, actor=actor, now=now
        )
        return repository.read_alert(connection, alert_id)
    repository.resolve(connection, alert_id, by=actor.name, resolution=resolution, now=now)
    withdraw_reminders(connection, "alert", [str(alert_id)], now=now)
    record(connection, changed(alert_id, status, AlertStatus.RESOLVED, actor, resolution=resolution))
    return repository.read_alert(connection, alert_id)


def resolve_as_planned(
    connection: Connection, alert_id: UUID, *, until: date, resolution: str, actor: Actor, now: datetime
) -> None:
    if not now.date() <= until <= (now + LONGEST_PLAN).date():
        raise PlannedUntilError("choose a day from today on, at most a year away", field="planned_until")
    resolved = repository.resolve_as_planned(
        connection, alert_id, until=until, by=actor.name, resolution=resolution, now=now
    )
    withdraw_reminders(connection, "alert", [str(found) for found in resolved], now=now)
    for found in resolved:
        record(connection, planned(found, until, actor, resolution))


def list_planned(connection: Connection) -> list[PlannedSpan]:
    """What detection is told not to find."""
    return repository.list_planned(connection)


def unresolved_status(connection: Connection, alert_id: UUID) -> str:
    status = repository.lock_alert(connection, alert_id)
    if status == AlertStatus.RESOLVED:
        raise AlertResolvedError
    return status


def changed(
    alert_id: UUID, old: str, new: AlertStatus, actor: Actor, *, resolution: str | None = None
) -> NewEvent:
    return NewEvent(
        entity_type="alert",
        entity_id=str(alert_id),
        event_type="status_changed",
        message=f"{actor.name} set the alert to {new}",
        actor=actor,
        metadata={"old": {"status": old}, "new": {"status": new, "resolution": resolution}},
    )


def reminder_of(alert: Alert, until: datetime) -> NewNotification:
    return NewNotification(
        topic=Topic.ALERT_RAISED,
        severity=alert.severity,
        title=f"Still not resolved: {alert.title}",
        body=alert.description,
        entity_type="alert",
        entity_id=str(alert.id),
        what=f"snoozed until {until.astimezone(UTC).isoformat()}",
    )


def snoozed(alert: Alert, until: datetime, actor: Actor) -> NewEvent:
    old = alert.snoozed_until
    return NewEvent(
        entity_type="alert",
        entity_id=str(alert.id),
        event_type="snoozed",
        message=f"{actor.name} snoozed the alert",
        actor=actor,
        metadata={
            "old": {"snoozed_until": old and old.isoformat()},
            "new": {"snoozed_until": until.isoformat()},
        },
    )


def planned(alert_id: UUID, until: date, actor: Actor, resolution: str) -> NewEvent:
    new = {"status": AlertStatus.RESOLVED, "resolution": resolution, "planned_until": until.isoformat()}
    return NewEvent(
        entity_type="alert",
        entity_id=str(alert_id),
        event_type="status_changed",
        message=f"{actor.name} set the alert to resolved, as planned until {until:%-d %b %Y}",
        actor=actor,
        metadata={"new": new},
    )
