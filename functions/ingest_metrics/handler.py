"""Read errors and latency of a tenant's monitored targets from CloudWatch. One message per tenant."""

from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from cloudops.platform import database
from cloudops.platform.aws import client
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed
from cloudops.reliability import targets
from cloudops.reliability.cloudwatch import Batch, Reading, batches, read
from cloudops.reliability.models import PositionedTarget
from cloudops.reliability.use_cases import record_datapoints


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "reliability.ingest", ingest)


def ingest(message: Envelope) -> int:
    """How many datapoints were new or changed. What fails in one account and region leaves the others alone."""
    now = datetime.now(UTC)
    with database.transaction(message.tenant_id) as connection:
        found = targets.targets_to_read(connection)
    changed = sum(
        read_place(message.tenant_id, list(members), now=now) for _, members in groupby(found, key=place_of)
    )
    count("DatapointsChanged", changed)
    logger.info("metrics read", extra={"targets": len(found), "changed": changed})
    return changed


def place_of(target: PositionedTarget) -> tuple[str, str]:
    return target.account_id, target.region


def read_place(tenant_id: UUID, found: list[PositionedTarget], *, now: datetime) -> int:
    cloudwatch = client("cloudwatch", found[0].region)
    changed = 0
    for batch in batches(found, now=now):
        try:
            reading = read(cloudwatch, batch)
        except (BotoCoreError, ClientError) as error:
            logger.warning("cloudwatch refused", extra={"place": place_of(found[0])}, exc_info=error)
            count("TargetsFailed", len(batch.targets))
            note_failed(tenant_id, batch, error)
        else:
            changed += store(tenant_id, batch, reading, now=now)
    return changed


def store(tenant_id: UUID, batch: Batch, reading: Reading, *, now: datetime) -> int:
    with database.transaction(tenant_id, batch=True) as connection:
        changed = record_datapoints(connection, batch.targets[0].project_id, reading.datapoints)
        targets.note_read(connection, [one for one in batch.ids if one not in reading.failures], now=now)
        for target_id, reason in reading.failures.items():
            targets.note_failed(connection, [target_id], reason)
    return changed


def note_failed(tenant_id: UUID, batch: Batch, error: Exception) -> None:
    with database.transaction(tenant_id) as connection:
        targets.note_failed(connection, batch.ids, str(error))
