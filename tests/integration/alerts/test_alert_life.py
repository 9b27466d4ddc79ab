"""An alert from the finding to its resolution, on small bills."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from cloudops.actor import Actor
from cloudops.alerts import use_cases as alerts
from cloudops.alerts.models import AlertDetail, AlertNotFoundError, AlertResolvedError, PlannedUntilError
from cloudops.alerts.repository import AlertFilter
from cloudops.anomalies import limits_registry
from cloudops.anomalies.repository import LimitNotFoundError
from cloudops.anomalies.signals import Limit
from cloudops.period import DateRange
from cloudops.tenancy.use_cases import default_project
from tests.integration.bills import ACCOUNT, JULY, Charge, charge, write_bill
from tests.integration.detection import detect
from tests.integration.intake import take_in
from tests.integration.tenant import Tenant, open_tenant

JUNE, AUGUST = date(2026, 6, 1), date(2026, 8, 1)
SPIKE = date(2026, 7, 20)
AS_OF = date(2026, 7, 27)
NOW = datetime(2026, 7, 28, 6, tzinfo=UTC)
ANN = Actor(name="ann@acme.example", user_id=UUID(int=7))


def usual(day: date) -> float:
    """Cheaper on weekends, and never quite the same."""
    return 100 + day.day % 3 - (30 if day.weekday() >= 5 else 0)


def with_spike(day: date) -> float:
    return usual(day) + (400 if day == SPIKE else 0)


def two_months(folder: Path, cost: Callable[[date], float], assembly: str = "20260728T000000Z") -> Path:
    july = DateRange(start=JULY, end=AS_OF + timedelta(days=1))
    write_bill(folder, assembly, [lines(DateRange(start=JUNE, end=JULY), cost)], month=JUNE)
    write_bill(folder, assembly, [lines(july, cost)])
    return folder


def lines(days: DateRange, cost: Callable[[date], float]) -> list[Charge]:
    return [charge(day, cost(day)) for day in days]


@pytest.fixture
def spiked(tenant: Tenant, tmp_path: Path) -> Tenant:
    take_in(tenant, two_months(tmp_path / "bills", with_spike))
    detect(tenant, as_of=AS_OF)
    return tenant


def test_a_spike_is_one_alert_with_its_figures(spiked: Tenant) -> None:
    alert = the_alert(spiked)

    assert (alert.status, alert.account_id, alert.service_name) == ("open", ACCOUNT, "AmazonEC2")
    assert (alert.window_start.date(), alert.window_end.date()) == (SPIKE, SPIKE)
    assert alert.observed_value == Decimal(str(with_spike(SPIKE)))
    assert float(alert.baseline_value or 0) == pytest.approx(usual(SPIKE), rel=0.05)
    assert float(alert.excess) == pytest.approx(400, rel=0.05)
    assert alert.severity == "critical"
    assert spiked.events().count(("alert", "created")) == 1


def test_looking_again_adds_nothing(spiked: Tenant) -> None:
    before = [spiked.count(table) for table in ("alerts", "anomalies", "events")]

    detect(spiked, as_of=AS_OF)

    assert [spiked.count(table) for table in ("alerts", "anomalies", "events")] == before


def test_the_next_days_keep_the_alert_and_its_id(spiked: Tenant, tmp_path: Path) -> None:
    before = the_alert(spiked)

    for days in range(1, 4):
        later = AS_OF + timedelta(days=days)
        july = DateRange(start=JULY, end=later + timedelta(days=1))
        write_bill(tmp_path / str(days), f"202607{28 + days}T000000Z", [lines(july, with_spike)])
        take_in(spiked, tmp_path / str(days))
        detect(spiked, as_of=later)

    after = the_alert(spiked)
    assert (after.id, after.status) == (before.id, "open")
    assert after.data_watermark > before.data_watermark
    assert spiked.events().count(("alert", "created")) == 1


def test_restated_figures_resolve_the_alert(spiked: Tenant, tmp_path: Path) -> None:
    take_in(spiked, two_months(tmp_path / "restated", usual, "20260729T000000Z"))

    detect(spiked, as_of=AS_OF)

    alert = the_alert(spiked)
    assert (alert.status, alert.resolved_by, alert.resolution) == ("resolved", "system", "restated")
    assert spiked.events()[-1] == ("alert", "status_changed")


def test_figures_that_come_back_open_what_the_system_had_resolved(spiked: Tenant, tmp_path: Path) -> None:
    take_in(spiked, two_months(tmp_path / "restated", usual, "20260729T000000Z"))
    detect(spiked, as_of=AS_OF)
    take_in(spiked, two_months(tmp_path / "again", with_spike, "20260730T000000Z"))

    detect(spiked, as_of=AS_OF)

    alert = the_alert(spiked)
    assert (alert.status, alert.resolved_at, alert.resolution) == ("open", None, None)


def test_a_look_at_an_earlier_day_takes_nothing_back(spiked: Tenant) -> None:
    detect(spiked, as_of=SPIKE - timedelta(days=2))

    assert the_alert(spiked).status == "open"


def test_acknowledging_is_written_down_once(spiked: Tenant) -> None:
    alert = the_alert(spiked)

    for _ in range(2):
        with spiked.transaction() as connection:
            seen = alerts.acknowledge(connection, alert.id, actor=ANN, now=NOW)

    assert (seen.status, seen.acknowledged_by, seen.acknowledged_at) == ("acknowledged", ANN.name, NOW)
    assert changes(spiked) == [(ANN.name, ANN.user_id, {"status": "open"}, "acknowledged")]


def test_resolving_is_final(spiked: Tenant) -> None:
    alert = the_alert(spiked)
    with spiked.transaction() as connection:
        alerts.acknowledge(connection, alert.id, actor=ANN, now=NOW)
        seen = alerts.resolve(connection, alert.id, resolution="stopped it", actor=ANN, now=NOW)

    assert (seen.status, seen.resolved_by, seen.resolution) == ("resolved", ANN.name, "stopped it")
    assert [change[2:] for change in changes(spiked)] == [
        ({"status": "open"}, "acknowledged"),
        ({"status": "acknowledged"}, "resolved"),
    ]
    with spiked.transaction() as connection, pytest.raises(AlertResolvedError):
        alerts.acknowledge(connection, alert.id, actor=ANN, now=NOW)
    with spiked.transaction() as connection, pytest.raises(AlertResolvedError):
        alerts.resolve(connection, alert.id, resolution="again", actor=ANN, now=NOW)


def test_what_a_person_resolved_stays_resolved(spiked: Tenant, tmp_path: Path) -> None:
    with spiked.transaction() as connection:
        alerts.resolve(connection, the_alert(spiked).id, resolution="expected", actor=ANN, now=NOW)
    take_in(
        spiked,
        two_months(
            tmp_path / "dearer", lambda day: with_spike(day) + 50 * (day == SPIKE), "20260730T000000Z"
        ),
    )

    detect(spiked, as_of=AS_OF)

    assert (the_alert(spiked).status, the_alert(spiked).resolution) == ("resolved", "expected")
    assert spiked.count("alerts") == 1


def test_what_is_planned_is_not_raised_again_before_its_end(spiked: Tenant, tmp_path: Path) -> None:
    until = date(2026, 8, 1)
    plan(spiked, until)
    again = (date(2026, 7, 29), until, date(2026, 8, 6))

    detect_with_spikes(spiked, tmp_path, again)

    with spiked.transaction() as connection:
        latest, first = alerts.list_alerts(connection, AlertFilter(), limit=10, cursor=None).items
    assert (first.window_start.date(), first.status) == (SPIKE, "resolved")
    assert (first.planned_until, first.resolution) == (until, "load test")
    assert (latest.window_start.date(), latest.status) == (date(2026, 8, 6), "open")


def test_without_a_plan_each_of_these_days_would_be_an_alert(spiked: Tenant, tmp_path: Path) -> None:
    with spiked.transaction() as connection:
        alerts.resolve(connection, the_alert(spiked).id, resolution="seen", actor=ANN, now=NOW)

    detect_with_spikes(spiked, tmp_path, (date(2026, 7, 29), date(2026, 8, 6)))

    days = spiked.rows("select window_start::date from alerts where status = 'open' order by 1")
    assert days == [(date(2026, 7, 29),), (date(2026, 8, 6),)]


def test_a_plan_silences_a_fixed_limit_on_the_same_series_alone(tenant: Tenant, tmp_path: Path) -> None:
    take_in(tenant, two_months(tmp_path, usual))
    for account in (ACCOUNT, None):
        limit = limit_of(tenant, threshold=Decimal("101.5"), account=account)
        with tenant.transaction() as connection:
            limits_registry.set_limit(connection, limit, actor=ANN)
    detect(tenant, as_of=date(2026, 7, 5))
    (first,) = tenant.rows("select id from alerts order by window_start, id limit 1")

    with tenant.transaction() as connection:
        alerts.resolve(
            connection,
            first[0],
            resolution="moving",
            planned_until=NOW.date(),
            actor=ANN,
            now=NOW,
        )
    resolved = tenant.rows("select id, resolved_by, planned_until from alerts order by id")
    detect(tenant, as_of=AS_OF)

    assert tenant.count("alerts") == len(resolved)
    assert {row[1:] for row in resolved} == {(ANN.name, NOW.date())}
    assert [change[0] for change in changes(tenant)] == [ANN.name] * len(resolved)


@pytest.mark.parametrize("until", [date(2026, 7, 27), date(2027, 7, 30)])
def test_a_plan_ends_within_a_year_and_not_before_it_is_made(spiked: Tenant, until: date) -> None:
    with pytest.raises(PlannedUntilError) as refused:
        plan(spiked, until)

    assert refused.value.field == "planned_until"
    assert the_alert(spiked).status == "open"


def test_an_alert_of_another_tenant_is_not_there(spiked: Tenant) -> None:
    alert = the_alert(spiked)
    stranger = open_tenant(spiked.database, name="Stranger")

    for act in (
        lambda connection: alerts.show_alert(connection, alert.id),
        lambda connection: alerts.acknowledge(connection, alert.id, actor=ANN, now=NOW),
        lambda connection: alerts.resolve(connection, alert.id, resolution="x", actor=ANN, now=NOW),
    ):
        with stranger.transaction() as connection, pytest.raises(AlertNotFoundError):
            act(connection)
    assert the_alert(spiked).status == "open"


@pytest.mark.parametrize("kind", ["Tax", "Credit", "Fee"])
def test_taxes_credits_and_fees_page_nobody(tenant: Tenant, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "bills"
    write_bill(folder, "1", [lines(DateRange(start=JUNE, end=JULY), usual)], month=JUNE)
    july = lines(DateRange(start=JULY, end=AS_OF + timedelta(days=1)), usual)
    write_bill(folder, "2", [[*july, charge(SPIKE, 5000, LineItemType=kind)]])
    take_in(tenant, folder)

    detect(tenant, as_of=AS_OF)

    assert tenant.count("alerts") == 0


def test_alerts_are_listed_newest_incident_first_in_pages(tenant: Tenant, tmp_path: Path) -> None:
    services = [f"Service{n}" for n in range(5)]
    june = [
        charge(day, usual(day) + (400 if day.day == 20 + int(service[-1]) else 0), ProductCode=service)
        for service in services
        for day in DateRange(start=JUNE, end=JULY)
    ]
    write_bill(tmp_path, "1", [june], month=JUNE)
    take_in(tenant, tmp_path)
    detect(tenant, as_of=JULY)

    listed, cursor = [], None
    while True:
        with tenant.transaction() as connection:
            page = alerts.list_alerts(connection, AlertFilter(status="open"), limit=2, cursor=cursor)
        listed += [one.service_name for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert listed == services[::-1]


def test_a_fixed_limit_raises_an_alert_with_the_severity_it_was_given(tenant: Tenant, tmp_path: Path) -> None:
    take_in(tenant, two_months(tmp_path, usual))
    limit = limit_of(tenant, threshold=Decimal("101.5"), severity="low")
    with tenant.transaction() as connection:
        limits_registry.set_limit(connection, limit, actor=ANN)

    detect(tenant, as_of=AS_OF)
    detect(tenant, as_of=AS_OF)

    found = tenant.rows("select rule_name, severity, threshold_value, status from alerts")
    assert set(found) == {(f"limit:{limit.id}", "low", Decimal("101.5"), "open")}
    above = tenant.value("select count(*) from anomalies where observed_value > 101.5")
    assert above == tenant.count("anomalies") > 5
    assert ("limit", "created") in tenant.events()
    assert "101.50" in tenant.value("select description from alerts limit 1")


def test_a_limit_that_asks_for_a_run_of_points_ignores_single_ones(tenant: Tenant, tmp_path: Path) -> None:
    take_in(tenant, two_months(tmp_path, usual))
    with tenant.transaction() as connection:
        limits_registry.set_limit(
            connection, limit_of(tenant, threshold=Decimal("101.5"), points=2), actor=ANN
        )

    detect(tenant, as_of=AS_OF)

    assert tenant.count("alerts") == 0


def test_a_limit_judges_only_its_own_signal(tenant: Tenant, tmp_path: Path) -> None:
    take_in(tenant, two_months(tmp_path, usual))
    with tenant.transaction() as connection:
        for change in ({"service": "AmazonS3"}, {"currency": "EUR"}, {"account": "999999999999"}):
            limit = limit_of(tenant, threshold=Decimal(1), **change)
            limits_registry.set_limit(connection, limit, actor=ANN)

    detect(tenant, as_of=AS_OF)

    assert tenant.count("alerts") == 0


def test_limits_are_listed_and_removed(tenant: Tenant) -> None:
    limit = limit_of(tenant, threshold=Decimal(5))
    stranger = open_tenant(tenant.database, name="Stranger")
    with tenant.transaction() as connection:
        limits_registry.set_limit(connection, limit, actor=ANN)
        assert limits_registry.list_limits(connection) == [limit]

    with stranger.transaction() as connection, pytest.raises(LimitNotFoundError):
        limits_registry.remove_limit(connection, limit.id, actor=ANN)
    with tenant.transaction() as connection:
        limits_registry.remove_limit(connection, limit.id, actor=ANN)
        assert limits_registry.list_limits(connection) == []

    assert tenant.events()[-2:] == [("limit", "created"), ("limit", "deleted")]


def plan(tenant: Tenant, until: date) -> None:
    alert = the_alert(tenant)
    with tenant.transaction() as connection:
        alerts.resolve(connection, alert.id, resolution="load test", planned_until=until, actor=ANN, now=NOW)


def detect_with_spikes(tenant: Tenant, folder: Path, days: tuple[date, ...]) -> None:
    """The bills up to the last of these days and what they show then."""

    def cost(day: date) -> float:
        return with_spike(day) + (400 if day in days else 0)

    end = days[-1] + timedelta(days=1)
    for month, span in (
        (JULY, DateRange(start=JULY, end=AUGUST)),
        (AUGUST, DateRange(start=AUGUST, end=end)),
    ):
        write_bill(folder / "later", f"{end:%Y%m%d}T000000Z", [lines(span, cost)], month=month)
    take_in(tenant, folder / "later")
    detect(tenant, as_of=days[-1])


def the_alert(tenant: Tenant) -> AlertDetail:
    with tenant.transaction() as connection:
        page = alerts.list_alerts(connection, AlertFilter(), limit=10, cursor=None)
        assert len(page.items) == 1
        return alerts.show_alert(connection, page.items[0].id)


def changes(tenant: Tenant) -> list[tuple[object, ...]]:
    return tenant.rows(
        "select actor, user_id, metadata -> 'old', metadata -> 'new' ->> 'status' from events"
        " where event_type = 'status_changed' order by created_at, id"
    )


def limit_of(
    tenant: Tenant,
    *,
    threshold: Decimal,
    severity: str = "high",
    points: int = 1,
    service: str = "AmazonEC2",
    currency: str = "USD",
    account: str | None = None,
) -> Limit:
    with tenant.transaction() as connection:
        project = default_project(connection)
    return Limit(
        id=uuid4(),
        project_id=project.id,
        alert_type="cost",
        service_name=service,
        account_id=account,
        metric_name=None,
        resource_id=None,
        threshold=threshold,
        currency=currency,
        consecutive_points=points,
        severity=severity,
        created_by=ANN.name,
        created_at=NOW,
    )


def test_a_raised_alert_is_told_in_its_own_words_once(spiked: Tenant) -> None:
    alert = the_alert(spiked)

    detect(spiked, as_of=AS_OF)

    assert spiked.rows("select topic, severity, title, body, entity_id from notifications") == [
        ("alert.raised", alert.severity, alert.title, alert.description, str(alert.id))
    ]
