"""The manifests that AWS writes beside its exports: legacy CUR and Data Exports (CUR 2.0, FOCUS).

Shapes: docs.aws.amazon.com/cur/latest/userguide, "Cost and Usage Report manifest files" and "Understanding
export delivery".
"""

import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Literal

from cloudops.costs.formats.errors import InvalidManifestError
from cloudops.period import next_month

ASSEMBLY_TIME = re.compile(r"(20\d{6}T\d{6})Z")
DELIVERY_TIME = re.compile(r"/(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)-")
PERIOD_FOLDER = re.compile(r"/billing_period=(20\d\d-(?:0[1-9]|1[0-2]))/", re.IGNORECASE)
ARN_ACCOUNT = re.compile(r"^arn:[^:]+:[^:]+:[^:]*:(\d{12}):")


@dataclass(frozen=True, kw_only=True)
class BillingPeriod:
    start: date
    end: date


@dataclass(frozen=True, kw_only=True)
class ExportManifest:
    """What an export says about one of its deliveries. `keys` are relative to the bucket."""

    report_name: str
    account: str | None
    billing_period: BillingPeriod | None
    assembly_id: str | None
    assembled_at: datetime | None
    keys: tuple[str, ...]
    format: Literal["csv", "parquet"]
    columns: tuple[str, ...]


def parse_manifest(content: bytes) -> ExportManifest:
    document = json_object(content)
    if "reportKeys" in document:
        return cur1_manifest(document)
    if "dataFiles" in document or "executionId" in document:
        return data_export_manifest(document)
    raise InvalidManifestError("it names no files: neither reportKeys nor dataFiles is there")


def json_object(content: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidManifestError("it is not JSON") from error
    if not isinstance(document, dict):
        raise InvalidManifestError("it is not a JSON object")
    return document


def cur1_manifest(document: Mapping[str, object]) -> ExportManifest:
    keys = key_list(document, "reportKeys")
    assembly_id = text_of(document, "assemblyId")
    return ExportManifest(
        report_name=text_of(document, "reportName") or name_in_key(keys),
        account=text_of(document, "account"),
        billing_period=period_of(document) or period_in_keys(keys),
        assembly_id=assembly_id,
        assembled_at=time_in_id(assembly_id),
        keys=keys,
        format=format_of(keys),
        columns=column_names(document),
    )


def data_export_manifest(document: Mapping[str, object]) -> ExportManifest:
    keys = key_list(document, "dataFiles")
    execution_id = text_of(document, "executionId")
    account = ARN_ACCOUNT.match(text_of(document, "exportArn") or "")
    return ExportManifest(
        report_name=text_of(document, "exportName") or name_in_key(keys),
        account=text_of(document, "account") or (account and account[1]) or None,
        billing_period=period_of(document) or period_in_keys(keys),
        assembly_id=execution_id,
        assembled_at=time_in_id(execution_id) or delivery_time(document, keys),
        keys=keys,
        format=format_of(keys),
        columns=column_names(document),
    )


def text_of(document: Mapping[str, object], name: str) -> str | None:
    value = document.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str | int):
        raise InvalidManifestError(f"{name} is not text")
    return str(value)


def key_list(document: Mapping[str, object], name: str) -> tuple[str, ...]:
    entries = document.get(name, [])
    if not isinstance(entries, list):
        raise InvalidManifestError(f"{name} is not a list")
    return tuple(bucket_relative(entry, name) for entry in entries)


def bucket_relative(entry: object, name: str) -> str:
    """A key as it stands in the bucket; Data Exports write `s3://bucket/key`, some lists hold objects."""
    if isinstance(entry, dict):
        entry = entry.get("key") or entry.get("path") or entry.get("s3Uri")
    if not isinstance(entry, str) or not entry:
        raise InvalidManifestError(f"{name} holds something that is no key")
    key = re.sub(r"^s3://[^/]+/", "", entry).lstrip("/")
    if ".." in key.split("/"):
        raise InvalidManifestError(f"{name} holds a key that leaves its folder: {entry}")
    return key


def period_of(document: Mapping[str, object]) -> BillingPeriod | None:
    period = document.get("billingPeriod")
    if period is None:
        return None
    if not isinstance(period, dict):
        raise InvalidManifestError("billingPeriod has no start and end")
    start, end = day_of(period.get("start")), day_of(period.get("end"))
    if end <= start:
        raise InvalidManifestError("billingPeriod ends before it starts")
    return BillingPeriod(start=start, end=end)


def day_of(value: object) -> date:
    """The day of `2026-06-01T00:00:00.000Z`, `20260601T000000.000Z` or `2026-06-01`."""
    try:
        return date.fromisoformat(str(value).split("T", 1)[0])
    except ValueError as error:
        raise InvalidManifestError(f"billingPeriod holds {value!r}, which is no date") from error


def period_in_keys(keys: Sequence[str]) -> BillingPeriod | None:
    months = {found[1] for key in keys if (found := PERIOD_FOLDER.search(f"/{key}"))}
    if len(months) != 1:
        return None
    start = date.fromisoformat(f"{months.pop()}-01")
    return BillingPeriod(start=start, end=next_month(start))


def time_in_id(identifier: str | None) -> datetime | None:
    found = ASSEMBLY_TIME.search(identifier or "")
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def delivery_time(document: Mapping[str, object], keys: Sequence[str]) -> datetime | None:
    """When a Data Export was made: stated or, where versions are kept, in the name of its files' folder."""
    folder = next((found[1] for key in keys if (found := DELIVERY_TIME.search(f"/{key}"))), None)
    stated = next((document[name] for name in ("createdAt", "completedAt") if name in document), folder)
    if not isinstance(stated, str):
        return None
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def format_of(keys: Sequence[str]) -> Literal["csv", "parquet"]:
    return "parquet" if any(key.lower().endswith(".parquet") for key in keys) else "csv"


def column_names(document: Mapping[str, object]) -> tuple[str, ...]:
    entries = document.get("columns", [])
    if not isinstance(entries, list):
        raise InvalidManifestError("columns is not a list")
    return tuple(column_name(entry) for entry in entries)


def column_name(entry: object) -> str:
    if isinstance(entry, str):
        return entry
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise InvalidManifestError("columns holds something without a name")
    category = entry.get("category")
    return f"{category}/{entry['name']}" if category else entry["name"]


def name_in_key(keys: Sequence[str]) -> str:
    """The export's name: the folder above `data/` in Data Exports, else the file's name without number."""
    if not keys:
        raise InvalidManifestError("it names neither the export nor a file")
    parts = PurePosixPath(keys[0]).parts
    if "data" in parts[1:]:
        return parts[len(parts) - parts[::-1].index("data") - 2]
    return re.sub(r"-\d{5}\..*$", "", parts[-1])


def resolve_key(manifest_path: str, key: str, listing: Container[str]) -> str | None:
    """Where a bucket's key lies in a listing of paths.

    People copy a part of the bucket only: the longest tail of the key counts that lies under the manifest's
    folder or one above it, the nearest folder first.
    """
    if key in listing:
        return key
    parts = PurePosixPath(key).parts
    folders = PurePosixPath(manifest_path).parents
    for first in range(len(parts)):
        tail = PurePosixPath(*parts[first:])
        for folder in folders:
            if str(folder / tail) in listing:
                return str(folder / tail)
    return None
