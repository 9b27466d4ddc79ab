from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.savings.measuring import Measure, measure, windows_of
from cloudops.savings.models import CompletedAction, SavingsStatus, UsageOfDay, Windows

BEGAN = date(2026, 7, 15)
MONTH = Decimal("30.4375")
BOX = "InstanceHours Hrs"


def action(kind: str = "ec2.resize", **changes: object) -> CompletedAction:
    fields: dict[str, object] = {
        "action_id": None,
        "type": kind,
        "account_id": "111122223333",
        "resource_id": "i-1",
        "billed_as": None,
        "began_on": BEGAN,
        "ended_on": BEGAN,
        "not_before": None,
        "not_after": None,
        "currency": "USD",
        "projected_monthly": None,
        "known_status": None,
        "known_monthly": None,
    }
    return CompletedAction(**{**fields, **changes})  # type: ignore[arg-type]


def span(first: date, last: date) -> frozenset[date]:
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


BILL = span(date(2026, 6, 15), date(2026, 8, 20))


def bill(
    before: tuple[str, str],
    after: tuple[str, str] | None,
    *,
    family: str = BOX,
    later: Callable[[date], tuple[str, str] | None] = lambda _: None,
) -> list[UsageOfDay]:
    """A day's (cost, usage) before and after; None where the resource is gone."""
    found = []
    for day in sorted(BILL):
        one = later(day) or (before if day <= BEGAN else after)
        if one is not None:
            cost, usage = map(Decimal, one)
            found.append(UsageOfDay(day=day, family=family, cost=cost, usage=usage))
    return found


def looked_up(lines: list[UsageOfDay], done: CompletedAction | None = None) -> Measure:
    done = done or action()
    return measure(lines, windows_of(done, BILL), is_change_of_rate=done.is_change_of_rate)


@pytest.mark.parametrize(
    ("kind", "before", "after", "daily"),
    [
        ("ec2.resize", ("10", "24"), ("5", "24"), "5"),
        ("ec2.resize", ("10", "24"), ("5", "12"), "0"),
        ("ec2.resize", ("10", "24"), ("2.5", "12"), "2.5"),
        ("ec2.resize", ("5", "12"), ("5", "24"), "5"),
        ("ec2.resize", ("10", "24"), None, "0"),
        ("ec2.resize", ("10", "24"), ("12", "24"), "-2"),
        ("ec2.stop", ("10", "24"), None, "10"),
        ("ec2.stop", ("10", "24"), ("4", "9.6"), "6"),
        ("ebs.delete", ("0.8", "10"), None, "0.8"),
        ("ebs.modify", ("0.8", "10"), ("0.64", "10"), "0.16"),
        ("ebs.modify", ("0.8", "10"), ("1.28", "20"), "0.32"),
    ],
    ids=[
        "a smaller instance",
        "a quieter month is no saving",
        "a smaller instance in a quieter month",
        "a smaller instance that runs more",
        "an instance that stopped is no saving of its resize",
        "a larger instance costs more",
        "a stop saves all",
        "off hours save the hours",
        "a deletion saves all",
        "a cheaper volume",
        "a cheaper volume that grew",
    ],
)
def test_a_change_saves_what_it_is_the_reason_for(
    kind: str, before: tuple[str, str], after: tuple[str, str] | None, daily: str
) -> None:
    found = looked_up(bill(before, after), action(kind))

    assert (found.status, found.reason) == (SavingsStatus.MEASURED, None)
    assert found.monthly == pytest.approx(Decimal(daily) * MONTH, abs=Decimal("0.000001"))
    assert found.before_daily == Decimal(before[0])
    assert found.after_daily == Decimal(after[0] if after else 0)


def test_a_new_kind_of_usage_counts_against_the_saving() -> None:
    lines = [
        *bill(("10", "24"), ("5", "24")),
        *(
            UsageOfDay(day=day, family="Snapshot", cost=Decimal(1), usage=Decimal(3))
            for day in BILL
            if day > BEGAN
        ),
    ]

    assert looked_up(lines).monthly == Decimal(4) * MONTH


