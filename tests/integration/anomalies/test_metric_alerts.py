"""Reliability metrics, judged by the same job that judges costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from cloudops.actor import Actor
from cloudops.anomalies import limits_registry
from cloudops.anomalies.signals import Limit
from cloudops.tenancy.use_cases import default_project
from tests.integration.detection import detect
from tests.integration.tenant import Tenant

START = datetime(2026, 6, 1, tzinfo=UTC)
JUMP = datetime(2026, 6, 25, 15, tzinfo=UTC)
ANN = Actor(name="ann@acme.example")


def usual(at: datetime) -> float:
    """Busy by day, quiet by night, and never quite the same."""
    return 120 + 60 * (8 <= at.hour < 20) + (at.toordinal() * 7 + at.hour * 3) % 11


def with_jump(at: datetime) -> float:
    return usual(at) * (9 if JUMP <= at < JUMP + timedelta(hours=3) else 1)


def measure(
    tenant: Tenant, value: Callable[[datetime], float], *, start: datetime = START, days: int = 30
) -> None:
    with tenant.transaction() as connection:
        project = default_project(connection)
        connection.cursor().executemany(
            "insert into reliability_metrics"
            " (tenant_id, project_id, resource_id, metric_name, metric_ts, namespace, value, unit)"
            " values (%s, %s, 'api/orders', 'p95_latency_ms', %s, 'AWS/ApiGateway', %s, 'ms')"
            " on conflict (tenant_id, project_id, resource_id, metric_name, metric_ts)"
            " do update set value = excluded.value",
            [
                (tenant.id, project.id, at, value(at))
                for at in (start + timedelta(hours=hour) for hour in range(24 * days))
            ],
        )


def test_a_jump_is_one_alert_however_often_it_is_looked_at(tenant: Tenant) -> None:
    measure(tenant, with_jump)

    for _ in range(2):
        detect(tenant, as_of=JUMP.date() + timedelta(days=1))

    found = tenant.rows(
        "select alert_type, resource_id, metric_name, window_start, observed_value, currency, status from alerts"
    )
    assert found == [
        ("reliability", "api/orders", "p95_latency_ms", JUMP, Decimal(str(with_jump(JUMP))), None, "open")
    ]
    assert tenant.events().count(("alert", "created")) == 1


def test_an_alert_outlives_the_samples_that_raised_it(tenant: Tenant) -> None:
    """What can be seen no more is not thereby restated."""
    measure(tenant, with_jump)
    detect(tenant, as_of=JUMP.date())
    measure(tenant, usual, start=START + timedelta(days=30), days=120)

    for days in (5, 13, 14, 20, 30, 90, 110):
        detect(tenant, as_of=JUMP.date() + timedelta(days=days))

    assert tenant.rows("select status from alerts where window_start = %s", [JUMP]) == [("open",)]


def test_a_late_datapoint_that_corrects_the_jump_resolves_the_alert(tenant: Tenant) -> None:
    measure(tenant, with_jump)
    detect(tenant, as_of=JUMP.date() + timedelta(days=1))
    measure(tenant, usual)

    detect(tenant, as_of=JUMP.date() + timedelta(days=1))

    assert tenant.rows("select status, resolution from alerts") == [("resolved", "restated")]


def test_a_limit_on_a_metric_raises_an_alert(tenant: Tenant) -> None:
    measure(tenant, usual)
    with tenant.transaction() as connection:
        limit = Limit(
            id=uuid4(),
            project_id=default_project(connection).id,
            alert_type="reliability",
            service_name=None,
            account_id=None,
            metric_name="p95_latency_ms",
            resource_id="api/orders",
            threshold=Decimal(189),
            currency=None,
            consecutive_points=1,
            severity="critical",
            created_by=ANN.name,
            created_at=START,
        )
        limits_registry.set_limit(connection, limit, actor=ANN)

    detect(tenant, as_of=JUMP.date())

    found = tenant.rows("select distinct rule_name, severity from alerts")
    assert found == [(f"limit:{limit.id}", "critical")]
    assert tenant.value("select min(observed_value) from anomalies") > 189


def test_nothing_measured_is_nothing_judged(tenant: Tenant) -> None:
    assert detect(tenant, as_of=JUMP.date()) == []
    assert tenant.count("alerts") == 0
