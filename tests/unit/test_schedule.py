from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.schedule import ScheduleError, parse_schedule
from local.schedules import due_at

START = datetime(2026, 9, 14, 8, 30, tzinfo=UTC)  # A Monday.
CRONS = st.builds(
    "cron({} {} {} {} ? *)".format,
    st.sampled_from(["0", "*/7", "15,45", "10-20/5"]),
    st.sampled_from(["*", "6", "8-18/2", "23"]),
    st.sampled_from(["*", "1", "29", "10-12"]),
    st.sampled_from(["*", "2", "JAN", "3,9"]),
)


@pytest.mark.parametrize(
    ("expression", "following"),
    [
        ("rate(1 minute)", START + timedelta(minutes=1)),
        ("rate(90 minutes)", START + timedelta(minutes=90)),
        ("rate(1 hour)", START + timedelta(hours=1)),
        ("rate(7 days)", START + timedelta(days=7)),
        ("cron(0 6 * * ? *)", datetime(2026, 9, 15, 6, tzinfo=UTC)),
        ("cron(30 8 * * ? *)", datetime(2026, 9, 15, 8, 30, tzinfo=UTC)),
        ("cron(31 8 * * ? *)", datetime(2026, 9, 14, 8, 31, tzinfo=UTC)),
        ("cron(0/15 * * * ? *)", datetime(2026, 9, 14, 8, 45, tzinfo=UTC)),
        ("cron(0 3 ? * SUN *)", datetime(2026, 9, 20, 3, tzinfo=UTC)),
        ("cron(0 3 ? * mon-fri *)", datetime(2026, 9, 15, 3, tzinfo=UTC)),
        ("cron(0 3 ? * 1 *)", datetime(2026, 9, 20, 3, tzinfo=UTC)),
        ("cron(0 0 29 2 ? *)", datetime(2028, 2, 29, tzinfo=UTC)),
        ("cron(0 0 1 JAN ? 2030)", datetime(2030, 1, 1, tzinfo=UTC)),
        ("cron(0 0 30 2 ? *)", None),
        ("cron(0 0 1 1 ? 2020)", None),
    ],
)
def test_the_next_time_of_a_schedule(expression: str, following: datetime | None) -> None:
    assert parse_schedule(expression).next_after(START) == following


@pytest.mark.parametrize(
    "expression",
    [
        "", "hourly", "rate()", "rate(0 hours)", "rate(1 hours)", "rate(2 hour)", "rate(-1 hours)", "rate(1 week)",
        "rate(1.5 hours)", "rate(1 hour) ", "cron(0 6 * * ?)", "cron(0 6 * * * *)", "cron(0 6 ? * ? *)",
        "cron(60 6 * * ? *)", "cron(0 24 * * ? *)", "cron(0 6 0 * ? *)", "cron(0 6 * 13 ? *)", "cron(0 6 ? * 8 *)",
        "cron(0 6 * * ? 1969)", "cron(0 6 L * ? *)", "cron(0 6 ? * 2#1 *)", "cron(5-1 6 * * ? *)",
        "cron(*/0 6 * * ? *)", "cron(, 6 * * ? *)", "cron(1, 6 * * ? *)", "cron(1/ 6 * * ? *)", "cron(- 6 * * ? *)",
        "cron(²  6 * * ? *)", "cron(0 6 * SUN ? *)", "0 6 * * ? *", "rate(9999999 days)",
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_named(expression: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse_schedule(expression)

    assert refused.value.field == "schedule"


@given(CRONS, st.integers(0, 3 * 366 * 24 * 60))
def test_nothing_is_due_between_a_moment_and_the_next_time(expression: str, minutes: int) -> None:
    minute = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    following = parse_schedule(expression).next_after(minute)
    due = due_at(expression, start=minute)

    assert following is None or due(following)
    looked_at = min(following or minute + timedelta(days=2), minute + timedelta(days=2))
    between = int((looked_at - minute).total_seconds()) // 60
    assert not any(due(minute + timedelta(minutes=n)) for n in range(1, between))
