"""Verdicts, signals and incidents to test with."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from cloudops.alerts.models import Incident
from cloudops.anomalies.signals import JudgedSignal, Limit, Signal
from cloudops.anomalies.verdict import Verdict

DAY = date(2026, 7, 1)
COST = Signal(
    alert_type="cost", provider="aws", account_id="111122223333", service_name="AmazonEC2", currency="USD"
)
LATENCY = Signal(alert_type="reliability", resource_id="api/orders", metric_name="p95_latency_ms")
WATERMARK = datetime(2026, 7, 20, tzinfo=UTC)


def verdict(
    about: int | datetime,
    observed: float | None = 100.0,
    expected: float | None = 100.0,
    *,
    anomaly: bool = False,
    rule: str = "spike",
    seen: int = 0,
) -> Verdict:
    """`about` is a number of days after 1 July, `seen` how many days later it was judged; the band is +-10."""
    day = about if isinstance(about, datetime) else DAY + timedelta(days=about)
    return Verdict(
        at=day + timedelta(days=seen),
        about=day,
        observed=observed,
        expected=expected,
        lower=None if expected is None else expected - 10,
        upper=None if expected is None else expected + 10,
        score=0.9 if anomaly else 0.1,
        anomaly=anomaly,
        rule=rule if anomaly else None,
        model_version="cost-1",
    )


def judged(verdicts: Sequence[Verdict], *, signal: Signal = COST, limit: Limit | None = None) -> JudgedSignal:
    return JudgedSignal(signal=signal, verdicts=verdicts, watermark=WATERMARK, limit=limit)


def incident(points: Sequence[Verdict], *, signal: Signal = COST, limit: Limit | None = None) -> Incident:
    return Incident(
        judged=judged(points, signal=signal, limit=limit),
        anomalies=[point for point in points if point.anomaly],
        points=points,
    )


def limit_of(threshold: str, *, severity: str = "low") -> Limit:
    return Limit(
        id=UUID(int=5),
        project_id=UUID(int=6),
        alert_type="cost",
        service_name="AmazonEC2",
        account_id=None,
        metric_name=None,
        resource_id=None,
        threshold=Decimal(threshold),
        currency="USD",
        consecutive_points=1,
        severity=severity,
        created_by="ann@acme.example",
        created_at=WATERMARK,
    )
