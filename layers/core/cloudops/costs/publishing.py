"""Store the charges of a part; whoever stores the last one checks the totals and publishes the whole."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from cloudops.attribution.attributing import attribute_delivery, attribute_resources
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.costs import repository
from cloudops.costs.formats.cost_explorer import UNKNOWN_ACCOUNT
from cloudops.costs.formats.errors import ExportRefusedError
from cloudops.costs.models import DeliveryStatus, PartToLoad
from cloudops.costs.repository import PublishedBill
from cloudops.errors import InvalidError
from cloudops.platform.database import Connection
from cloudops.tenancy.use_cases import default_project

# Sums of rounded binary floats may differ in the last places; money that matters may not.
TOLERANCE = Decimal("0.000001")
Loaded = Literal["skipped", "loaded", "published"]


class TotalsDifferError(InvalidError):
    """What was loaded is not what the files say."""


REFUSALS = (ExportRefusedError, TotalsDifferError)


def store_part(
    connection: Connection,
    tenant_id: UUID,
    part: PartToLoad,
    chunks: Iterable[bytes],
    *,
    now: datetime,
    time_left: timedelta | None = None,
) -> Loaded:
    """Store charges that come as CSV, hold them against the part's totals, and publish after the last part."""
    check(repository.stage_charges(connection, chunks, time_left=time_left), part.totals)
    project = default_project(connection)
    repository.insert_charges(
        connection, tenant_id=tenant_id, delivery_id=part.delivery_id, project_id=project.id
    )
    # The row lock makes parallel parts finish one after another, so that exactly one of them is the last.
    if repository.lock_delivery(connection, part.delivery_id) != DeliveryStatus.LOADING:
        # Another part was refused meanwhile, and with it the whole delivery.
        repository.delete_contents(connection, part.delivery_id)
        return "skipped"
    repository.mark_part_loaded(connection, part, now=now)
    if repository.list_unloaded_parts(connection, part.delivery_id):
        return "loaded"
    publish(connection, part, now=now)
    return "published"


def publish(connection: Connection, part: PartToLoad, *, now: datetime) -> None:
    """Write the rollup, hold it against the files' totals, and move the pointer of the bill."""
    recording = part.billing_account_id == UNKNOWN_ACCOUNT
    repository.lock_recordings(connection, part.period, shared=not recording)
    repository.lock_period(connection, part.billing_account_id, part.period)
    rolled_up = repository.insert_daily_costs(connection, part.delivery_id)
    check(rolled_up, repository.read_totals(connection, part.delivery_id))
    bill = repository.mark_published(connection, part.delivery_id, now=now)
    bill = settle_recordings(connection, part.delivery_id, bill, now=now)
    current = repository.choose_current(connection, bill, now=now)
    attribute_delivery(connection, part.delivery_id)
    if current == part.delivery_id:
        repository.record_resources(connection, part.delivery_id, now=now)
    attribute_resources(connection)
    record(
        connection,
        NewEvent(
            entity_type="delivery",
            entity_id=str(part.delivery_id),
            event_type="published",
            message=f"{bill.source} {bill.export_name} of {bill.period:%Y-%m} was published",
            metadata={
                "current": current == part.delivery_id,
                "totals": {k: str(v) for k, v in rolled_up.items()},
            },
        ),
    )


def settle_recordings(
    connection: Connection, delivery_id: UUID, bill: PublishedBill, *, now: datetime
) -> PublishedBill:
    """The bill that a delivery belongs to.

    A recorded answer of Cost Explorer does not say whose bill it is of. Standing beside the bill of its accounts
    it would be added to it, so it goes to that bill, whichever of the two came first.
    """
    if bill.billing_account_id != UNKNOWN_ACCOUNT:
        if repository.adopt_recordings(connection, delivery_id, bill):
            left = replace(bill, billing_account_id=UNKNOWN_ACCOUNT)
            repository.choose_current(connection, left, now=now)
        return bill
    owner = repository.find_bill_of_recording(connection, delivery_id, bill.period)
    if owner is None:
        return bill
    repository.lock_period(connection, owner, bill.period)
    repository.assign_recording(connection, delivery_id, owner)
    return replace(bill, billing_account_id=owner)


def check(loaded: dict[str, Decimal], told: dict[str, str]) -> None:
    for currency in loaded.keys() | told.keys():
        have, want = loaded.get(currency, Decimal(0)), Decimal(told.get(currency, "0"))
        if abs(have - want) > TOLERANCE:
            raise TotalsDifferError(f"{plain(have)} {currency} were loaded where the files say {plain(want)}")


def plain(amount: Decimal) -> str:
    """Without the zeros that a column's scale leaves."""
    return f"{amount.normalize():f}"


def quarantine(
    connection: Connection, delivery_id: UUID, error: ExportRefusedError | TotalsDifferError
) -> None:
    """Take a delivery back whole. What the period showed before stays."""
    if repository.quarantine(connection, delivery_id, str(error)):
        record(
            connection,
            NewEvent(
                entity_type="delivery",
                entity_id=str(delivery_id),
                event_type="quarantined",
                message=f"The delivery was quarantined: {error}",
            ),
        )
