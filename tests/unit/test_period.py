from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.period import DateRange, first_of_month, next_month

DAYS = st.dates(date(2000, 1, 1), date(2099, 1, 1))


@given(DAYS)
def test_a_day_lies_between_the_first_of_its_month_and_that_of_the_next(day: date) -> None:
    first, following = first_of_month(day), next_month(day)

    assert first <= day < following
    assert (first.day, following.day) == (1, 1)
    assert 28 <= (following - first).days <= 31


@given(DAYS, st.integers(1, 400))
def test_a_range_has_its_days_and_no_other(start: date, length: int) -> None:
    span = DateRange(start=start, end=start + timedelta(days=length))

    days = list(span)

    assert len(days) == span.days == length
    assert (days[0], days[-1]) == (start, span.end - timedelta(days=1))


@given(DAYS, st.integers(1, 400))
def test_the_range_before_is_as_long_and_ends_where_this_one_begins(start: date, length: int) -> None:
    span = DateRange(start=start, end=start + timedelta(days=length))

    assert span.before().end == span.start
    assert span.before().days == span.days


@pytest.mark.parametrize("end", [date(2026, 7, 1), date(2026, 6, 30)])
def test_a_range_that_ends_before_it_starts_is_refused(end: date) -> None:
    with pytest.raises(ValueError, match="before it starts"):
        DateRange(start=date(2026, 7, 1), end=end)
