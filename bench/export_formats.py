"""How the two kinds of Cost and Usage Report lay out their columns, files and manifests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.resource_catalogue import ACCOUNTS, Catalogue, Entry
from local.demo.cur2 import MAPS, SCHEMA
from local.demo.exports import Export, bounds, write_manifest

Integers = NDArray[np.int64]

CODED = pa.dictionary(pa.int32(), pa.string())
BILL: dict[str, str] = {
    "bill_bill_type": "Anniversary",
    "bill_billing_entity": "AWS",
    "bill_invoice_id": "2200000001",
    "bill_payer_account_id": ACCOUNTS[0].number,
    "bill_payer_account_name": ACCOUNTS[0].name,
    "line_item_currency_code": "USD",
    "line_item_legal_entity": "Amazon Web Services, Inc.",
}
CATEGORIES = {
    "line_item": "lineItem",
    "savings_plan": "savingsPlan",
    "resource_tags": "resourceTags",
    **{name: name for name in ("bill", "discount", "identity", "pricing", "product", "reservation")},
}
NOT_IN_CUR1 = {"bill_payer_account_name", "line_item_usage_account_name", *MAPS}


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The columns that a resource alone decides: dictionary codes and map values by entry."""

    coded: Mapping[str, Any]
    maps: Mapping[str, Any]

    def rows(self, index: Integers) -> dict[str, Any]:
        taken = pa.array(index)
        return {
            **{name: _recoded(column, taken) for name, column in self.coded.items()},
            **{name: column.take(taken) for name, column in self.maps.items()},
        }


class Layout(Protocol):
    @property
    def schema(self) -> Any: ...
    @property
    def columns(self) -> Columns: ...
    def part_key(self, number: int) -> str: ...
    def path(self, key: str) -> Path: ...
    def write_manifest(self, keys: Sequence[str], *, delivered: datetime) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Cur2Layout:
    export: Export
    month: str
    schema: Any
    columns: Columns

    def part_key(self, number: int) -> str:
        return self.export.data_key(self.month, number)

    def path(self, key: str) -> Path:
        return self.export.path(key)

    def write_manifest(self, keys: Sequence[str], *, delivered: datetime) -> None:
        write_manifest(self.export, self.month, schema=SCHEMA, keys=keys, delivered=delivered)


@dataclass(frozen=True, kw_only=True)
class Cur1Layout:
    root: Path
    name: str
    month: str
    schema: Any
    columns: Columns

    def part_key(self, number: int) -> str:
        year, month = self.month.split("-")
        return (
            f"{self.name}/{self.name}/year={year}/month={int(month)}/{self.name}-{number:05d}.snappy.parquet"
        )

    def path(self, key: str) -> Path:
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write_manifest(self, keys: Sequence[str], *, delivered: datetime) -> None:
        start, end = bounds(self.month)
        manifest = {
            "assemblyId": f"{delivered:%Y%m%dT%H%M%SZ}",
            "account": ACCOUNTS[0].number,
            "reportName": self.name,
            "charset": "UTF-8",
            "compression": "Parquet",
            "contentType": "Parquet",
            "bucket": "bench-billing",
            "billingPeriod": {"start": f"{start:%Y%m%d}T000000.000Z", "end": f"{end:%Y%m%d}T000000.000Z"},
            "columns": [_cur1_column(column) for column in self.schema],
            "reportKeys": list(keys),
            "additionalArtifactKeys": [],
        }
        path = self.path(f"{self.name}/{start:%Y%m%d}-{end:%Y%m%d}/{self.name}-Manifest.json")
        path.write_text(json.dumps(manifest, indent=1) + "\n")


def cur2_layout(out: Path, month: str, resources: Catalogue) -> Cur2Layout:
    labels = [BILL | dict(entry.labels) for entry in resources.entries]
    columns = Columns(
        coded=_coded_columns(labels),
        maps={
            "product": _map_column([entry.product for entry in resources.entries]),
            "resource_tags": _map_column([entry.tags for entry in resources.entries]),
        },
    )
    export = Export(directory=out, name="bench-cur2", account_id=ACCOUNTS[0].number, bucket="bench-billing")
    return Cur2Layout(export=export, month=month, columns=columns, schema=_schema(list(SCHEMA), columns))


def cur1_layout(out: Path, month: str, resources: Catalogue) -> Cur1Layout:
    labels = [_flat_labels(entry) for entry in resources.entries]
    columns = Columns(coded=_coded_columns(labels), maps={})
    fields = [column for column in SCHEMA if column.name not in NOT_IN_CUR1]
    added = sorted(columns.coded.keys() - {column.name for column in fields})
    fields += [pa.field(name, pa.string()) for name in added]
    return Cur1Layout(
        root=out, name="bench-cur1", month=month, columns=columns, schema=_schema(fields, columns)
    )


def _flat_labels(entry: Entry) -> dict[str, str]:
    """Legacy reports have a column per product attribute and per tag key."""
    labels = {name: value for name, value in (BILL | dict(entry.labels)).items() if name not in NOT_IN_CUR1}
    product = {f"product_{name}": value for name, value in entry.product.items()}
    return labels | product | {f"resource_tags_{key}": value for key, value in entry.tags.items()}


def _coded_columns(labels: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    names = sorted({name for entry in labels for name in entry})
    coded = {name: pa.array([entry.get(name) for entry in labels], pa.string()) for name in names}
    return {name: column.dictionary_encode() for name, column in coded.items()}


def _map_column(values: Sequence[Mapping[str, str]]) -> Any:
    return pa.array([list(value.items()) for value in values], MAPS["product"])


def _recoded(column: Any, taken: Any) -> Any:
    return pa.DictionaryArray.from_arrays(column.indices.take(taken), column.dictionary)


def _schema(fields: Sequence[Any], columns: Columns) -> Any:
    coded = columns.coded.keys() | {"identity_time_interval"}
    return pa.schema([field.with_type(CODED) if field.name in coded else field for field in fields])


def _cur1_column(column: Any) -> dict[str, str]:
    prefix = next(prefix for prefix in CATEGORIES if column.name.startswith(f"{prefix}_"))
    kind = "OptionalString"
    if pa.types.is_floating(column.type):
        kind = "OptionalBigDecimal"
    if pa.types.is_timestamp(column.type):
        kind = "DateTime"
    return {"category": CATEGORIES[prefix], "name": column.name.removeprefix(f"{prefix}_"), "type": kind}
