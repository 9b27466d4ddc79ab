"""Hold a tenant's resources against the tags that are required of them. One message per tenant."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.compliance.tagging.scanning import run_scan, scan_id_of
from cloudops.platform import database
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "scans.compliance", scan)


def scan(message: Envelope) -> int:
    """The scan's id comes from the message, so that a message delivered twice makes one scan."""
    clock = partial(datetime.now, UTC)
    found = run_scan(
        partial(database.transaction, message.tenant_id),
        scan_id_of(message.tenant_id, message.idempotency_key),
        now=clock(),
        clock=clock,
    )
    if found is None:
        logger.info("scanned before")
        return 0
    untagged = found.untagged_resources or 0
    count("UntaggedResources", untagged)
    logger.info("scanned", extra={"scan_id": str(found.id), "untagged": untagged})
    return untagged
