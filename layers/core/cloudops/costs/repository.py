"""Deliveries, their parts and charges in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from cloudops.costs.models import (
    Bundle,
    Delivery,
    KnownDelivery,
    NewDelivery,
    NewPart,
    PartToLoad,
    Totals,
)
from cloudops.errors import NotFoundError
from cloudops.paging import Cursor
from cloudops.platform import queries
from cloudops.platform.database import Connection, statement_within

SQL = queries.load(__package__)


class PartNotFoundError(NotFoundError):
    """The delivery has no such part."""


@dataclass(frozen=True, kw_only=True)
class PublishedBill:
    """The bill that a published delivery is a version of."""

    source: str
    export_name: str
    billing_account_id: str
    period: date


@dataclass(frozen=True, kw_only=True)
class DeliveryFilter:
    status: str | None = None
    source: str | None = None
    period: date | None = None
    ids: list[UUID] | None = None


def lock_period(connection: Connection, billing_account_id: str, period: date | None) -> None:
    """One registration or publication of a bill at a time; held until the transaction ends."""
    connection.execute(SQL["lock_period"], {"billing_account_id": billing_account_id, "period": str(period)})


def lock_recordings(connection: Connection, period: date, *, shared: bool) -> None:
    """The recordings of a period that nobody is known to have been billed for; held until the transaction ends."""
    query = "lock_recordings_shared" if shared else "lock_recordings"
    connection.execute(SQL[query], {"period": str(period)})


def find_delivery(connection: Connection, delivery: NewDelivery) -> KnownDelivery | None:
    with connection.cursor(row_factory=class_row(KnownDelivery)) as cursor:
        return cursor.execute(SQL["find_delivery"], vars(delivery)).fetchone()


def find_by_content(connection: Connection, bundle: Bundle, grain: str) -> list[KnownDelivery]:
    """A newer version may say again what an older one said, so the content alone tells nothing."""
    with connection.cursor(row_factory=class_row(KnownDelivery)) as cursor:
        return cursor.execute(
            SQL["find_by_content"],
            {"fingerprint": bundle.fingerprint, "version": bundle.version, "grain": grain},
        ).fetchall()


def read_totals(connection: Connection, delivery_id: UUID) -> dict[str, str]:
    """What the files say, billed per currency."""
    row = connection.execute(SQL["read_totals"], {"delivery_id": delivery_id}).fetchone()
    return dict(row[0]) if row else {}


def insert_delivery(connection: Connection, delivery: NewDelivery) -> None:
    connection.execute(
        SQL["insert_delivery"],
        {
            **vars(delivery),
            "source_rows": delivery.source_rows,
            "totals": amounts(delivery.totals),
            "estimated_days": list(delivery.estimated_days),
        },
    )
    connection.cursor().executemany(
        SQL["insert_part"], [part_row(delivery.id, part) for part in delivery.parts]
    )


def part_row(delivery_id: UUID, part: NewPart) -> dict[str, Any]:
    return {
        "delivery_id": delivery_id,
        "part_number": part.part_number,
        "key": part.stored.key,
        "size": part.stored.size,
        "etag": part.stored.etag,
        "source_rows": part.source_rows,
        "totals": amounts(part.totals),
    }


def amounts(totals: Totals) -> Jsonb:
    return Jsonb({currency: str(amount) for currency, amount in totals.items()})


def delete_delivery(connection: Connection, delivery_id: UUID) -> None:
    delete_contents(connection, delivery_id)
    connection.execute(SQL["delete_delivery"], {"id": delivery_id})


def delete_contents(connection: Connection, delivery_id: UUID) -> None:
    connection.execute(SQL["delete_charges"], {"delivery_id": delivery_id})
    connection.execute(SQL["delete_daily_costs"], {"delivery_id": delivery_id})


def list_unloaded_parts(connection: Connection, delivery_id: UUID) -> list[int]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["list_unloaded_parts"], {"delivery_id": delivery_id}).fetchall()


def read_part(connection: Connection, delivery_id: UUID, part_number: int) -> PartToLoad:
    with connection.cursor(row_factory=class_row(PartToLoad)) as cursor:
        found = cursor.execute(
            SQL["read_part"], {"delivery_id": delivery_id, "part_number": part_number}
        ).fetchone()
    if found is None:
        raise PartNotFoundError(f"delivery {delivery_id} has no part {part_number}")
    return found


def stage_charges(
    connection: Connection, chunks: Iterable[bytes], *, time_left: timedelta | None
) -> dict[str, Decimal]:
    """Copy CSV into a temporary table, which COPY into a table under row-level security may not; its sums.

    The statement lasts for as long as the chunks take to come, so that its time is what the caller has left.
    """
    connection.execute(SQL["stage_charges"])
    with (
        statement_within(connection, time_left),
        connection.cursor().copy(SQL["copy_staged_charges"]) as copy,
    ):
        for chunk in chunks:
            copy.write(chunk)
    return sums(connection, "sum_staged_charges", {})


def sums(connection: Connection, query: str, parameters: dict[str, Any]) -> dict[str, Decimal]:
    return dict(connection.execute(SQL[query], parameters).fetchall())


def insert_charges(connection: Connection, *, tenant_id: UUID, delivery_id: UUID, project_id: UUID) -> None:
    connection.execute(SQL["insert_charges"], {"tenant_id": tenant_id, "delivery_id": delivery_id})
    connection.execute(SQL["upsert_accounts"], {"tenant_id": tenant_id, "project_id": project_id})


def lock_delivery(connection: Connection, delivery_id: UUID) -> str:
    row = connection.execute(SQL["lock_delivery"], {"delivery_id": delivery_id}).fetchone()
    if row is None:
        raise PartNotFoundError(f"delivery {delivery_id} is gone")
    return str(row[0])


def mark_part_loaded(connection: Connection, part: PartToLoad, *, now: datetime) -> None:
    connection.execute(
        SQL["mark_part_loaded"],
        {"delivery_id": part.delivery_id, "part_number": part.part_number, "now": now},
    )


def insert_daily_costs(connection: Connection, delivery_id: UUID) -> dict[str, Decimal]:
    """Write the rollup and return its billed sums per currency."""
    connection.execute(SQL["insert_daily_costs"], {"delivery_id": delivery_id})
    return sums(connection, "sum_daily_costs", {"delivery_id": delivery_id})


def mark_published(connection: Connection, delivery_id: UUID, *, now: datetime) -> PublishedBill:
    with connection.cursor(row_factory=class_row(PublishedBill)) as cursor:
        cursor.execute(SQL["mark_published"], {"delivery_id": delivery_id, "now": now})
        found = cursor.fetchone()
    if found is None:
        raise PartNotFoundError(f"delivery {delivery_id} is gone")
    return found


def find_bill_of_recording(connection: Connection, delivery_id: UUID, period: date) -> str | None:
    """The billing account of the bill that has the recording's accounts; of any AWS bill where it names none."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        parameters = {"delivery_id": delivery_id, "period": period}
        found: str | None = cursor.execute(SQL["find_bill_of_recording"], parameters).fetchone()
    return found


