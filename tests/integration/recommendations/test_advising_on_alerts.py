from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from stored_bills import ACCOUNT, NOW, Office

from cloudops.alerts.models import Driver, Incident, Severity
from cloudops.alerts.use_cases import RaisedAlert
from cloudops.alerts.wording import Wording
from cloudops.anomalies.signals import JudgedSignal, Signal
from cloudops.anomalies.verdict import Verdict
from cloudops.recommendations.use_cases import advise

DAY = date(2026, 7, 14)
GPU = ("usage_type", "BoxUsage:p3.2xlarge")


def raised(
    office: Office, *drivers: tuple[str, str], alert_id: UUID | None = None, is_new: bool = True
) -> RaisedAlert:
    """An alert of three days at 100 above what was expected, stored and with its drivers."""
    chosen = alert_id or uuid4()
    signal = Signal(
        alert_type="cost", provider="aws", account_id=ACCOUNT, service_name="AmazonEC2", currency="USD"
    )
    points = [verdict(DAY + timedelta(days=n)) for n in range(3)]
    judged = JudgedSignal(
        signal=signal, verdicts=points, watermark=datetime(2026, 7, 20, tzinfo=UTC), limit=None
    )
    if is_new:
        store_alert(office, chosen)
    return RaisedAlert(
        id=chosen,
        project_id=office.project_id,
        incident=Incident(judged=judged, anomalies=points[:1], points=points),
        severity=Severity.HIGH,
        drivers=[moved(*driver) for driver in drivers],
        is_new=is_new,
        wording=Wording(title="EC2", description="It is too high."),
    )


def verdict(day: date) -> Verdict:
    return Verdict(
        at=day,
        about=day,
        observed=150.0,
        expected=50.0,
        lower=40.0,
        upper=60.0,
        score=1.0,
        anomaly=True,
        rule="spike",
        model_version="cost-1",
    )


def moved(dimension: str, value: str) -> Driver:
    return Driver(
        dimension=dimension, value=value, observed=Decimal(110), expected=Decimal(10), currency="USD"
    )


def store_alert(office: Office, alert_id: UUID) -> None:
    office.connection.execute(
        """
        insert into alerts (tenant_id, id, project_id, alert_type, severity, title, description, source, currency,
                            rule_name, model_version, observed_value, excess, window_start, window_end, data_watermark,
                            detected_at)
        values ((select current_tenant()), %(id)s, %(project)s, 'cost', 'high', 'EC2', 'more', 'billing export', 'USD',
                'spike', 'cost-1', 150, 300, %(day)s, %(day)s, %(day)s, %(day)s)
        """,
        {"id": alert_id, "project": office.project_id, "day": datetime(2026, 7, 14, tzinfo=UTC)},
    )


def checks(office: Office, alerts: Sequence[RaisedAlert]) -> list[str]:
    return [one.check_id for one in advise(office.connection, alerts, tenant_id=office.tenant_id, now=NOW)]


def test_every_alert_gets_a_recommendation_of_its_own(office: Office) -> None:
    gpu, unexplained = raised(office, GPU), raised(office)

    advise(office.connection, [gpu, unexplained], tenant_id=office.tenant_id, now=NOW)

    assert [one.check_id for one in office.found(alert=gpu.id)] == ["EC2-19"]
    assert [one.check_id for one in office.found(alert=unexplained.id)] == ["GOV-10"]


def test_it_says_what_to_do_and_what_that_brings(office: Office) -> None:
    alert = raised(office, GPU)

    advise(office.connection, [alert], tenant_id=office.tenant_id, now=NOW)

    (found,) = office.found(alert=alert.id)
    assert (found.severity, found.type, found.account_id) == ("high", "terminate", ACCOUNT)
    assert found.impact == "100.00 USD a day, 3,043.75 USD a month if it stays."
    assert "p3.2xlarge" in found.title
    assert found.action_steps.startswith("1. ")


def test_advising_twice_adds_nothing(office: Office) -> None:
    alert = raised(office, GPU)
    advise(office.connection, [alert], tenant_id=office.tenant_id, now=NOW)
    events = len(office.events("recommendation"))

    advise(office.connection, [alert], tenant_id=office.tenant_id, now=NOW)

    assert len(office.found()) == 1
    assert len(office.events("recommendation")) == events


def test_when_an_alert_changes_its_advice_does(office: Office) -> None:
    alert = raised(office, GPU)
    advise(office.connection, [alert], tenant_id=office.tenant_id, now=NOW)
    changed = raised(office, ("usage_type", "NatGateway-Bytes"), alert_id=alert.id, is_new=False)

    advise(office.connection, [changed], tenant_id=office.tenant_id, now=NOW)

    assert office.statuses() == {"EC2-19": "expired", "NET-07": "open"}


def test_the_owner_of_the_driving_resource_is_asked(office: Office) -> None:
    office.bill("BoxUsage:m5.large", "50", resource_id="i-large", tags={"team": "web"})
    office.bill("BoxUsage:p3.2xlarge", "5", resource_id="i-gpu", tags={"team": "science"})

    for drivers, owner in (((GPU, ("resource", "i-gpu")), "science"), ((GPU,), "web")):
        alert = raised(office, *drivers)
        office.connection.execute("update resources set monthly_cost = 100 where resource_id = 'i-large'")
        advise(office.connection, [alert], tenant_id=office.tenant_id, now=NOW)
        assert [found.owner for found in office.found(alert=alert.id)] == [owner]


def test_advice_ends_with_its_alert(office: Office) -> None:
    office.bill("BoxUsage:m7g.large", "5", resource_id="i-1", tags={"team": "web"})
    alert, other = raised(office, GPU), raised(office, GPU)
    advise(office.connection, [alert, other], tenant_id=office.tenant_id, now=NOW)
    office.connection.execute(
        "update alerts set status = 'resolved', resolved_at = now() where id = %s", [alert.id]
    )

    office.recommend()

    assert [found.status for found in office.found(alert=alert.id)] == ["expired"]
    assert [found.status for found in office.found(alert=other.id)] == ["open"]


def test_advice_is_never_counted_as_a_saving(office: Office) -> None:
    advise(office.connection, [raised(office, GPU)], tenant_id=office.tenant_id, now=NOW)

    assert [found.monthly_savings for found in office.found()] == [None]
