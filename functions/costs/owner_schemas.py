"""Cost by owner and per unit of business as the API shows and takes them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cloudops.platform.parameters import Day


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Owned(Shown):
    """`cost` is direct and shared cost of the newest 30 days, `previous_cost` that of the 30 days before.

    `change_percent` is null where those cost nothing. An item without owner holds what is unallocated.
    """

    currency: str
    cost: Decimal
    direct_cost: Decimal
    shared_cost: Decimal
    previous_cost: Decimal
    change_percent: Decimal | None


class TeamCost(Owned):
    team_id: UUID | None
    team: str | None
    business_unit_id: UUID | None
    business_unit: str | None
    business_group_id: UUID | None
    business_group: str | None


class BusinessUnitCost(Owned):
    business_unit_id: UUID | None
    business_unit: str | None
    business_group_id: UUID | None
    business_group: str | None


class BusinessGroupCost(Owned):
    business_group_id: UUID | None
    business_group: str | None


class ServiceCost(Owned):
    """Of the catalogue's services. Shared cost belongs to teams, so it stands with no service."""

    service_id: UUID | None
    service: str | None


class OwnedList(Shown):
    """`end` is exclusive. `data_through` is the newest day with usage, which the 30 days end with."""

    next_cursor: None = None
    start: date
    end: date
    data_through: date | None


class TeamCostList(OwnedList):
    items: list[TeamCost]


class BusinessUnitCostList(OwnedList):
    items: list[BusinessUnitCost]


class BusinessGroupCostList(OwnedList):
    items: list[BusinessGroupCost]


class ServiceCostList(OwnedList):
    items: list[ServiceCost]


class DrilledCostOut(Shown):
    """`split_rule` names the rule that brought a shared cost; `group` is null for it, but by day."""

    group: str | None
    split_rule: str | None
    currency: str
    cost: Decimal


class DrilledCostList(Shown):
    items: list[DrilledCostOut]
    next_cursor: None = None
    start: date
    end: date


class ShowbackLineOut(Shown):
    team: str | None
    month: date
    kind: Literal["direct", "shared"]
    account_id: str | None
    service: str | None
    charge_category: str | None
    split_rule: str | None
    currency: str
    billed_cost: Decimal
    effective_cost: Decimal


class ShowbackReport(Shown):
    items: list[ShowbackLineOut]
    next_cursor: None = None


class UnitCountIn(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Day
    metric_name: Annotated[str, Field(min_length=1, max_length=100)]
    count: Annotated[Decimal, Field(ge=0, max_digits=24, decimal_places=6)]


class UnitCountsIn(BaseModel):
    """As JSON, or as CSV with the columns day, metric_name and count. A day that is told again is replaced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: Annotated[list[UnitCountIn], Field(min_length=1, max_length=5000)]


class UnitCountsStored(Shown):
    stored: int


class UnitCountOut(Shown):
    day: date
    metric_name: str
    count: Decimal
    updated_at: datetime


class UnitCountPage(Shown):
    items: list[UnitCountOut]
    next_cursor: str | None


class UnitCostOut(Shown):
    """`unit_cost` is null where nothing was counted."""

    period_start: date
    group_id: UUID | None
    group: str | None
    currency: str
    cost: Decimal
    count: Decimal | None
    unit_cost: Decimal | None


class UnitCostList(Shown):
    items: list[UnitCostOut]
    next_cursor: None = None
    metric_name: str
    start: date
    end: date


class SelfCostOut(Shown):
    """`source` is `bill` for charges that carry the tag, `calls` for counted calls of Cost Explorer."""

    month: date
    service: str
    currency: str
    source: Literal["bill", "calls"]
    billed_cost: Decimal


class SelfCostList(Shown):
    """`tag_key` and `tag_value` are what the product's own resources carry on a bill."""

    items: list[SelfCostOut]
    next_cursor: None = None
    tag_key: str
    tag_value: str
