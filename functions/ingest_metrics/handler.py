"""Read errors and latency of a tenant's monitored targets from CloudWatch. One message per tenant."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.accounts.access import AccountNotReadableError, role_to_read
from cloudops.accounts.reading import client_for
from cloudops.platform import database
from cloudops.platform.aws_failures import AWS_ERRORS, FailureKind, explain
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed
from cloudops.reliability import targets
from cloudops.reliability.cloudwatch import Batch, Reading, batches, read
from cloudops.reliability.models import PositionedTarget
from cloudops.reliability.use_cases import record_datapoints

ACTION = "cloudwatch:GetMetricData"


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
    """By the role of the targets' account, or as ourselves where nobody else's could be meant."""
    account_id, region = place_of(found[0])
    try:
        with database.transaction(tenant_id) as connection:
            role = role_to_read(connection, account_id)
        cloudwatch = client_for("cloudwatch", region, role, action=ACTION)
    except AccountNotReadableError as error:
        note_failed(tenant_id, found, str(error))
        return 0
    except AWS_ERRORS as error:
        note_refusal(tenant_id, found, error)
        return 0
    return sum(read_batch(tenant_id, cloudwatch, batch, now=now) for batch in batches(found, now=now))


def read_batch(tenant_id: UUID, cloudwatch: Any, batch: Batch, *, now: datetime) -> int:
    try:
        reading = read(cloudwatch, batch)
    except AWS_ERRORS as error:
        note_refusal(tenant_id, batch.targets, error)
        return 0
    return store(tenant_id, batch, reading, now=now)


def store(tenant_id: UUID, batch: Batch, reading: Reading, *, now: datetime) -> int:
    with database.transaction(tenant_id, batch=True) as connection:
        changed = record_datapoints(connection, batch.targets[0].project_id, reading.datapoints)
        targets.note_read(connection, [one for one in batch.ids if one not in reading.failures], now=now)
        for target_id, reason in reading.failures.items():
            targets.note_failed(connection, [target_id], reason)
    return changed


def note_refusal(tenant_id: UUID, found: Sequence[PositionedTarget], error: Exception) -> None:
    failure = explain(error)
    missing = [failure.action or ACTION] if failure.kind is FailureKind.DENIED else []
    logger.warning("cloudwatch refused", extra={"place": place_of(found[0])}, exc_info=error)
    note_failed(tenant_id, found, failure.reason, missing=missing)


def note_failed(
    tenant_id: UUID, found: Sequence[PositionedTarget], reason: str, *, missing: Sequence[str] = ()
) -> None:
    count("TargetsFailed", len(found))
    with database.transaction(tenant_id) as connection:
        targets.note_failed(connection, [one.id for one in found], reason, missing_actions=missing)
