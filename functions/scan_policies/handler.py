"""Evaluate every enabled policy of one tenant. One message per tenant, or per evaluation that somebody asked for."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.compliance.policies.models import ScanKind
from cloudops.compliance.policies.scanning import scan, scan_id
from cloudops.platform import database
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "scans.policy", evaluate)


def evaluate(message: Envelope) -> int:
    """The scan's id comes from the message, so that a message delivered twice evaluates once."""
    found = scan_id(message.tenant_id, message.idempotency_key)
    with database.transaction(message.tenant_id, batch=True) as connection:
        counts = scan(connection, found, ScanKind.POLICY, tenant_id=message.tenant_id, now=datetime.now(UTC))
    count("PolicyViolations", counts.get("violations", 0))
    logger.info("evaluated", extra={"scan_id": str(found), "counts": counts})
    return counts.get("violations", 0)
