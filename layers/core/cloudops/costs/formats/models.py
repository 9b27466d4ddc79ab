"""A recognised export file, the bills in it, and the charges that are read out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

CHARGE_COLUMNS = (
    "charge_date",
    "charge_start",
    "charge_end",
    "account_id",
    "account_name",
    "provider",
    "service",
    "region",
    "resource_id",
    "instance_type",
    "usage_type",
    "operation",
    "usage_unit",
    "usage_amount",
    "currency",
    "charge_category",
    "charge_class",
    "charge_frequency",
    "pricing_category",
    "billed_cost",
    "effective_cost",
    "list_cost",
    "contracted_cost",
    "blended_cost",
    "tags",
    "line_item_id",
)


class Kind(StrEnum):
    CUR1 = "cur1"
    CUR2 = "cur2"
    FOCUS_1_0 = "focus_1_0"
    FOCUS_1_1 = "focus_1_1"
    FOCUS_1_2 = "focus_1_2"

    @property
    def is_focus(self) -> bool:
        return self.name.startswith("FOCUS")


class Container(StrEnum):
    CSV = "csv"
    GZIPPED_CSV = "csv.gz"
    PARQUET = "parquet"


class Grain(StrEnum):
    DAILY = "daily"
    LINE_ITEM = "line_item"


@dataclass(frozen=True, kw_only=True)
class Caps:
    """What one file may hold at most: a small Parquet or gzip file can unpack to any size."""

    rows: int = 50_000_000
    columns: int = 5_000
    cells: int = 10_000_000_000
    unpacked_bytes: int = 64 * 1024**3


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as the file names it. `type` is DuckDB's name of its type, in a CSV always VARCHAR."""

    name: str
    type: str = "VARCHAR"


@dataclass(frozen=True, kw_only=True)
class Export:
    path: Path
    kind: Kind
    container: Container
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class BillKey:
    """What makes a bill in a file: its billing account and its billing month."""

    billing_account_id: str
    period_start: date


@dataclass(frozen=True, kw_only=True)
class Slice(BillKey):
    """The rows of one bill in a file. `provider` is the most frequent."""

    provider: str
    billed: Mapping[str, Decimal]
    rows: int
    first_charge_start: datetime
    last_charge_start: datetime


@dataclass(frozen=True, kw_only=True)
class ControlTotals:
    """Rows and billed cost per currency as the source column has them, to hold a load against."""

    rows: int
    billed: Mapping[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class Query:
    """SQL for DuckDB with its named parameters; also fit for COPY (...) TO."""

    sql: str
    parameters: Mapping[str, object]
