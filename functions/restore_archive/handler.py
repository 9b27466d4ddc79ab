"""Make an archive's rows readable again. One message per archive."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform import database
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.objects import Bucket
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from cloudops.retention.archiving import read_back, restore
from cloudops.retention.use_cases import show_archive


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "retention.restore", restore_archive)


def restore_archive(message: Envelope) -> int:
    """How many rows the archive holds."""
    with database.transaction(message.tenant_id) as connection:
        archive = show_archive(connection, UUID(message.params["archive_id"]))
    rows = read_back(Bucket(name=settings().require("archive_bucket")), archive)
    with database.transaction(message.tenant_id, batch=True) as connection:
        restore(connection, archive, rows, now=datetime.now(UTC))
    return len(rows)
