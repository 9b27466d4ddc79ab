"""Cost as its owners see it: direct, shared, and per unit of business."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

PERCENT = Decimal("0.01")
SELF_TAG = ("application", "cloudops-guardrails")
"""What every resource of this product's own stack is tagged with (samconfig.toml)."""


class Level(StrEnum):
    """What owners are added up to. A service is the catalogue's."""

    TEAM = "team"
    BUSINESS_UNIT = "business_unit"
    BUSINESS_GROUP = "business_group"
    SERVICE = "service"
    WHOLE = "whole"


class Measure(StrEnum):
    BILLED = "billed"
    EFFECTIVE = "effective"


@dataclass(frozen=True, kw_only=True)
class OwnedCost:
    """Cost of the newest 30 days and of the 30 before, of one owner in one currency; no owner where none is named."""

    team_id: UUID | None
    team: str | None
    business_unit_id: UUID | None
    business_unit: str | None
    business_group_id: UUID | None
    business_group: str | None
    service_id: UUID | None
    service: str | None
    currency: str
    direct_cost: Decimal
    shared_cost: Decimal
    previous_cost: Decimal

    @property
    def cost(self) -> Decimal:
        return self.direct_cost + self.shared_cost

    @property
    def change_percent(self) -> Decimal | None:
        """Against the 30 days before; None where they cost nothing."""
        if not self.previous_cost:
            return None
        return ((self.cost - self.previous_cost) / abs(self.previous_cost) * 100).quantize(PERCENT)


@dataclass(frozen=True, kw_only=True)
class DrilledCost:
    """A part of an owner's cost; `split_rule` names what brought it where it is shared."""

    group: str | None
    split_rule: str | None
    currency: str
    cost: Decimal


@dataclass(frozen=True, kw_only=True)
class ShowbackLine:
    """Direct cost by account, provider service and category, or a share by the rule that split it."""

    team: str | None
    month: date
    kind: str
    account_id: str | None
    service: str | None
    charge_category: str | None
    split_rule: str | None
    currency: str
    billed_cost: Decimal
    effective_cost: Decimal


@dataclass(frozen=True, kw_only=True)
class UnitCount:
    day: date
    metric_name: str
    count: Decimal


@dataclass(frozen=True, kw_only=True)
class StoredCount:
    day: date
    metric_name: str
    count: Decimal
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class UnitCost:
    """`unit_cost` is None where nothing was counted."""

    period_start: date
    group_id: UUID | None
    group: str | None
    currency: str
    cost: Decimal
    count: Decimal | None

    @property
    def unit_cost(self) -> Decimal | None:
        return self.cost / self.count if self.count else None


@dataclass(frozen=True, kw_only=True)
class SelfCost:
    """What this product itself cost in a month, by the provider's service.

    `source` is `bill` for charges that carry its tag, and `calls` for calls of Cost Explorer, which no tag can mark:
    they were counted when they were made.
    """

    month: date
    service: str
    currency: str
    source: str
    billed_cost: Decimal
