"""Compare a resource's days on the bill before and after a change.

A change of the rate is held against what its usage would have cost at the rates before: a quieter month is
no saving, and a busier one no loss. A change that ends usage is held against the cost before.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from cloudops.savings.models import (
    AFTER_DAYS,
    FEWEST_DAYS,
    OPEN_DAYS,
    CompletedAction,
    Measure,
    SavingsStatus,
    UsageOfDay,
    Windows,
)

MONTH_DAYS = Decimal("30.4375")
# Of the saving of the first week: below this share in the last week, the cost has come back.
STILL_SAVES = Decimal("0.2")
EXACT = Decimal("0.000001")
SURE = Decimal("0.0001")
ZERO = Decimal(0)


def windows_of(action: CompletedAction, covered: frozenset[date]) -> Windows:
    """`covered` are the days that the bill of the account knows of."""
    settled = sorted(covered)
    latest = settled[-1] - timedelta(days=OPEN_DAYS) if settled else action.began_on
    after = [
        day
        for day in settled
        if action.after_from <= day <= latest and (action.not_after is None or day < action.not_after)
    ]
    return Windows(
        before=tuple(day for day in settled if action.before_from <= day < action.began_on),
        after=tuple(after[:AFTER_DAYS]),
        last=tuple(after[-FEWEST_DAYS:]),
    )


def measure(lines: Sequence[UsageOfDay], windows: Windows, *, is_change_of_rate: bool) -> Measure:
    reason = reason_to_wait(lines, windows)
    if reason is not None:
        return Measure(status=SavingsStatus.MEASURING, reason=reason)
    rates = Rates(lines, windows.before, scales=is_change_of_rate)
    expected, costs = rates.expected(lines), costs_by_day(lines)

    def saved(days: Sequence[date]) -> list[Decimal]:
        return [expected.get(day, rates.fixed) - costs.get(day, ZERO) for day in days]

    returned = has_returned(saved(windows.after[:FEWEST_DAYS]), saved(windows.last))
    daily = mean(saved(windows.after))
    return Measure(
        status=SavingsStatus.RETURNED if returned else SavingsStatus.MEASURED,
        before_daily=mean([costs.get(day, ZERO) for day in windows.before]).quantize(EXACT),
        after_daily=mean([costs.get(day, ZERO) for day in windows.after]).quantize(EXACT),
        expected_daily=mean([expected.get(day, rates.fixed) for day in windows.after]).quantize(EXACT),
        monthly=ZERO if returned else (daily * MONTH_DAYS).quantize(EXACT),
        confidence=confidence(saved(windows.before), saved(windows.after)),
    )


def reason_to_wait(lines: Sequence[UsageOfDay], windows: Windows) -> str | None:
    if len(windows.before) < FEWEST_DAYS:
        return f"the bill covers {len(windows.before)} days before the change, and {FEWEST_DAYS} are needed"
    known = set(windows.before)
    if not any(line.cost for line in lines if line.day in known):
        return "the bill shows no cost of the resource before the change"
    if len(windows.after) < FEWEST_DAYS:
        return f"the bill covers {len(windows.after)} settled days after the change, and {FEWEST_DAYS} are needed"
    return None


class Rates:
    """What usage cost before: per unit where its amount drives the cost, per day where it does not."""

    def __init__(self, lines: Sequence[UsageOfDay], before: Sequence[date], *, scales: bool) -> None:
        cost: dict[str, Decimal] = defaultdict(Decimal)
        usage: dict[str, Decimal] = defaultdict(Decimal)
        known = set(before)
        for line in lines:
            if line.day in known:
                cost[line.family] += line.cost
                usage[line.family] += line.usage or ZERO
        driven = {family for family, amount in usage.items() if scales and amount > 0}
        self.per_unit: Mapping[str, Decimal] = {family: cost[family] / usage[family] for family in driven}
        self.fixed = sum((cost[family] for family in cost.keys() - driven), ZERO) / len(before)

    def expected(self, lines: Sequence[UsageOfDay]) -> dict[date, Decimal]:
        """By day; a day that is not there has `fixed` alone."""
        found: dict[date, Decimal] = defaultdict(lambda: self.fixed)
        for line in lines:
            found[line.day] += self.per_unit.get(line.family, ZERO) * (line.usage or ZERO)
        return found


def costs_by_day(lines: Sequence[UsageOfDay]) -> dict[date, Decimal]:
    found: dict[date, Decimal] = defaultdict(Decimal)
    for line in lines:
        found[line.day] += line.cost
    return found


def has_returned(first: Sequence[Decimal], last: Sequence[Decimal]) -> bool:
    return mean(first) > 0 and mean(last) < mean(first) * STILL_SAVES


def confidence(before: Sequence[Decimal], after: Sequence[Decimal]) -> Decimal:
    """The two-sided probability that a difference of this size is more than noise, by the normal distribution."""
    difference = float(mean(after) - mean(before))
    error = math.sqrt(variance_of_mean(before) + variance_of_mean(after))
    if error == 0:
        return Decimal(1 if difference else 0)
    return Decimal(math.erf(abs(difference) / (error * math.sqrt(2)))).quantize(SURE)


def variance_of_mean(values: Sequence[Decimal]) -> float:
    middle = mean(values)
    spread = sum((float(value - middle) ** 2 for value in values), 0.0)
    return spread / (len(values) - 1) / len(values)


def mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, ZERO) / len(values)
