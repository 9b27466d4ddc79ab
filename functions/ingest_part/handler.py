"""Load one part of a delivery per message; the last part publishes the delivery."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.accounts.reading import client_of
from cloudops.accounts.sources import open_source
from cloudops.costs import loading
from cloudops.costs.models import PartToLoad
from cloudops.costs.registering import Fetch
from cloudops.platform import database, objects
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed
from cloudops.platform.workspace import workspace
from cloudops.stored_object import StoredObject

# For rolling back and telling of it, before Lambda ends the function in the middle of a statement.
MARGIN = timedelta(seconds=10)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "costs.ingest_part", partial(ingest, context=context))


def ingest(message: Envelope, *, context: LambdaContext) -> str:
    tenant_id = message.tenant_id
    part = part_of(message)
    try:
        outcome = load(tenant_id, part, partial(fetch, message, part.bucket), context)
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


def fetch(message: Envelope, bucket: str, stored: StoredObject, path: Path) -> None:
    objects.download(bucket, stored, path, s3=reader_of(message))


def reader_of(message: Envelope) -> Any:
    """The client of the role that the part was found by; None for ourselves."""
    source_id = message.params.get("data_source_id")
    if source_id is None:
        return None
    with database.transaction(message.tenant_id) as connection:
        return client_of(open_source(connection, UUID(source_id)))


def load(tenant_id: UUID, part: PartToLoad, fetch_part: Fetch, context: LambdaContext) -> str:
    if not part.waits:
        return "skipped"
    with workspace() as folder:
        file = folder / Path(part.key).name
        fetch_part(part.stored, file)
        with (
            loading.charges_of(part, file) as charges,
            database.transaction(tenant_id, batch=True) as connection,
        ):
            return loading.load_part(
                connection, tenant_id, part, charges, now=datetime.now(UTC), time_left=time_left(context)
            )


def time_left(context: LambdaContext) -> timedelta:
    return timedelta(milliseconds=context.get_remaining_time_in_millis()) - MARGIN
