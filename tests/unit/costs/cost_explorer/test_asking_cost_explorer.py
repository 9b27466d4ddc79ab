"""What Cost Explorer is asked, and that each page is paid for before it is."""

from datetime import date
from typing import Any

import pytest

from cloudops.costs.cost_explorer.asking import ask, spans_to_ask
from cloudops.period import DateRange, next_month

JULY = DateRange(start=date(2026, 7, 1), end=date(2026, 7, 15))


class InMemoryExplorer:
    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = list(pages)
        self.requests: list[dict[str, Any]] = []

    def get_cost_and_usage(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return self.pages.pop(0)


class SpentError(Exception):
    pass


def test_all_pages_are_asked_for_by_their_tokens() -> None:
    explorer = InMemoryExplorer({"n": 1, "NextPageToken": "a"}, {"n": 2, "NextPageToken": "b"}, {"n": 3})
    paid: list[int] = []

    pages = list(
        ask(explorer, JULY, metrics=["UnblendedCost"], spend=lambda: paid.append(len(explorer.requests)))
    )

    assert [page["n"] for page in pages] == [1, 2, 3]
    assert [request.get("NextPageToken") for request in explorer.requests] == [None, "a", "b"]
    assert paid == [0, 1, 2]
    assert explorer.requests[0] == {
        "TimePeriod": {"Start": "2026-07-01", "End": "2026-07-15"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [
            {"Type": "DIMENSION", "Key": "SERVICE"},
            {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"},
        ],
    }


def test_nothing_is_asked_that_may_not_be_paid_for() -> None:
    explorer = InMemoryExplorer({"NextPageToken": "a"}, {})
    allowed = iter([True])

    def spend() -> None:
        if not next(allowed, False):
            raise SpentError

    with pytest.raises(SpentError):
        list(ask(explorer, JULY, metrics=["UnblendedCost"], spend=spend))

    assert len(explorer.requests) == 1


@pytest.mark.parametrize(
    ("today", "start"),
    [
        (date(2026, 9, 14), date(2026, 8, 1)),
        (date(2026, 9, 1), date(2026, 8, 1)),
        (date(2026, 1, 31), date(2025, 12, 1)),
    ],
)
@pytest.mark.parametrize("months", [0, 1])
def test_what_may_still_change_is_asked_for_up_to_yesterday(today: date, start: date, months: int) -> None:
    assert spans_to_ask(today, months=months) == (DateRange(start=start, end=today), [])


@pytest.mark.parametrize(
    ("months", "known_from", "starts"),
    [
        (3, None, [date(2026, 7, 1), date(2026, 6, 1)]),
        (3, date(2026, 8, 1), [date(2026, 7, 1), date(2026, 6, 1)]),
        (3, date(2026, 7, 1), [date(2026, 6, 1)]),
        (3, date(2026, 1, 1), []),
        # The month before the present one is the first of what may still change.
        (2, date(2026, 9, 1), [date(2026, 7, 1)]),
    ],
)
def test_earlier_months_are_asked_for_one_by_one_until_they_are_known(
    months: int, known_from: date | None, starts: list[date]
) -> None:
    _, older = spans_to_ask(date(2026, 9, 14), months=months, known_from=known_from)

    assert [span.start for span in older] == starts
    assert all(next_month(span.start) == span.end for span in older)


def test_no_more_is_asked_for_than_cost_explorer_keeps() -> None:
    recent, older = spans_to_ask(date(2026, 9, 14), months=120)

    assert (recent.start, older[0].start, older[-1].start) == (
        date(2026, 8, 1), date(2026, 7, 1), date(2025, 8, 1),
    )  # fmt: skip
