"""Resources that another tool tells of: it may know what neither a bill nor a scan does."""

from datetime import datetime

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.inventory import repository
from cloudops.inventory.models import ImportedResource
from cloudops.platform.database import Connection
from cloudops.tenancy.use_cases import reporting_currency


def import_resource(connection: Connection, one: ImportedResource, *, actor: Actor, now: datetime) -> None:
    """One that a bill or a scan knows keeps its account, cost and tags; any other stands in the account "imported"."""
    if repository.refresh_imported(connection, one, now=now) == 0:
        repository.insert_imported(connection, one, currency=reporting_currency(connection), now=now)
    record(
        connection,
        NewEvent(
            entity_type="resource",
            entity_id=one.resource_id,
            event_type="imported",
            message=f"{actor.name} imported the resource {one.resource_id}",
            actor=actor,
            metadata={"new": {"type": one.resource_type, "region": one.region}},
        ),
    )
