"""Say what to do about alerts. Every alert has at least one recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from cloudops.audit.use_cases import record_all
from cloudops.platform.database import Connection
from cloudops.recommendations import repository
from cloudops.recommendations.alert_advice import Advice, AlertDriver, AlertFacts, for_alert
from cloudops.recommendations.life import NewRecommendation, Status, numbered
from cloudops.recommendations.making import created_event, expire
from cloudops.recommendations.models import Json
from cloudops.recommendations.subjects import OWNER_KEYS, first_tag

# Alerts carry the detectors' verdicts, whose arrays need NumPy: only the detecting function has it.
if TYPE_CHECKING:
    from cloudops.alerts.models import Driver
    from cloudops.alerts.use_cases import RaisedAlert


def advise(
    connection: Connection, raised: Sequence[RaisedAlert], *, tenant_id: UUID, now: datetime
) -> list[NewRecommendation]:
    """Advice for alerts that were raised or changed; doing it twice adds nothing."""
    return [one for alert in raised for one in advise_on(connection, alert, tenant_id=tenant_id, now=now)]


def advise_on(
    connection: Connection, alert: RaisedAlert, *, tenant_id: UUID, now: datetime
) -> list[NewRecommendation]:
    facts = facts_of(alert, owner_of(connection, alert))
    given = [recommendation_for(advice, alert, tenant_id) for advice in for_alert(facts)]
    known = {one.id: one for one in repository.lock_advice(connection, alert.id)}
    new = [one for one in given if one.id not in known]
    repository.insert(connection, new, now=now)
    record_all(connection, [created_event(one) for one in new])
    still_open = [one for one in given if one.id in known and known[one.id].status == Status.OPEN]
    repository.refresh(connection, still_open, now=now)
    current = {one.id for one in given}
    outdated = [one for one in known.values() if one.status == Status.OPEN and one.id not in current]
    expire(connection, outdated, project_id=alert.project_id, now=now)
    return given


def owner_of(connection: Connection, alert: RaisedAlert) -> str | None:
    signal = alert.incident.signal
    named = [driver.value for driver in alert.drivers if driver.dimension == "resource"]
    tags = repository.read_owner_tags(
        connection,
        account_id=signal.account_id,
        service=signal.service_name,
        resource_ids=[*named, *([signal.resource_id] if signal.resource_id else [])],
    )
    return first_tag(tags, OWNER_KEYS)


def facts_of(alert: RaisedAlert, owner: str | None) -> AlertFacts:
    signal = alert.incident.signal
    return AlertFacts(
        alert_type=signal.alert_type,
        excess_per_day=excess_per_day(alert),
        service=signal.service_name,
        account_id=signal.account_id,
        resource_id=signal.resource_id,
        metric_name=signal.metric_name,
        currency=signal.currency,
        drivers=tuple(map(driver_of, alert.drivers)),
        owner=owner,
    )


def excess_per_day(alert: RaisedAlert) -> Decimal:
    """A cost series has one point per day."""
    return alert.incident.excess / max(1, len(alert.incident.points))


def driver_of(driver: Driver) -> AlertDriver:
    return AlertDriver(dimension=driver.dimension, value=driver.value, change=driver.change)


def recommendation_for(advice: Advice, alert: RaisedAlert, tenant_id: UUID) -> NewRecommendation:
    signal = alert.incident.signal
    return NewRecommendation(
        id=uuid5(tenant_id, f"advice|{alert.id}|{advice.check_id}"),
        project_id=alert.project_id,
        alert_id=alert.id,
        check_id=advice.check_id,
        kind=advice.kind,
        type=advice.type,
        severity=alert.severity,
        title=advice.title,
        description=advice.description,
        action_steps=numbered(advice.action_steps),
        impact=advice.impact,
        overlap_group=f"alert/{alert.id}",
        risk=advice.risk,
        confidence=advice.confidence,
        owner=advice.owner,
        provider=signal.provider,
        account_id=signal.account_id,
        service_name=signal.service_name,
        resource_id=signal.resource_id,
        evidence=evidence_of(alert),
        currency=signal.currency,
    )


def evidence_of(alert: RaisedAlert) -> dict[str, Json]:
    drivers: list[Json] = [
        {"dimension": driver.dimension, "value": driver.value, "change_per_day": f"{driver.change:.6f}"}
        for driver in alert.drivers
    ]
    return {
        "alert_id": str(alert.id),
        "excess": f"{alert.incident.excess:.6f}",
        "points": len(alert.incident.points),
        "drivers": drivers,
    }
