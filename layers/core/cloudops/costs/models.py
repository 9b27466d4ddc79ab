"""Deliveries of bills and the costs that people ask for."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from cloudops.stored_object import StoredObject

type Grain = Literal["daily", "line_item"]
type Totals = Mapping[str, Decimal]


class Source(StrEnum):
    """Where a bill comes from, the most trusted first."""

    CUR2 = "cur2"
    CUR1 = "cur1"
    FOCUS = "focus"
    COST_EXPLORER = "cost_explorer"
    UNKNOWN = "unknown"


class DeliveryStatus(StrEnum):
    LOADING = "loading"
    CURRENT = "current"
    SHADOW = "shadow"
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Files that one export wrote as one version: named by a manifest, or lying together under one name."""

    export_name: str
    parts: Sequence[StoredObject]
    assembly_id: str | None = None
    assembled_at: datetime | None = None
    refusal: str | None = None

    @property
    def fingerprint(self) -> str:
        lines = sorted(f"{part.name} {part.size} {part.etag}" for part in self.parts)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def version(self) -> str:
        """The provider's id of the assembly; without one, the content itself."""
        return self.assembly_id or self.fingerprint[:16]

    @property
    def made_at(self) -> datetime:
        """The provider's own time of assembly; without one, when the newest part was written."""
        return self.assembled_at or max(part.modified_at for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class NewPart:
    part_number: int
    stored: StoredObject
    source_rows: int
    totals: Totals


@dataclass(frozen=True, kw_only=True)
class NewDelivery:
    id: UUID
    source: Source
    export_name: str
    billing_account_id: str
    period: date | None
    version: str
    assembled_at: datetime
    grain: Grain
    status: DeliveryStatus
    reason: str | None
    bucket: str
    fingerprint: str
    parts: Sequence[NewPart]
    estimated_days: Sequence[date] = ()

    @property
    def source_rows(self) -> int:
        return sum(part.source_rows for part in self.parts)

    @property
    def totals(self) -> dict[str, Decimal]:
        return add_totals([part.totals for part in self.parts])


@dataclass(frozen=True, kw_only=True)
class KnownDelivery:
    """A delivery that was registered before under the same version."""

    id: UUID
    status: str
    reason: str | None
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class PartToLoad:
    delivery_id: UUID
    part_number: int
    bucket: str
    key: str
    size: int
    etag: str
    source: str
    billing_account_id: str
    period: date
    grain: Grain
    status: str
    loaded_at: datetime | None
    modified_at: datetime
    source_rows: int
    totals: dict[str, str]

    @property
    def waits(self) -> bool:
        """Whether somebody still has to load it."""
        return self.loaded_at is None and self.status == DeliveryStatus.LOADING

    @property
    def stored(self) -> StoredObject:
        return StoredObject(key=self.key, size=self.size, etag=self.etag, modified_at=self.modified_at)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    id: UUID
    source: str
    export_name: str
    billing_account_id: str
    period: date | None
    version: str
    assembled_at: datetime
    grain: str
    status: str
    reason: str | None
    bucket: str
    files: list[str]
    parts: int
    parts_loaded: int
    source_rows: int
    totals: dict[str, str]
    first_day: date | None
    last_day: date | None
    estimated_days: list[date]
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CostRow:
    """Cost of one group in one period of time, in one currency."""

    period_start: date
    group: str | None
    currency: str
    billed_cost: Decimal
    effective_cost: Decimal
    list_cost: Decimal | None


@dataclass(frozen=True, kw_only=True)
class MonthTotal:
    month: date
    billed_cost: Decimal


def add_totals(totals: Sequence[Totals]) -> dict[str, Decimal]:
    added: dict[str, Decimal] = {}
    for one in totals:
        for currency, amount in one.items():
            added[currency] = added.get(currency, Decimal(0)) + amount
    return added
