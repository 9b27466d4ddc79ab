"""Datapoints in the database; a late value replaces its own."""

import json
from collections.abc import Iterable
from uuid import UUID

from cloudops.platform import queries
from cloudops.platform.database import Connection
from cloudops.reliability.models import Datapoint

SQL = queries.load(__package__)


def upsert_datapoints(connection: Connection, project_id: UUID, datapoints: Iterable[Datapoint]) -> int:
    """How many were new or changed."""
    connection.execute(SQL["stage_datapoints"])
    with connection.cursor().copy(SQL["copy_staged_datapoints"]) as copy:
        for one in datapoints:
            dimensions = json.dumps(dict(one.dimensions), sort_keys=True)
            copy.write_row(
                (one.resource_id, one.metric_name, one.at, one.namespace, dimensions, one.value, one.unit)
            )
    changed = connection.execute(SQL["upsert_datapoints"], {"project_id": project_id}).rowcount
    connection.execute(SQL["drop_staged_datapoints"])
    return changed
