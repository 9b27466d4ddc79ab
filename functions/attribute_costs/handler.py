"""Attribute a tenant's whole cost anew, after rules, hierarchy or owners changed. One message per tenant."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.attribution.attributing import attribute_everything, attribution_is_due
from cloudops.platform import database
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "costs.attribute", attribute)


def attribute(message: Envelope) -> int:
    """Several changes bring several messages, and the first one serves all; `force` attributes in any case."""
    with database.transaction(message.tenant_id, batch=True) as connection:
        if not message.params.get("force") and not attribution_is_due(connection):
            return 0
        done = attribute_everything(connection, now=datetime.now(UTC))
    count("SubjectsAttributed", done.changed)
    logger.info("attributed", extra=vars(done))
    return done.changed
