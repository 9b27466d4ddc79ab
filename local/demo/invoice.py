"""What AWS adds to a month's usage: tax, support, credits and refunds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from local.demo.incidents import DEBUG_LOGGING
from local.demo.labels import present
from local.demo.lines import Lines, Scenario, usage_measures
from local.demo.organization import ACCOUNTS, PAYER, PROD, STAGING, Account
from local.demo.timeline import DAY, MONTH, Days, Floats, month_ends

TAX_RATE = 0.07
SUPPORT_TIERS = ((10_000.0, 0.10), (80_000.0, 0.07), (250_000.0, 0.05), (float("inf"), 0.03))
# The migration credit ran out some months before the end.
CREDIT_PER_MONTH, CREDIT_ENDED = 1200.0, 150

MonthlyCosts = Mapping[tuple[str, str], Floats]


def invoice_lines(scenario: Scenario, charged: Iterable[Lines]) -> Iterator[Lines]:
    """`charged` is all that was used or bought; the amounts below are worked out from it."""
    months, starts = _billing_starts(scenario)
    costs = _monthly_costs(months, charged)
    yield _support_line(months, starts, costs)
    yield from _tax_lines(months, starts, costs)
    yield _credit_line(scenario, months, starts)
    yield _refund_line(scenario, months, starts)


def _billing_starts(scenario: Scenario) -> tuple[Days, Days]:
    """The months of the export and the first day that each has in it."""
    months, first = np.unique(scenario.timeline.months, return_index=True)
    return months, scenario.timeline.dates[first]


def _monthly_costs(months: Days, charged: Iterable[Lines]) -> MonthlyCosts:
    """Unblended cost by (account, product) and month."""
    costs: dict[tuple[str, str], Floats] = defaultdict(lambda: np.zeros(len(months)))
    for lines in charged:
        key = (lines.labels["line_item_usage_account_id"], lines.labels["line_item_product_code"])
        month = np.searchsorted(months, lines.starts.astype("datetime64[M]"))
        costs[key] = costs[key] + np.bincount(
            month, weights=lines.measures["line_item_unblended_cost"], minlength=len(months)
        )
    return costs


def _support_line(months: Days, starts: Days, costs: MonthlyCosts) -> Lines:
    fees = np.array([_support_fee(float(total)) for total in sum(costs.values(), np.zeros(len(months)))])
    return _monthly(
        PAYER,
        "AWSSupportBusiness",
        "Fee",
        "AWS Support (Business)",
        months=months,
        starts=starts,
        cost=fees,
        usage_type="Dollar",
    )


def _support_fee(total: float) -> float:
    fee, lower = 0.0, 0.0
    for upper, share in SUPPORT_TIERS:
        fee += max(min(total, upper) - lower, 0.0) * share
        lower = upper
    return round(fee, 2)


def _tax_lines(months: Days, starts: Days, costs: MonthlyCosts) -> Iterator[Lines]:
    accounts = {account.number: account for account in ACCOUNTS}
    for (number, product), cost in sorted(costs.items()):
        tax = np.round(np.clip(cost, 0, None) * TAX_RATE, 2)
        due = tax > 0
        yield _monthly(
            accounts[number],
            product,
            "Tax",
            f"Tax for product code {product}",
            months=months[due],
            starts=starts[due],
            cost=tax[due],
            tax_type="USSalesTax",
        )


def _credit_line(scenario: Scenario, months: Days, starts: Days) -> Lines:
    running = starts <= np.datetime64(scenario.timeline.today) - CREDIT_ENDED * DAY
    return _monthly(
        PROD,
        "AmazonEC2",
        "Credit",
        "Migration Acceleration Program credit",
        months=months[running],
        starts=starts[running],
        cost=np.full(running.sum(), -CREDIT_PER_MONTH),
    )


def _refund_line(scenario: Scenario, months: Days, starts: Days) -> Lines:
    """AWS gives a part of the debug logs' cost back in the month that follows."""
    month = np.datetime64(DEBUG_LOGGING.day_after(scenario.timeline), "M") + MONTH
    chosen = months == month
    return _monthly(
        STAGING,
        "AmazonCloudWatch",
        "Refund",
        "Goodwill refund for log ingestion",
        months=months[chosen],
        starts=starts[chosen],
        cost=np.full(chosen.sum(), -85.5),
        bill_type="Refund",
    )


def _monthly(
    account: Account,
    product: str,
    kind: str,
    text: str,
    *,
    months: Days,
    starts: Days,
    cost: Floats,
    usage_type: str | None = None,
    tax_type: str | None = None,
    bill_type: str | None = None,
) -> Lines:
    labels = {
        "line_item_usage_account_id": account.number,
        "line_item_usage_account_name": account.name,
        "line_item_line_item_type": kind,
        "line_item_line_item_description": text,
        "line_item_product_code": product,
        "line_item_usage_type": usage_type,
        "line_item_tax_type": tax_type,
        "bill_bill_type": bill_type,
    }
    return Lines(
        labels=present(labels),
        measures=usage_measures(np.ones(len(cost)), cost, on_demand=np.zeros(len(cost))),
        starts=starts,
        ends=month_ends(months),
        product={"product_name": product},
    )