def test_usage_without_an_amount_is_held_against_its_cost() -> None:
    lines = [
        UsageOfDay(day=one.day, family=one.family, cost=one.cost, usage=None)
        for one in bill(("10", "0"), ("4", "0"))
    ]

    assert looked_up(lines).monthly == Decimal(6) * MONTH


def test_the_windows_leave_out_what_is_not_settled() -> None:
    windows = windows_of(action(), BILL)

    assert (windows.before[0], windows.before[-1]) == (BEGAN - timedelta(days=14), BEGAN - timedelta(days=1))
    assert (windows.after[0], len(windows.after)) == (BEGAN + timedelta(days=2), 30)
    assert windows.last[-1] == date(2026, 8, 18)
    assert len(windows.last) == 7


def test_another_change_of_the_resource_bounds_the_windows() -> None:
    first = windows_of(action(not_after=date(2026, 8, 1)), BILL)
    second = windows_of(action(not_before=date(2026, 7, 6)), BILL)

    assert first.after[-1] == first.last[-1] == date(2026, 7, 31)
    assert second.before[0] == date(2026, 7, 6)


@pytest.mark.parametrize(
    ("covered", "reason"),
    [
        (frozenset(), "the bill covers 0 days before the change, and 7 are needed"),
        (
            span(date(2026, 7, 10), date(2026, 8, 20)),
            "the bill covers 5 days before the change, and 7 are needed",
        ),
        (
            span(date(2026, 7, 1), date(2026, 7, 24)),
            "the bill covers 6 settled days after the change, and 7 are needed",
        ),
    ],
)
def test_too_few_days_are_waited_for(covered: frozenset[date], reason: str) -> None:
    lines = bill(("10", "24"), ("5", "24"))

    found = measure(lines, windows_of(action(), covered), is_change_of_rate=True)

    assert found == Measure(status=SavingsStatus.MEASURING, reason=reason)


def test_a_resource_that_the_bill_does_not_name_is_not_measured() -> None:
    found = looked_up([])

    assert found.status is SavingsStatus.MEASURING
    assert found.reason == "the bill shows no cost of the resource before the change"


def test_a_saving_is_taken_back_when_the_cost_returns() -> None:
    came_back = bill(("10", "24"), None, later=lambda day: ("10", "24") if day >= date(2026, 8, 10) else None)

    found = looked_up(came_back, action("ec2.stop"))

    assert (found.status, found.monthly) == (SavingsStatus.RETURNED, Decimal(0))


def test_what_never_saved_did_not_return() -> None:
    assert looked_up(bill(("10", "24"), ("10", "24"))).status is SavingsStatus.MEASURED


def test_confidence_falls_with_the_noise_from_day_to_day() -> None:
    def noisy(swing: int) -> Measure:
        lines = [
            UsageOfDay(day=one.day, family=BOX, cost=one.cost + one.day.day % 2 * swing, usage=one.usage)
            for one in bill(("100", "24"), ("98", "24"))
        ]
        return looked_up(lines, action("ec2.stop"))

    still, breeze, storm = noisy(0).confidence, noisy(3).confidence, noisy(60).confidence

    assert still == 1
    assert breeze is not None
    assert storm is not None
    assert Decimal("0.9") < breeze < 1
    assert storm < Decimal("0.5")


AMOUNTS = st.decimals(min_value="0.01", max_value="1000", places=2)


@given(
    rate=AMOUNTS, hours=st.lists(st.decimals(min_value=0, max_value=24, places=1), min_size=28, max_size=28)
)
def test_at_an_unchanged_rate_no_usage_whatever_makes_a_saving(rate: Decimal, hours: list[Decimal]) -> None:
    days = [date(2026, 7, 1) + timedelta(days=n) for n in range(28)]
    hours[0] = Decimal(24)
    lines = [
        UsageOfDay(day=day, family=BOX, cost=rate * usage, usage=usage)
        for day, usage in zip(days, hours, strict=True)
    ]
    windows = Windows(before=tuple(days[:14]), after=tuple(days[14:]), last=tuple(days[-7:]))

    found = measure(lines, windows, is_change_of_rate=True)

    assert found.monthly is not None
    assert abs(found.monthly) < Decimal("0.0001")
