"""Look up on one tenant's bill what its changes saved. One message per tenant."""

from datetime import UTC, date, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform import database
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed
from cloudops.savings.use_cases import measure_savings


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "savings.measure", look_up)


def look_up(message: Envelope) -> int:
    """The `as_of` parameter is the day up to which changes are watched; without it, today."""
    now = datetime.now(UTC)
    as_of = date.fromisoformat(message.params["as_of"]) if message.params.get("as_of") else now.date()
    with database.transaction(message.tenant_id, batch=True) as connection:
        counts = measure_savings(connection, as_of=as_of, now=now)
    count("SavingsMeasured", counts.get("measured", 0))
    logger.info("measured", extra=dict(counts))
    return sum(counts.values())
