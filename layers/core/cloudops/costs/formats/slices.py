"""Which bills a file holds, after a look at every cell that counts; and the totals to hold a load against."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import duckdb

from cloudops.costs.formats.cells import Cells
from cloudops.costs.formats.charges import bill_parameters, mapping_of, of_one_bill
from cloudops.costs.formats.errors import NoRowsError, TooLargeError
from cloudops.costs.formats.flaws import first_flaw, flaws_of
from cloudops.costs.formats.models import BillKey, Caps, ControlTotals, Export, Slice
from cloudops.costs.formats.source import path_parameter, refusing, table_of


class Subtotal(NamedTuple):
    """Rows of one bill from one provider in one currency. Times are in UTC and carry no zone."""

    billing_account_id: str
    period_start: date
    provider: str
    currency: str
    rows: int
    billed: Decimal
    first_start: datetime
    last_start: datetime
    flawed_rows: int


def slices(connection: duckdb.DuckDBPyConnection, export: Export, *, caps: Caps | None = None) -> list[Slice]:
    """The bills in a file, the earliest first.

    Raises an `ExportRefusedError` where a cell that charges are made of cannot be read.
    """
    with refusing():
        rows = connection.execute(subtotals_sql(export), {"path": path_parameter(export.path)}).fetchall()
    subtotals = [Subtotal(*row) for row in rows]
    check_rows(sum(subtotal.rows for subtotal in subtotals), caps or Caps())
    if any(subtotal.flawed_rows for subtotal in subtotals):
        raise first_flaw(export)
    bills = sorted(subtotals, key=bill_of)
    return [slice_of(list(parts)) for _, parts in groupby(bills, key=bill_of)]


def subtotals_sql(export: Export) -> str:
    mapping = mapping_of(export)
    started = mapping.facts["started"]
    flawed = " OR ".join(f"({flaw.found})" for flaw in flaws_of(export))
    return f"""
    SELECT {mapping.billing_account} AS billing_account_id, {mapping.period} AS period_start,
        {mapping.provider} AS provider, {mapping.facts["currency"]} AS currency,
        count(*), coalesce(sum({mapping.measures["billed_cost"]}), 0), min({started}), max({started}),
        count(*) FILTER (WHERE {flawed})
    FROM {table_of(export)}
    GROUP BY 1, 2, 3, 4"""  # noqa: S608


def check_rows(rows: int, caps: Caps) -> None:
    if rows == 0:
        raise NoRowsError("the file holds a header and no rows")
    if rows > caps.rows:
        raise TooLargeError(f"it holds {rows:,} rows; {caps.rows:,} are read at most")


def bill_of(subtotal: Subtotal) -> tuple[date, str]:
    return subtotal.period_start, subtotal.billing_account_id


def slice_of(parts: Sequence[Subtotal]) -> Slice:
    billed: dict[str, Decimal] = {}
    for part in parts:
        billed[part.currency] = billed.get(part.currency, Decimal(0)) + part.billed
    return Slice(
        billing_account_id=parts[0].billing_account_id,
        period_start=parts[0].period_start,
        provider=max(parts, key=lambda part: part.rows).provider,
        billed=billed,
        rows=sum(part.rows for part in parts),
        first_charge_start=min(part.first_start for part in parts).replace(tzinfo=UTC),
        last_charge_start=max(part.last_start for part in parts).replace(tzinfo=UTC),
    )


def control_totals(connection: duckdb.DuckDBPyConnection, export: Export, bill: BillKey) -> ControlTotals:
    """Rows and billed cost of a bill straight from the source column, past all that normalising does."""
    cells = Cells(export)
    cost = cells.amount("BilledCost" if export.kind.is_focus else "line_item_unblended_cost")
    currency = cells.text("BillingCurrency" if export.kind.is_focus else "line_item_currency_code")
    sql = f"""
    SELECT {currency}, count(*), coalesce(sum({cost}), 0)
    FROM {table_of(export)} WHERE {of_one_bill(mapping_of(export))}
    GROUP BY 1"""  # noqa: S608
    with refusing():
        rows = connection.execute(sql, bill_parameters(export, bill)).fetchall()
    return ControlTotals(rows=sum(row[1] for row in rows), billed={row[0]: row[2] for row in rows})
