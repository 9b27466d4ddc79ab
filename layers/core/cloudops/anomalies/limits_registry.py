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
            metadata={"new": {"threshold": str(limit.threshold), "currency": limit.currency}},
        ),
    )


def remove_limit(connection: Connection, limit_id: UUID, *, actor: Actor) -> None:
    repository.delete_limit(connection, limit_id)
    record(
        connection,
        NewEvent(
            entity_type="limit",
            entity_id=str(limit_id),
            event_type="deleted",
            message="A limit was removed",
            actor=actor,
        ),
    )
