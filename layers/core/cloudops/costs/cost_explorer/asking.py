"""GetCostAndUsage: daily costs by service and linked account, page by page, each page paid for beforehand."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from cloudops.costs.billing_months import months_before
from cloudops.period import DateRange, first_of_month

MONTHS_BACK = 14
"""As far as Cost Explorer keeps days."""


def spans_to_ask(
    today: date, *, months: int, known_from: date | None = None
) -> tuple[DateRange, Sequence[DateRange]]:
    """What may still change, and what lies before: each a month of its own, the newest first.

    The first span is the month before the present one, which AWS may still correct, up to yesterday: today is not
    over. `months` before the present one are wanted, as far as Cost Explorer has days; those from `known_from` on
    are known. A month of its own is published by itself, so that a budget that ends in between loses nothing.
    """
    this_month = first_of_month(today)
    recent = DateRange(start=months_before(this_month, 1), end=today)
    first = months_before(this_month, min(max(months, 1), MONTHS_BACK - 1))
    older: list[DateRange] = []
    end = min(recent.start, known_from) if known_from else recent.start
    while end > first:
        start = months_before(end, 1)
        older.append(DateRange(start=start, end=end))
        end = start
    return recent, older


def ask(
    explorer: Any, span: DateRange, *, metrics: Sequence[str], spend: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    """The pages of the answer. `spend` is called before each request and raises where none is allowed.

    The client must not retry by itself, since every attempt may cost.
    """
    token: dict[str, str] = {}
    while True:
        spend()
        page: dict[str, Any] = explorer.get_cost_and_usage(
            TimePeriod={"Start": span.start.isoformat(), "End": span.end.isoformat()},
            Granularity="DAILY",
            Metrics=list(metrics),
            GroupBy=[
                {"Type": "DIMENSION", "Key": "SERVICE"},
                {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"},
            ],
            **token,
        )
        yield page
        if not page.get("NextPageToken"):
            return
        token = {"NextPageToken": page["NextPageToken"]}
