"""The limits that users set. Apart from the judging, which needs numpy, so that the API need not carry it."""

from uuid import UUID

from cloudops.actor import Actor
from cloudops.anomalies import repository
from cloudops.anomalies.signals import Limit
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.platform.database import Connection


def list_limits(connection: Connection) -> list[Limit]:
    return repository.list_limits(connection)


def set_limit(connection: Connection, limit: Limit, *, actor: Actor) -> None:
    repository.insert_limit(connection, limit)
    record(
        connection,
        NewEvent(
            entity_type="limit",
            entity_id=str(limit.id),
            event_type="created",
            message=f"A limit of {limit.threshold} was set on {limit.service_name or limit.metric_name}",
            actor=actor,
            project_id=limit.project_id,
            metadata={"new": values_of(limit)},
        ),
    )


def remove_limit(connection: Connection, limit_id: UUID, *, actor: Actor) -> None:
    removed = repository.delete_limit(connection, limit_id)
    record(
        connection,
        NewEvent(
            entity_type="limit",
            entity_id=str(limit_id),
            event_type="deleted",
            message=f"The limit of {removed.threshold} on {removed.service_name or removed.metric_name} was removed",
            actor=actor,
            project_id=removed.project_id,
            metadata={"old": values_of(removed)},
        ),
    )


def values_of(limit: Limit) -> dict[str, str | int | None]:
    """What a user chose, as the trail keeps it."""
    return {
        "alert_type": limit.alert_type,
        "service_name": limit.service_name,
        "account_id": limit.account_id,
        "metric_name": limit.metric_name,
        "resource_id": limit.resource_id,
        "threshold": str(limit.threshold),
        "currency": limit.currency,
        "consecutive_points": limit.consecutive_points,
        "severity": limit.severity,
    }
