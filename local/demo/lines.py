"""Line items of a Cost and Usage Report, held as series that differ only by day."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from local.demo import shapes
from local.demo.changes import Change, Changes, place_of
from local.demo.incidents import Plot
from local.demo.labels import Owner, cost_category, line_labels, product_map, rate_labels
from local.demo.skus import Sku
from local.demo.timeline import DAY, Days, Floats, Timeline


@dataclass(frozen=True, kw_only=True)
class Lines:
    """One series of line items.

    `labels` maps text columns to the one value they have on all days, `measures` maps number columns to a
    value per day. `ends` are exclusive. `extra` is the part of each day's unblended cost that `cause` brought
    about.
    """

    labels: Mapping[str, str]
    measures: Mapping[str, Floats]
    starts: Days
    ends: Days
    product: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    cost_category: Mapping[str, str] = field(default_factory=dict)
    cause: Plot | None = None
    extra: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, kw_only=True)
class Scenario:
    timeline: Timeline
    seed: int
    changes: Changes = field(default_factory=dict)

    def random(self, key: str) -> np.random.Generator:
        """A generator of its own per key, so that a new series leaves all others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(key.encode())])

    def noise(self, key: str, sigma: float) -> Floats:
        return shapes.noise(self.timeline, self.random(key), sigma)

    def busy(
        self, key: str, profile: tuple[float, ...], *, yearly: float = 0.0, sigma: float = 0.04
    ) -> Floats:
        """Daily activity around 1: the profile's week, growth up to the end, noise."""
        week = shapes.weekly(self.timeline, profile)
        return week * shapes.growth(self.timeline, yearly) * self.noise(f"busy/{key}", sigma)

    def change_of(self, owner: Owner) -> Change | None:
        return self.changes.get(place_of(owner.account.number, owner.resource_id or ""))

    def identifier(self, key: str, length: int = 17) -> str:
        """The hexadecimal tail of an AWS resource id."""
        return hashlib.sha256(f"{self.seed}/{key}".encode()).hexdigest()[:length]


def money(amounts: Floats) -> Floats:
    """AWS prints amounts with at most ten decimal places."""
    rounded: Floats = np.round(amounts, 10)
    return rounded


def usage(
    scenario: Scenario,
    owner: Owner,
    sku: Sku,
    amount: Floats,
    *,
    usual: Floats | None = None,
    cause: Plot | None = None,
) -> Lines:
    """On-demand usage of `amount` units a day; days without any have no line, nor those on which the resource is gone.

    Where a `cause` is named, what exceeds the `usual` amount counts as brought about by it.
    """
    change = scenario.change_of(owner)
    days = (amount > 0) & ~scenario.timeline.since(change.since) if change and change.gone else amount > 0
    quantity = np.round(amount[days], 8)
    cost = money(quantity * sku.rate)
    expected = np.zeros(len(cost)) if usual is None else usual[days] * sku.rate
    dates = scenario.timeline.dates[days]
    return Lines(
        labels={**line_labels(owner, sku, kind="Usage"), **rate_labels(sku)},
        measures=usage_measures(quantity, cost, on_demand=cost),
        starts=dates,
        ends=dates + DAY,
        product=product_map(sku),
        tags=owner.tags,
        cost_category=cost_category(owner.account),
        cause=cause,
        extra=np.clip(cost - expected, 0, None) * (cause is not None),
    )


def usage_measures(quantity: Floats, cost: Floats, *, on_demand: Floats) -> dict[str, Floats]:
    return {
        "line_item_usage_amount": quantity,
        "line_item_unblended_cost": cost,
        "line_item_blended_cost": cost,
        "pricing_public_on_demand_cost": on_demand,
    }
