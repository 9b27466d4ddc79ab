"""Small export files for tests, and what is read out of them."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from cloudops.costs.formats.charges import charges_query
from cloudops.costs.formats.detect import recognise
from cloudops.costs.formats.models import CHARGE_COLUMNS, Grain
from cloudops.costs.formats.slices import slices

Row = Mapping[str, str]

CUR1_ROW = {
    "identity/LineItemId": "l-1",
    "bill/PayerAccountId": "111122223333",
    "bill/BillingPeriodStartDate": "2026-07-01T00:00:00.000Z",
    "lineItem/UsageAccountId": "222233334444",
    "lineItem/LineItemType": "Usage",
    "lineItem/UsageStartDate": "2026-07-03T10:00:00Z",
    "lineItem/UsageEndDate": "2026-07-03T11:00:00Z",
    "lineItem/ProductCode": "AmazonEC2",
    "lineItem/UsageType": "USW2-BoxUsage:m5.xlarge",
    "lineItem/Operation": "RunInstances",
    "lineItem/ResourceId": "i-1",
    "lineItem/UsageAmount": "1",
    "lineItem/CurrencyCode": "USD",
    "lineItem/UnblendedCost": "0.192",
    "lineItem/BlendedCost": "0.19",
    "product/region": "us-west-2",
    "pricing/publicOnDemandCost": "0.2",
    "pricing/unit": "Hrs",
}
FOCUS_ROW = {
    "BilledCost": "1.5",
    "BillingAccountId": "a-1",
    "BillingAccountName": "Acme",
    "BillingCurrency": "EUR",
    "BillingPeriodEnd": "2026-08-01T00:00:00Z",
    "BillingPeriodStart": "2026-07-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargeDescription": "A machine",
    "ChargeFrequency": "Usage-Based",
    "ChargePeriodEnd": "2026-07-03T11:00:00Z",
    "ChargePeriodStart": "2026-07-03T10:00:00Z",
    "ConsumedQuantity": "1",
    "ConsumedUnit": "Hours",
    "ContractedCost": "1.75",
    "EffectiveCost": "1.25",
    "InvoiceIssuerName": "Microsoft",
    "ListCost": "2",
    "PricingCategory": "Standard",
    "PricingQuantity": "0.1",
    "PricingUnit": "10 Hours",
    "ProviderName": "Microsoft",
    "PublisherName": "Microsoft",
    "RegionId": "westeurope",
    "ResourceId": "vm-1",
    "ServiceCategory": "Compute",
    "ServiceName": "Virtual Machines",
    "SubAccountId": "s-1",
    "SubAccountName": "Shop",
    "Tags": "",
}


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    """The first row's keys are the header. A name that ends in .gz is packed."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_parquet(path: Path, select: str) -> Path:
    """One file of the rows of a query."""
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def read_charges(
    connection: duckdb.DuckDBPyConnection, path: Path, grain: Grain = Grain.DAILY
) -> list[dict[str, Any]]:
    """The charges of all bills in a file, in no particular order."""
    export = recognise(connection, path)
    charges = []
    for bill in slices(connection, export):
        query = charges_query(export, bill, grain)
        rows = connection.execute(query.sql, query.parameters).fetchall()
        charges += [dict(zip(CHARGE_COLUMNS, row, strict=True)) for row in rows]
    return charges


def read_charge(
    connection: duckdb.DuckDBPyConnection, path: Path, grain: Grain = Grain.DAILY
) -> dict[str, Any]:
    (charge,) = read_charges(connection, path, grain)
    return charge
