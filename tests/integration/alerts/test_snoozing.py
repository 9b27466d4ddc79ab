"""An alert that keeps quiet for a while, and is told again when its time is over."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from cloudops.actor import Actor
from cloudops.alerts import use_cases as alerts
from cloudops.alerts.models import AlertDetail, AlertResolvedError, SnoozeError
from cloudops.alerts.repository import AlertFilter
from cloudops.notifications import channels
from cloudops.notifications import use_cases as notifications
from cloudops.notifications.models import ChannelFields
from cloudops.notifications.use_cases import DeliveryFilter
from cloudops.period import DateRange
from tests.integration.bills import JULY, charge, write_bill
from tests.integration.detection import detect
from tests.integration.intake import take_in
from tests.integration.tenant import Tenant

JUNE = date(2026, 6, 1)
SPIKE = date(2026, 7, 20)
AS_OF = date(2026, 7, 27)
NOW = datetime(2026, 7, 28, 6, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
ANN = Actor(name="ann@acme.example", user_id=UUID(int=7))
MAIL = ChannelFields(
    kind="email",
    name="On call",
    topics=["alert.raised"],
    minimum_severity="low",
    recipients=["ann@acme.example"],
)


def judge(tenant: Tenant, folder: Path, extra: float, assembly: str) -> None:
    """Bills of two months on which one day of July cost more, looked at."""
    for first, last in ((JUNE, JULY), (JULY, AS_OF + timedelta(days=1))):
        days = DateRange(start=first, end=last)
        steady = [charge(day, 1000 + day.day % 3, ProductCode="AmazonRDS") for day in days]
        spiky = [charge(day, 100 + day.day % 3 + (extra if day == SPIKE else 0)) for day in days]
        lines = [*steady, *spiky]
        write_bill(folder, assembly, [lines], month=first)
    take_in(tenant, folder)
    detect(tenant, as_of=AS_OF)


@pytest.fixture
def raised(tenant: Tenant, tmp_path: Path) -> Tenant:
    """A high alert, and a channel that was added after it had been told."""
    judge(tenant, tmp_path / "bills", 400, "20260728T000000Z")
    with tenant.transaction() as connection:
        channels.add(connection, uuid4(), MAIL, secret_arn=None, actor=ANN, now=NOW)
    return tenant


def the_alert(tenant: Tenant) -> AlertDetail:
    with tenant.transaction() as connection:
        (found,) = alerts.list_alerts(connection, AlertFilter(), limit=10, cursor=None).items
        return alerts.show_alert(connection, found.id)


def snooze(tenant: Tenant, until: datetime, *, now: datetime = NOW) -> AlertDetail:
    alert = the_alert(tenant)
    with tenant.transaction() as connection:
        return alerts.snooze(connection, alert.id, until=until, actor=ANN, now=now)


def due_at(tenant: Tenant) -> list[tuple[str, datetime]]:
    with tenant.transaction() as connection:
        page = notifications.list_deliveries(connection, DeliveryFilter(), limit=10, cursor=None)
    return [(one.title, one.due_at) for one in page.items]


def test_an_alert_is_told_again_when_its_snooze_is_over(raised: Tenant) -> None:
    seen = snooze(raised, TOMORROW)

    assert (seen.status, seen.snoozed_until, seen.snoozed_by) == ("open", TOMORROW, ANN.name)
    assert due_at(raised) == [(f"Still not resolved: {seen.title}", TOMORROW)]
    with raised.transaction() as connection:
        assert not notifications.any_due(connection, now=TOMORROW - timedelta(seconds=1))
        assert notifications.any_due(connection, now=TOMORROW)
    assert raised.events()[-1] == ("alert", "snoozed")


def test_a_later_snooze_takes_the_place_of_the_first(raised: Tenant) -> None:
    snooze(raised, TOMORROW)

    seen = snooze(raised, TOMORROW + timedelta(days=2))

    assert [at for _, at in due_at(raised)] == [TOMORROW + timedelta(days=2)]
    assert seen.snoozed_until == TOMORROW + timedelta(days=2)


def test_the_same_snooze_again_changes_nothing(raised: Tenant) -> None:
    snooze(raised, TOMORROW)
    before = raised.events()

    snooze(raised, TOMORROW)

    assert (raised.events(), len(due_at(raised))) == (before, 1)


def test_what_is_resolved_is_not_told_again(raised: Tenant) -> None:
    snooze(raised, TOMORROW)

    with raised.transaction() as connection:
        seen = alerts.resolve(connection, the_alert(raised).id, resolution="stopped", actor=ANN, now=NOW)

    assert (due_at(raised), seen.snoozed_until, seen.snoozed_by) == ([], None, None)


def test_what_the_bill_no_longer_shows_is_not_told_again(raised: Tenant, tmp_path: Path) -> None:
    snooze(raised, TOMORROW)

    judge(raised, tmp_path / "restated", 0, "20260729T000000Z")

    assert (the_alert(raised).status, the_alert(raised).snoozed_until) == ("resolved", None)
    assert due_at(raised) == []


@pytest.mark.parametrize(("extra", "told"), [(450, 0), (2000, 1)])
def test_a_snoozed_alert_speaks_up_only_where_it_becomes_critical(
    raised: Tenant, tmp_path: Path, extra: float, told: int
) -> None:
    # As if nobody had been told of it at any severity so far.
    raised.rows("delete from notifications returning id")
    snooze(raised, TOMORROW)

    judge(raised, tmp_path / "dearer", extra, "20260729T000000Z")

    at_once = [title for title, at in due_at(raised) if at < TOMORROW]
    assert len(at_once) == told


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(seconds=-1), timedelta(days=30, seconds=1)])
def test_a_snooze_ends_within_the_next_thirty_days(raised: Tenant, ahead: timedelta) -> None:
    with pytest.raises(SnoozeError) as refused:
        snooze(raised, NOW + ahead)

    assert refused.value.field == "until"
    assert due_at(raised) == []


def test_a_resolved_alert_is_not_snoozed(raised: Tenant) -> None:
    with raised.transaction() as connection:
        alerts.resolve(connection, the_alert(raised).id, resolution="stopped", actor=ANN, now=NOW)

    with pytest.raises(AlertResolvedError):
        snooze(raised, TOMORROW)
