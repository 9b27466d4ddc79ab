"""Take in what was measured."""

from collections.abc import Iterable
from uuid import UUID

from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.platform.database import Connection
from cloudops.reliability import repository
from cloudops.reliability.models import Datapoint


def record_datapoints(connection: Connection, project_id: UUID, datapoints: Iterable[Datapoint]) -> int:
    """Store datapoints; what is known already is left alone, what came late or changed replaces its value."""
    changed = repository.upsert_datapoints(connection, project_id, datapoints)
    record(
        connection,
        NewEvent(
            entity_type="job",
            entity_id=None,
            event_type="metrics_ingested",
            message=f"{changed} datapoints were stored",
            project_id=project_id,
            metadata={"changed": changed},
        ),
    )
    return changed
