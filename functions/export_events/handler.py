"""Write a period of the trail into a file. One message per export."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.audit.export_files import CONTENT_TYPES, WRITERS
from cloudops.audit.exports import finish_export, key_of, show_export, stream_events
from cloudops.platform import database
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.objects import put_file
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, observed
from cloudops.platform.workspace import workspace


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "events.export", export_events)


def export_events(message: Envelope) -> int:
    """How many events were written."""
    with workspace() as folder:
        file = folder / "events"
        with database.transaction(message.tenant_id, batch=True) as connection:
            export = show_export(connection, UUID(message.params["export_id"]))
            rows = WRITERS[export.format](stream_events(connection, export), file)
        key = key_of(message.tenant_id, export)
        bucket, content_type = settings().require("archive_bucket"), CONTENT_TYPES[export.format]
        sha256 = put_file(bucket, key, file, content_type=content_type)
        size = file.stat().st_size
    with database.transaction(message.tenant_id) as connection:
        finish_export(connection, export, key=key, rows=rows, size=size, sha256=sha256, now=datetime.now(UTC))
    count("EventsExported", rows)
    return rows
