"""Raise, list, explain, acknowledge and resolve alerts."""

from datetime import datetime
from uuid import UUID

from cloudops.actor import Actor
from cloudops.alerts import repository
from cloudops.alerts.models import Alert, AlertDetail, AlertResolvedError, AlertStatus
from cloudops.alerts.raising import RaisedAlert, raise_alerts
from cloudops.alerts.repository import AlertFilter
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection

__all__ = [
    "AlertFilter",
    "RaisedAlert",
    "acknowledge",
    "list_alerts",
    "raise_alerts",
    "resolve",
    "show_alert",
]


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
    connection: Connection, alert_id: UUID, *, resolution: str, actor: Actor, now: datetime
) -> AlertDetail:
    status = unresolved_status(connection, alert_id)
    repository.resolve(connection, alert_id, by=actor.name, resolution=resolution, now=now)
    record(connection, changed(alert_id, status, AlertStatus.RESOLVED, actor, resolution=resolution))
    return repository.read_alert(connection, alert_id)


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
