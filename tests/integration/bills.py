"""Writes small CUR 1.0 exports: as many parts, months and versions as a test needs."""

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from cloudops.period import next_month

PAYER, ACCOUNT = "111122223333", "222233334444"
JULY = date(2026, 7, 1)
Charge = Mapping[str, Any]


def charge(day: int | date, cost: float | str, **cells: str) -> Charge:
    """One line of a bill; `day` may be a day of July. Cells by column name, without the category."""
    on = JULY.replace(day=day) if isinstance(day, int) else day
    start = datetime.combine(on, time(), UTC)
    return {
        "identity/LineItemId": f"{on}-{cost}",
        "bill/PayerAccountId": PAYER,
        "bill/BillingPeriodStartDate": stamp(start.replace(day=1)),
        "lineItem/UsageAccountId": ACCOUNT,
        "lineItem/LineItemType": "Usage",
        "lineItem/UsageStartDate": stamp(start),
        "lineItem/UsageEndDate": stamp(start + timedelta(hours=1)),
        "lineItem/ProductCode": "AmazonEC2",
        "lineItem/UsageType": "BoxUsage:m5.large",
        "lineItem/ResourceId": "i-0123456789abcdef0",
        "lineItem/UsageAmount": "1",
        "lineItem/CurrencyCode": "USD",
        "lineItem/UnblendedCost": str(cost),
        **{column_of(name): value for name, value in cells.items()},
    }


def column_of(name: str) -> str:
    return name if "/" in name else f"lineItem/{name}"


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def write_bill(
    folder: Path,
    assembly: str,
    parts: Sequence[Sequence[Charge]],
    *,
    month: date = JULY,
    report: str = "acme",
) -> list[Path]:
    """An assembly with its manifest, as AWS keeps previous versions; the paths of its parts."""
    span = f"{month:%Y%m%d}-{next_month(month):%Y%m%d}"
    place = folder / report / span / assembly
    place.mkdir(parents=True)
    paths = [place / f"{report}-{number:05}.csv.gz" for number in range(1, len(parts) + 1)]
    for path, rows in zip(paths, parts, strict=True):
        path.write_bytes(gzip.compress(text_of(rows).encode()))
    write_manifest(place, assembly, [path.relative_to(folder).as_posix() for path in paths], month, report)
    return paths


def write_manifest(place: Path, assembly: str, keys: Sequence[str], month: date, report: str) -> None:
    manifest = {
        "assemblyId": assembly,
        "account": PAYER,
        "reportName": report,
        "billingPeriod": {"start": f"{month}T00:00:00.000Z", "end": f"{next_month(month)}T00:00:00.000Z"},
        "reportKeys": list(keys),
    }
    (place / f"{report}-Manifest.json").write_text(json.dumps(manifest))


def text_of(rows: Sequence[Charge]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0] if rows else charge(1, 0)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
