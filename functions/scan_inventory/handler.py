"""Scan a tenant's accounts. A message without an account plans a run; one per account and region carries it out."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.inventory import use_cases as inventory
from cloudops.inventory.models import AccountAccess, Place
from cloudops.inventory.reading import Clients
from cloudops.platform import database
from cloudops.platform.aws import ACCOUNT_READ_SECONDS, assumed_client, client
from cloudops.platform.messaging import Envelope, envelope, process_batch, send
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, logger, observed

# One service of one region takes a few minutes at most; what is not begun goes into a message of its own.
MARGIN_MS = 240_000
HOME_REGION = "us-east-1"


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "inventory.scan", partial(scan, context=context))


def scan(message: Envelope, *, context: LambdaContext) -> int:
    if "account_id" in message.params:
        return scan_place(message, context=context)
    return plan(message)


def plan(message: Envelope) -> int:
    """The run's id comes from the message, so that a message delivered twice plans one run."""
    run_id = uuid5(message.tenant_id, f"scan|{message.idempotency_key}")
    with transactions_of(message)() as connection:
        accounts = inventory.accounts_to_scan(connection)
    places = inventory.plan(
        transactions_of(message),
        run_id,
        accounts,
        clients=partial(clients_of, region=HOME_REGION),
        now=datetime.now(UTC),
    )
    for place in places:
        queue_place(message.tenant_id, run_id, place)
    logger.info("planned", extra={"run_id": str(run_id), "places": len(places)})
    return len(places)


def scan_place(message: Envelope, *, context: LambdaContext) -> int:
    run_id = UUID(message.params["run_id"])
    place = Place(account_id=message.params["account_id"], region=message.params["region"])
    with transactions_of(message)() as connection:
        accounts = inventory.accounts_to_scan(connection)
    access = next((one for one in accounts if one.account_id == place.account_id), None)
    if access is None:
        inventory.abandon_place(transactions_of(message), run_id, place, now=datetime.now(UTC))
        return 0
    complete = inventory.scan_place(
        transactions_of(message),
        run_id,
        place,
        clients=clients_of(access, region=place.region),
        clock=partial(datetime.now, UTC),
        has_time=lambda: context.get_remaining_time_in_millis() > MARGIN_MS,
    )
    if not complete:
        queue_place(message.tenant_id, run_id, place)
    count("RegionsScanned", int(complete))
    return int(complete)


def queue_place(tenant_id: UUID, run_id: UUID, place: Place) -> None:
    message = envelope(
        tenant_id=tenant_id,
        kind="inventory.scan",
        params={"run_id": str(run_id), "account_id": place.account_id, "region": place.region},
        idempotency_key=f"inventory.scan/{run_id}/{place.account_id}/{place.region}",
        now=datetime.now(UTC),
    )
    send(settings().require("inventory_queue_url"), message)


def transactions_of(message: Envelope) -> inventory.Transactions:
    return partial(database.transaction, message.tenant_id)


def clients_of(access: AccountAccess, *, region: str) -> Clients:
    if access.role_arn is None:
        return partial(client, region=region, read_seconds=ACCOUNT_READ_SECONDS)
    return partial(assumed_client, region=region, role_arn=access.role_arn, external_id=access.external_id)
