"""Load one part of a delivery per message; the last part publishes the delivery."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.costs import loading
from cloudops.costs.models import PartToLoad
from cloudops.platform import database, objects
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, ingest)


def ingest(message: Envelope) -> str:
    tenant_id = message.tenant_id
    part = part_of(message)
    try:
        outcome = load(tenant_id, part)
    except loading.REFUSALS as error:
        with database.transaction(tenant_id, batch=True) as connection:
            loading.quarantine(connection, part.delivery_id, error)
        outcome = "quarantined"
    count(f"Parts{outcome.capitalize()}")
    logger.info(
        "part handled",
        extra={"delivery_id": str(part.delivery_id), "part": part.part_number, "outcome": outcome},
    )
    return outcome


def part_of(message: Envelope) -> PartToLoad:
    with database.transaction(message.tenant_id) as connection:
        return loading.read_part(
            connection, UUID(message.params["delivery_id"]), int(message.params["part_number"])
        )


def load(tenant_id: UUID, part: PartToLoad) -> str:
    if not part.waits:
        return "skipped"
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / Path(part.key).name
        objects.download(part.bucket, part.stored, file)
        with database.transaction(tenant_id, batch=True) as connection:
            return loading.load_part(connection, tenant_id, part, file, now=datetime.now(UTC))
