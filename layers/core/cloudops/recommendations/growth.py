"""How stored or ingested amounts moved over the window."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median

from cloudops.recommendations.bill import ZERO, UsageSeries

WEEK = 7
LEAST_DAYS = 3 * WEEK


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Mean amount per day of each whole week, oldest first, counted back from the last day."""

    weeks: tuple[Decimal, ...]
    days: int

    @property
    def before(self) -> Decimal:
        return self.weeks[0]

    @property
    def after(self) -> Decimal:
        return self.weeks[-1]

    @property
    def never_pauses(self) -> bool:
        return all(later > earlier for earlier, later in pairwise(self.weeks))

    @property
    def share(self) -> Decimal:
        return self.after / self.before - 1 if self.before > 0 else ZERO


def amounts_by_day(series: Iterable[UsageSeries]) -> list[Decimal]:
    days: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for one in series:
        for point in one.days:
            days[point.day] += point.amount
    return [amount for _, amount in sorted(days.items())]


def growth_of(series: Iterable[UsageSeries]) -> Growth | None:
    """None with less than three weeks of data."""
    amounts = amounts_by_day(series)
    if len(amounts) < LEAST_DAYS:
        return None
    starts = range(len(amounts) % WEEK, len(amounts), WEEK)
    weeks = tuple(sum(amounts[start : start + WEEK], ZERO) / WEEK for start in starts)
    return Growth(weeks=weeks, days=len(amounts))


def recent_jump(series: Iterable[UsageSeries], *, recent: int = 3, before: int = 14) -> Decimal | None:
    """The median of the last days over that of the days before; None where either is unknown or zero."""
    amounts = amounts_by_day(series)
    if len(amounts) < recent + before:
        return None
    usual = median(amounts[-recent - before : -recent])
    return median(amounts[-recent:]) / usual if usual > 0 else None
