"""Our current total of a bill against that of each source we do not add up, per account, service and day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import class_row

from cloudops.costs.repository import SQL
from cloudops.paging import Page, Place
from cloudops.period import first_of_month
from cloudops.platform.database import Connection

Status = Literal["agrees", "differs", "missing"]


@dataclass(frozen=True, kw_only=True)
class ReconciliationQuestion:
    """Amounts agree that differ by no more than `amount`, in their currency, or `share` of the larger one."""

    period: date
    billing_account_id: str | None = None
    status: Status | None = None
    amount: Decimal = Decimal("0.01")
    share: Decimal = Decimal("0.005")


@dataclass(frozen=True, kw_only=True)
class ReconciledCost:
    """`ours` or `theirs` is None where that side has no charge; a missing one agrees with next to nothing.

    `service` is a product code of the Cost and Usage Report wherever the name is known to stand for one.
    """

    period: date
    billing_account_id: str
    against_id: UUID
    against_source: str
    against_export_name: str
    account_id: str
    service: str
    day: date
    currency: str
    ours: Decimal | None
    theirs: Decimal | None
    difference: Decimal
    tolerance: Decimal
    estimated: bool
    status: Status

    @property
    def place(self) -> Place:
        key = (self.day.isoformat(), self.billing_account_id, str(self.against_id))
        return Place(key=(*key, self.account_id, self.service, self.currency))


@dataclass(frozen=True, kw_only=True)
class ReconciliationCounts:
    """How many rows of each status there are on all pages, whichever status was asked for."""

    agrees: int
    differs: int
    missing: int


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """`counts` come with the first page only, where they are asked for: to count is as much work as to list all."""

    page: Page[ReconciledCost]
    counts: ReconciliationCounts | None


def reconcile(
    connection: Connection,
    question: ReconciliationQuestion,
    *,
    limit: int,
    cursor: str | None,
    counted: bool = True,
) -> Reconciliation:
    after = Place.decode(cursor, date.fromisoformat, str, UUID, str, str, str) if cursor else None
    parameters: dict[str, Any] = {
        **vars(question),
        "period": first_of_month(question.period),
        "after": list(after.key) if after else None,
        "limit": limit + 1,
    }
    with connection.cursor(row_factory=class_row(ReconciledCost)) as rows:
        found = rows.execute(SQL["read_reconciliation"], parameters).fetchall()
    return Reconciliation(
        page=Page.of(found, limit, lambda row: row.place),
        counts=count(connection, parameters) if counted and not after else None,
    )


def count(connection: Connection, parameters: dict[str, Any]) -> ReconciliationCounts:
    with connection.cursor(row_factory=class_row(ReconciliationCounts)) as rows:
        found = rows.execute(SQL["count_reconciliation"], parameters).fetchone()
    return found or ReconciliationCounts(agrees=0, differs=0, missing=0)
