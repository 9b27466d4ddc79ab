"""The facts that every check reads: aggregated charges of the last days with data."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from cloudops.period import DateRange
from cloudops.recommendations.usage_types import meter, service_family

MONTH_DAYS = Decimal("30.4375")
# Some hours of the last days arrive late, so a line counts as running when it was billed on one of them.
LIVE_WITHIN = timedelta(days=2)
ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class BilledUsage:
    """Charges of the window that share every dimension below; costs are sums in `currency`.

    `first_day` and `last_day` are the first and last day of the window with a charge, `first_seen` the first
    day the resource was ever billed (None where unknown).
    """

    account_id: str
    service: str
    currency: str
    effective_cost: Decimal
    billed_cost: Decimal
    usage_amount: Decimal
    charge_category: str
    first_day: date
    last_day: date
    days_billed: int
    provider: str = "aws"
    account_name: str | None = None
    region: str | None = None
    resource_id: str | None = None
    usage_type: str | None = None
    operation: str | None = None
    instance_type: str | None = None
    usage_unit: str | None = None
    list_cost: Decimal | None = None
    pricing_category: str | None = None
    first_seen: date | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def meter(self) -> str:
        return meter(self.usage_type)

    @cached_property
    def family(self) -> str:
        return service_family(self.service)

    @property
    def is_usage(self) -> bool:
        return self.charge_category == "Usage"

    @property
    def is_committed(self) -> bool:
        """Paid for by a reservation or savings plan: using less of it saves nothing until it ends."""
        return (self.pricing_category or "").lower().startswith(("commit", "reserved", "savings"))

    @property
    def is_on_demand(self) -> bool:
        return (self.pricing_category or "").lower() in ("ondemand", "on-demand", "standard")

    @cached_property
    def sort_key(self) -> tuple[str, ...]:
        """A total order, so that sums and texts do not depend on the order rows arrived in."""
        plain = (self.usage_type, self.operation, self.instance_type, self.usage_unit, self.pricing_category)
        tags = sorted(self.tags.items())
        numbers = (self.usage_amount, self.effective_cost, self.billed_cost, self.list_cost, self.days_billed)
        days = (self.first_day, self.last_day, self.first_seen)
        place = (self.provider, self.account_id, self.service, self.region, self.resource_id)
        name = (self.charge_category, self.account_name)
        return tuple(str(part or "") for part in (*place, *plain, *name, *days, *numbers, tags))


@dataclass(frozen=True, kw_only=True)
class DayOfUsage:
    day: date
    amount: Decimal
    effective_cost: Decimal


@dataclass(frozen=True, kw_only=True)
class UsageSeries:
    """Daily usage of one usage type, oldest day first; for what grows slowly, such as stored bytes."""

    account_id: str
    service: str
    usage_type: str
    days: tuple[DayOfUsage, ...]
    region: str | None = None
    resource_id: str | None = None

    @cached_property
    def meter(self) -> str:
        return meter(self.usage_type)

    @cached_property
    def family(self) -> str:
        return service_family(self.service)


@dataclass(frozen=True, kw_only=True)
class Discount:
    """Negotiated discounts that stand on the bill as lines of their own; `effective_cost` is negative."""

    account_id: str
    service: str
    effective_cost: Decimal


@dataclass(frozen=True, kw_only=True)
class Bill:
    """One currency of one tenant's bill over `window`; `days` of it carry data."""

    window: DateRange
    days: int
    currency: str
    usages: tuple[BilledUsage, ...]
    series: tuple[UsageSeries, ...] = ()
    discounts: tuple[Discount, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.days <= self.window.days:
            raise ValueError(f"{self.days} days with data do not fit a window of {self.window.days}")
        foreign = {usage.currency for usage in self.usages} - {self.currency}
        if foreign:
            raise ValueError(f"a bill in {self.currency} holds charges in {', '.join(sorted(foreign))}")

    @property
    def last_day(self) -> date:
        return self.window.end - timedelta(days=1)

    def is_live(self, usage: BilledUsage) -> bool:
        return usage.last_day > self.last_day - LIVE_WITHIN

    def per_month(self, amount: Decimal) -> Decimal:
        """Scale an amount of the whole window to a month of 30.4375 days."""
        return amount * MONTH_DAYS / self.days

    def monthly_cost(self, lines: Iterable[BilledUsage]) -> Decimal:
        """Net effective cost per month, never negative: refunds may exceed what a line cost."""
        net = sum((line.effective_cost * self.net_factor(line) for line in lines), ZERO)
        return max(ZERO, self.per_month(net))

    def monthly_amount(self, lines: Iterable[BilledUsage]) -> Decimal:
        return self.per_month(sum((line.usage_amount for line in lines), ZERO))

    def net_factor(self, line: BilledUsage) -> Decimal:
        """The share of a line's cost that is left after the discounts that the bill lists separately."""
        return self._net_factors.get((line.account_id, line.service), Decimal(1))

    def net_rate(self, region: str | None, meter_name: str, operation: str | None = None) -> Decimal | None:
        """Net cost per unit that this bill shows for uncommitted use of a meter; None if it shows none."""
        cost, amount = self._rates.get((region, meter_name, operation), (ZERO, ZERO))
        return cost / amount if amount > 0 and cost > 0 else None

    def committed_share_of_list(self, meters: tuple[str, ...]) -> Decimal | None:
        """What covered use of these meters costs over its list price, as this bill shows it; None if it does not."""
        sums = [pair for name, pair in self._covered.items() if name.startswith(meters)]
        paid, list_cost = sum((pair[0] for pair in sums), ZERO), sum((pair[1] for pair in sums), ZERO)
        return paid / list_cost if paid > 0 and list_cost > 0 else None

    @cached_property
    def _covered(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Effective and list cost of covered usage by meter."""
        covered: dict[str, tuple[Decimal, Decimal]] = {}
        for line in sorted(self.usages, key=lambda line: line.sort_key):
            if line.is_usage and line.is_committed and line.list_cost:
                paid, list_cost = covered.get(line.meter, (ZERO, ZERO))
                covered[line.meter] = (paid + line.effective_cost, list_cost + line.list_cost)
        return covered

    @cached_property
    def _net_factors(self) -> dict[tuple[str, str], Decimal]:
        off: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
        for discount in self.discounts:
            off[discount.account_id, discount.service] += discount.effective_cost
        gross: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
        for line in sorted(self.usages, key=lambda line: line.sort_key):
            if line.is_usage and (line.account_id, line.service) in off:
                gross[line.account_id, line.service] += line.effective_cost
        return {key: clamped(1 + off[key] / total) for key, total in gross.items() if total > 0}

    @cached_property
    def _rates(self) -> dict[tuple[str | None, str, str | None], tuple[Decimal, Decimal]]:
        rates: dict[tuple[str | None, str, str | None], tuple[Decimal, Decimal]] = {}
        for line in sorted(self.usages, key=lambda line: line.sort_key):
            if not line.is_usage or line.is_committed or line.usage_amount <= 0 or not line.meter:
                continue
            for operation in {None, line.operation}:
                key = (line.region, line.meter, operation)
                cost, amount = rates.get(key, (ZERO, ZERO))
                net = line.effective_cost * self.net_factor(line)
                rates[key] = (cost + net, amount + line.usage_amount)
        return rates


def clamped(share: Decimal) -> Decimal:
    return min(Decimal(1), max(ZERO, share))
