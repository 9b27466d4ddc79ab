"""Look for exports under a bucket's prefix, register what is new, and queue each part for loading.

Input: {"bucket", "prefix", "tenant_id", "grain"}; only the bucket is needed where there is one tenant.
"""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.costs import registering
from cloudops.costs.discovery import discover
from cloudops.costs.models import Bundle, Grain
from cloudops.errors import InvalidError
from cloudops.platform import database, objects
from cloudops.platform.messaging import envelope, send
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, logger, observed
from cloudops.tenancy.use_cases import tenants_to_schedule


@dataclass(frozen=True, kw_only=True)
class Request:
    tenant_id: UUID
    bucket: str
    prefix: str
    grain: Grain


@observed
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    request = parse(event)
    listing = list(objects.list_objects(request.bucket, request.prefix))
    found = discover(listing, partial(objects.read_object, request.bucket))
    registered = [one for bundle in found.bundles for one in take_in(request, bundle)]
    logger.info("discovered", extra={"bundles": len(found.bundles), "deliveries": len(registered)})
    count("DeliveriesRegistered", len(registered))
    return {
        "deliveries": [{"id": str(one.delivery_id), "outcome": one.outcome} for one in registered],
        "ignored": list(found.ignored),
    }


def parse(event: dict[str, Any]) -> Request:
    if not event.get("bucket"):
        raise InvalidError("name the bucket that the exports lie in", field="bucket")
    grain = event.get("grain", "daily")
    if grain not in get_args(Grain.__value__):
        raise InvalidError("the grain is daily or line_item", field="grain")
    return Request(
        tenant_id=tenant_of(event["tenant_id"]) if event.get("tenant_id") else only_tenant(),
        bucket=event["bucket"],
        prefix=event.get("prefix", ""),
        grain=grain,
    )


def tenant_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidError("the tenant is not a UUID", field="tenant_id") from error


def only_tenant() -> UUID:
    with database.transaction() as connection:
        tenants = tenants_to_schedule(connection)
    if len(tenants) != 1:
        raise InvalidError(f"name the tenant: there are {len(tenants)}", field="tenant_id")
    return tenants[0]


def take_in(request: Request, bundle: Bundle) -> list[registering.Registration]:
    with database.transaction(request.tenant_id) as connection:
        known = registering.already_registered(connection, bundle, request.grain)
    registrations = known or register_anew(request, bundle)
    for one in registrations:
        queue_parts(request, one)
    return registrations


def register_anew(request: Request, bundle: Bundle) -> list[registering.Registration]:
    with tempfile.TemporaryDirectory() as directory:
        deliveries = registering.examine(
            bundle,
            bucket=request.bucket,
            grain=request.grain,
            fetch=partial(objects.download, request.bucket),
            workspace=Path(directory),
        )
    with database.transaction(request.tenant_id) as connection:
        return [registering.register(connection, request.tenant_id, delivery) for delivery in deliveries]


def queue_parts(request: Request, registration: registering.Registration) -> None:
    for part_number in registration.parts_to_load:
        message = envelope(
            tenant_id=request.tenant_id,
            kind="costs.ingest_part",
            params={"delivery_id": str(registration.delivery_id), "part_number": part_number},
            idempotency_key=f"{registration.delivery_id}/{part_number}",
            now=datetime.now(UTC),
        )
        send(settings().require("ingest_queue_url"), message)