def assign_recording(connection: Connection, delivery_id: UUID, billing_account_id: str) -> None:
    connection.execute(
        SQL["assign_recording"], {"delivery_id": delivery_id, "billing_account_id": billing_account_id}
    )


def adopt_recordings(connection: Connection, delivery_id: UUID, bill: PublishedBill) -> bool:
    """Give recordings of the bill's accounts to the bill, whose shadows they are from now on."""
    parameters = {
        "delivery_id": delivery_id,
        "billing_account_id": bill.billing_account_id,
        "period": bill.period,
    }
    return bool(connection.execute(SQL["adopt_recordings"], parameters).rowcount)


def choose_current(connection: Connection, bill: PublishedBill, *, now: datetime) -> UUID | None:
    """Move the pointer: the newest version of the most trusted source is current, other sources' newest shadows.

    None where the bill has no delivery.
    """
    key = {"billing_account_id": bill.billing_account_id, "period": bill.period}
    with connection.cursor(row_factory=scalar_row) as cursor:
        newest: list[UUID] = cursor.execute(SQL["rank_deliveries"], key).fetchall()
    if not newest:
        return None
    current = newest[0]
    connection.execute(SQL["demote_deliveries"], {**key, "newest": newest, "current": current, "now": now})
    connection.execute(SQL["promote_delivery"], {"current": current})
    return current


def record_resources(connection: Connection, delivery_id: UUID, *, now: datetime) -> None:
    """One delivery of a tenant at a time: two bills that know the same resources would wait for one another."""
    connection.execute(SQL["lock_resources"])
    connection.execute(SQL["upsert_resources"], {"delivery_id": delivery_id, "now": now})
    connection.execute(SQL["widen_resource_spans"], {"delivery_id": delivery_id})
    recent = connection.execute(SQL["touches_last_month"], {"delivery_id": delivery_id}).fetchone()
    if recent and recent[0]:
        connection.execute(SQL["refresh_resources"])


def quarantine(connection: Connection, delivery_id: UUID, reason: str) -> bool:
    """False where it is no longer loading: what was published stays."""
    changed = connection.execute(
        SQL["quarantine_delivery"], {"delivery_id": delivery_id, "reason": reason}
    ).rowcount
    if changed:
        delete_contents(connection, delivery_id)
    return bool(changed)


def list_deliveries(
    connection: Connection, chosen: DeliveryFilter, *, limit: int, after: Cursor | None
) -> list[Delivery]:
    parameters = {
        **vars(chosen),
        "limit": limit,
        "after_at": after.at if after else None,
        "after_id": after.id if after else None,
    }
    with connection.cursor(row_factory=class_row(Delivery)) as cursor:
        return cursor.execute(SQL["list_deliveries"], parameters).fetchall()


def list_prunable(connection: Connection, before: datetime) -> list[UUID]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["list_prunable_deliveries"], {"before": before}).fetchall()


def find_source_preference(connection: Connection, billing_account_id: str) -> str | None:
    row = connection.execute(
        SQL["find_source_preference"], {"billing_account_id": billing_account_id}
    ).fetchone()
    return str(row[0]) if row else None


def set_source_preference(
    connection: Connection, billing_account_id: str, source: str, *, now: datetime
) -> None:
    connection.execute(
        SQL["set_source_preference"],
        {"billing_account_id": billing_account_id, "source": source, "now": now},
    )


def list_periods(connection: Connection, billing_account_id: str) -> list[date]:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(SQL["list_periods"], {"billing_account_id": billing_account_id}).fetchall()
