"""Look for exports under a bucket's prefix, register what is new, and queue each part for loading.

Input: messages of the queue or a direct call with {"data_source_id", "backfill_months", "tenant_id"}, or
{"bucket", "prefix", "tenant_id", "grain"}; the tenant is needed where there are several.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, get_args
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.accounts import sources
from cloudops.accounts.reading import client_of
from cloudops.costs import registering
from cloudops.costs.billing_months import months_before, since
from cloudops.costs.discovery import discover
from cloudops.costs.models import Bundle, Grain
from cloudops.errors import CloudOpsError, InvalidError
from cloudops.platform import database, objects
from cloudops.platform.database import DatabaseUnavailableError
from cloudops.platform.messaging import Envelope, envelope, process_batch, send
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, logger, observed
from cloudops.platform.workspace import workspace
from cloudops.tenancy.use_cases import tenants_to_schedule

# A bill is corrected well into the month after its own.
FEWEST_MONTHS_BACK = 1


@dataclass(frozen=True, kw_only=True)
class Request:
    """`s3` reads by the role of the data source; without one, as ourselves."""

    tenant_id: UUID
    bucket: str
    prefix: str
    grain: Grain
    first_month: date = date.min
    data_source_id: UUID | None = None
    s3: Any = None


@dataclass(frozen=True, kw_only=True)
class Found:
    registered: Sequence[registering.Registration] = ()
    ignored: Sequence[str] = ()
    error: str | None = None
    missing_actions: Sequence[str] = ()

    def told(self) -> dict[str, Any]:
        deliveries = [{"id": str(one.delivery_id), "outcome": one.outcome} for one in self.registered]
        told = {"deliveries": deliveries, "ignored": list(self.ignored)}
        return {**told, "error": self.error} if self.error else told


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "Records" in event:
        return process_batch(event, context, "costs.discover", discover_queued)
    tenant_id = tenant_of(event["tenant_id"]) if event.get("tenant_id") else only_tenant()
    if event.get("data_source_id"):
        return discover_source(tenant_id, event).told()
    return look(parse(tenant_id, event)).told()


def discover_queued(message: Envelope) -> None:
    try:
        discover_source(message.tenant_id, message.params)
    except sources.DataSourceNotFoundError:
        logger.info("the data source was removed meanwhile", extra={"params": dict(message.params)})


def discover_source(tenant_id: UUID, params: Mapping[str, Any]) -> Found:
    """Look into a data source and record what came of it.

    What the customer has to mend is an answer, not a failure: trying again at once would not help.
    """
    source_id = uuid_of(params["data_source_id"], "data_source_id")
    try:
        found = look(opened(tenant_id, source_id, params.get("backfill_months")))
    except (DatabaseUnavailableError, sources.DataSourceNotFoundError):
        raise
    except objects.ObjectsRefusedError as error:
        found = Found(error=str(error), missing_actions=[error.action])
    except CloudOpsError as error:
        found = Found(error=str(error))
    except Exception as error:
        record_run(tenant_id, source_id, Found(error=f"unexpected: {type(error).__name__}"))
        raise
    record_run(tenant_id, source_id, found)
    return found


def opened(tenant_id: UUID, source_id: UUID, months: int | None) -> Request:
    with database.transaction(tenant_id) as connection:
        reading = sources.open_source(connection, source_id)
    back = max(reading.backfill_months if months is None else months, FEWEST_MONTHS_BACK)
    return Request(
        tenant_id=tenant_id,
        bucket=reading.bucket,
        prefix=reading.prefix,
        grain=reading.grain,
        first_month=months_before(datetime.now(UTC).date(), back),
        data_source_id=source_id,
        s3=client_of(reading),
    )


def record_run(tenant_id: UUID, source_id: UUID, found: Found) -> None:
    outcomes = Counter[str](one.outcome for one in found.registered)
    with database.transaction(tenant_id) as connection:
        sources.record_run(
            connection,
            source_id,
            error=found.error,
            outcomes=outcomes,
            missing_actions=found.missing_actions,
        )


def parse(tenant_id: UUID, event: dict[str, Any]) -> Request:
    if not event.get("bucket"):
        raise InvalidError("name the bucket that the exports lie in", field="bucket")
    grain = event.get("grain", "daily")
    if grain not in get_args(Grain.__value__):
        raise InvalidError("the grain is daily or line_item", field="grain")
    return Request(tenant_id=tenant_id, bucket=event["bucket"], prefix=event.get("prefix", ""), grain=grain)


def tenant_of(text: str) -> UUID:
    return uuid_of(text, "tenant_id")


def uuid_of(text: Any, field: str) -> UUID:
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError) as error:
        raise InvalidError("it is not a UUID", field=field) from error


def only_tenant() -> UUID:
    with database.transaction() as connection:
        tenants = tenants_to_schedule(connection)
    if len(tenants) != 1:
        raise InvalidError(f"name the tenant: there are {len(tenants)}", field="tenant_id")
    return tenants[0]


def look(request: Request) -> Found:
    listing = since(objects.list_objects(request.bucket, request.prefix, s3=request.s3), request.first_month)
    found = discover(listing, partial(objects.read_object, request.bucket, s3=request.s3))
    registered = [one for bundle in found.bundles for one in take_in(request, bundle)]
    logger.info("discovered", extra={"bundles": len(found.bundles), "deliveries": len(registered)})
    count("DeliveriesRegistered", len(registered))
    return Found(registered=registered, ignored=found.ignored)


def take_in(request: Request, bundle: Bundle) -> list[registering.Registration]:
    with database.transaction(request.tenant_id) as connection:
        known = registering.already_registered(connection, bundle, request.grain)
    registrations = known or register_anew(request, bundle)
    for one in registrations:
        queue_parts(request, one)
    return registrations


def register_anew(request: Request, bundle: Bundle) -> list[registering.Registration]:
    with workspace() as folder:
        deliveries = registering.examine(
            bundle,
            bucket=request.bucket,
            grain=request.grain,
            fetch=partial(objects.download, request.bucket, s3=request.s3),
            workspace=folder,
        )
    with database.transaction(request.tenant_id) as connection:
        return [registering.register(connection, request.tenant_id, delivery) for delivery in deliveries]


def queue_parts(request: Request, registration: registering.Registration) -> None:
    by_source = {"data_source_id": str(request.data_source_id)} if request.data_source_id else {}
    for part_number in registration.parts_to_load:
        message = envelope(
            tenant_id=request.tenant_id,
            kind="costs.ingest_part",
            params={"delivery_id": str(registration.delivery_id), "part_number": part_number, **by_source},
            idempotency_key=f"{registration.delivery_id}/{part_number}",
            now=datetime.now(UTC),
        )
        send(settings().require("ingest_queue_url"), message)
