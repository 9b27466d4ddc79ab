"""Raise, list, explain, acknowledge and resolve alerts."""

from datetime import date, datetime, timedelta
from uuid import UUID

from cloudops.actor import Actor
from cloudops.alerts import repository
from cloudops.alerts.models import Alert, AlertDetail, AlertResolvedError, AlertStatus, PlannedUntilError
from cloudops.alerts.raising import RaisedAlert, raise_alerts
from cloudops.alerts.repository import AlertFilter
from cloudops.anomalies.signals import PlannedSpan
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
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
