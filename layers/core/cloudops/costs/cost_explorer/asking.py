"""GetCostAndUsage: daily costs by service and linked account, page by page, each page paid for beforehand."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from cloudops.period import DateRange, first_of_month

MONTHS_BACK = 14
"""As far as Cost Explorer keeps days."""


def span_to_ask(today: date, *, since: date | None = None) -> DateRange:
    """Whole UTC days from the first of a month: the one before the present, which AWS may still correct.

    `since` asks for more, as far back as Cost Explorer has days. Today is left out: it is not over.
    """
    this_month = first_of_month(today)
    earliest = months_before(this_month, MONTHS_BACK - 1)
    start = first_of_month(since) if since else months_before(this_month, 1)
    return DateRange(start=min(max(start, earliest), months_before(this_month, 1)), end=today)


def months_before(first: date, months: int) -> date:
    for _ in range(months):
        first = first_of_month(first - timedelta(days=1))
    return first


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
