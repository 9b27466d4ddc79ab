"""What can be done with bills that were taken in. Taking them in is `registering` and `loading`, which need DuckDB."""

from datetime import datetime, timedelta
from uuid import UUID

from cloudops.actor import Actor
from cloudops.attribution.forgetting import forget_delivery
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.costs import repository
from cloudops.costs.models import Delivery, Source
from cloudops.costs.reading import CostAnswer, CostQuestion, read_costs, read_latest_day, read_month_totals
from cloudops.costs.repository import DeliveryFilter, PublishedBill
from cloudops.errors import NotFoundError
from cloudops.paging import Cursor, Page
from cloudops.platform.database import Connection

__all__ = [
    "CostAnswer",
    "CostQuestion",
    "DeliveryFilter",
    "list_deliveries",
    "prefer_source",
    "prune_superseded",
    "read_costs",
    "read_latest_day",
    "read_month_totals",
    "show_delivery",
]


class DeliveryNotFoundError(NotFoundError):
    """There is no such delivery."""


RETENTION = timedelta(days=90)


def list_deliveries(
    connection: Connection, chosen: DeliveryFilter, *, limit: int, cursor: str | None
) -> Page[Delivery]:
    after = Cursor.decode(cursor) if cursor else None
    rows = repository.list_deliveries(connection, chosen, limit=limit + 1, after=after)
    return Page.of(rows, limit, lambda row: Cursor(at=row.created_at, id=row.id))


def show_delivery(connection: Connection, delivery_id: UUID) -> Delivery:
    found = repository.list_deliveries(connection, DeliveryFilter(ids=[delivery_id]), limit=1, after=None)
    if not found:
        raise DeliveryNotFoundError
    return found[0]


def prefer_source(
    connection: Connection, billing_account_id: str, source: Source, *, actor: Actor, now: datetime
) -> None:
    """Make one source authoritative for a billing account, in every period that has it."""
    before = repository.find_source_preference(connection, billing_account_id)
    repository.set_source_preference(connection, billing_account_id, source, now=now)
    for period in repository.list_periods(connection, billing_account_id):
        repository.lock_period(connection, billing_account_id, period)
        bill = PublishedBill(
            source=source, export_name="", billing_account_id=billing_account_id, period=period
        )
        repository.choose_current(connection, bill, now=now)
    record(
        connection,
        NewEvent(
            entity_type="billing_account",
            entity_id=billing_account_id,
            event_type="source_preferred",
            message=f"{source} is now authoritative for {billing_account_id}",
            actor=actor,
            metadata={"old": {"source": before}, "new": {"source": source}},
        ),
    )


def prune_superseded(connection: Connection, *, now: datetime) -> int:
    """Remove the charges of versions that were superseded long ago, and say how many deliveries went."""
    old = repository.list_prunable(connection, now - RETENTION)
    for delivery_id in old:
        forget_delivery(connection, delivery_id)
        repository.delete_delivery(connection, delivery_id)
    if old:
        record(
            connection,
            NewEvent(
                entity_type="job",
                entity_id=None,
                event_type="pruned",
                message=f"{len(old)} superseded deliveries were removed",
                metadata={"deliveries": [str(one) for one in old]},
            ),
        )
    return len(old)
