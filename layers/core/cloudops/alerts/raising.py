"""Turn judged signals into alerts and anomalies. Doing it twice adds nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from cloudops.alerts import repository
from cloudops.alerts.grouping import incidents_of, moment
from cloudops.alerts.models import Driver, Incident, JudgedSpan, Severity, decimal, deviation
from cloudops.alerts.severity import severity_of
from cloudops.alerts.wording import Wording, threshold_of, wording_of
from cloudops.alerts.worth import is_worth_raising
from cloudops.anomalies.signals import AlertType, JudgedSignal
from cloudops.anomalies.verdict import Verdict
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record_all
from cloudops.notifications.models import NewNotification, Topic
from cloudops.notifications.use_cases import notify, withdraw_reminders
from cloudops.period import DateRange
from cloudops.platform.database import Connection

# Older incidents are history: what a first load of years finds there pages nobody.
LOOK_BACK: Mapping[AlertType, timedelta] = {"cost": timedelta(days=95), "reliability": timedelta(days=14)}
# How much of the series before an incident is kept to explain it.
SHOWN_BEFORE = {"cost": timedelta(days=60), "reliability": timedelta(days=3)}
SOURCES = {"cost": "billing export", "reliability": "CloudWatch"}
NO_OTHER = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class RaisedAlert:
    """An alert that detection made or changed, with what a recommendation for it needs."""

    id: UUID
    project_id: UUID
    incident: Incident
    severity: Severity
    drivers: Sequence[Driver]
    is_new: bool
    wording: Wording
    is_snoozed: bool = False


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is known around the signals of a tenant when incidents are weighed and worded."""

    tenant_id: UUID
    project_id: UUID
    usual_daily_spend: Mapping[str, Decimal]
    account_names: Mapping[str, str]
    now: datetime


def raise_alerts(
    connection: Connection,
    judged: Sequence[JudgedSignal],
    *,
    tenant_id: UUID,
    project_id: UUID,
    as_of: date,
    now: datetime,
) -> list[RaisedAlert]:
    """Store every incident of the last months as an alert with its anomalies; resolve what is found no more."""
    if not judged:
        return []
    around = Surroundings(
        tenant_id=tenant_id,
        project_id=project_id,
        usual_daily_spend=repository.read_usual_daily_spend(connection, last_cost_day(judged, as_of)),
        account_names=repository.read_account_names(connection),
        now=now,
    )
    spans = spans_of(judged)
    incidents = [
        incident
        for one in judged
        for incident in incidents_of(one)
        if moment(incident.window_start) >= spans[one.signal.alert_type].since and is_worth_raising(incident)
    ]
    raised = [store(connection, incident, around) for incident in incidents]
    found = [alert_id(tenant_id, incident) for incident in incidents]
    restated = [
        alert
        for kind, span in spans.items()
        for alert in repository.resolve_restated(connection, kind, found, span, now=now)
    ]
    changed = [one for one in raised if one is not None]
    withdraw_reminders(connection, "alert", [str(one.id) for one in restated], now=now)
    record_all(connection, [*map(raised_event, changed), *map(restated_event, restated)])
    notify(connection, [raised_notice(one) for one in changed if is_told(one)], now=now)
    return changed


def spans_of(judged: Sequence[JudgedSignal]) -> dict[AlertType, JudgedSpan]:
    """What this look saw of each kind: an alert outside of it is neither raised nor taken back."""
    until: dict[AlertType, datetime] = {}
    for one in judged:
        kind = one.signal.alert_type
        until[kind] = max(one.watermark, until.get(kind, one.watermark))
    return {kind: JudgedSpan(since=last - LOOK_BACK[kind], until=last) for kind, last in until.items()}


def last_cost_day(judged: Sequence[JudgedSignal], as_of: date) -> date:
    """The last day that the bills cover; metrics are usually ahead of them."""
    marks = [one.watermark for one in judged if one.signal.alert_type == "cost"]
    return (max(marks) - timedelta(days=1)).date() if marks else as_of


def store(connection: Connection, incident: Incident, around: Surroundings) -> RaisedAlert | None:
    drivers = drivers_of(connection, incident)
    account_name = around.account_names.get(incident.signal.account_id or "")
    severity = severity_of(incident, around.usual_daily_spend.get(incident.signal.currency or "", NO_OTHER))
    wording = wording_of(incident, drivers, account_name)
    row = alert_row(incident, around, severity, wording, drivers)
    kept = repository.upsert_alert(connection, row)
    repository.insert_anomalies(
        connection, [anomaly_row(verdict, row, incident, around) for verdict in incident.anomalies]
    )
    if kept is None:
        return None
    return RaisedAlert(
        id=row["id"],
        project_id=around.project_id,
        incident=incident,
        severity=severity,
        drivers=drivers,
        is_new=kept.inserted,
        is_snoozed=kept.snoozed,
        wording=wording,
    )


def drivers_of(connection: Connection, incident: Incident) -> list[Driver]:
    if incident.signal.alert_type != "cost":
        return []
    first, last = moment(incident.window_start).date(), moment(incident.window_end).date()
    window = DateRange(start=first, end=last + timedelta(days=1))
    return repository.read_drivers(connection, incident.signal, window)


def alert_id(tenant_id: UUID, incident: Incident) -> UUID:
    """Made from the signal and the incident's first point, so that the next look finds the same alert."""
    judge = incident.judged.limit.id if incident.judged.limit else "detector"
    return uuid5(tenant_id, f"alert|{incident.signal.key}|{judge}|{moment(incident.first.about).isoformat()}")


def alert_row(
    incident: Incident,
    around: Surroundings,
    severity: Severity,
    wording: Wording,
    drivers: Sequence[Driver],
) -> dict[str, Any]:
    peak, limit = incident.peak, incident.judged.limit
    return {
        **signal_columns(incident),
        "id": alert_id(around.tenant_id, incident),
        "project_id": around.project_id,
        "severity": severity,
        "title": wording.title,
        "description": wording.description,
        "source": SOURCES[incident.signal.alert_type],
        "rule_name": incident.first.rule,
        "model_version": incident.first.model_version,
        "observed_value": decimal(peak.observed or 0.0),
        "baseline_value": None if peak.expected is None else decimal(peak.expected),
        "threshold_value": threshold_of(peak, limit=limit.threshold if limit else None),
        "excess": incident.excess,
        "window_start": moment(incident.window_start),
        "window_end": moment(incident.window_end),
        "data_watermark": incident.judged.watermark,
        "series": shown_series(incident),
        "drivers": [driver_row(driver) for driver in drivers],
        "now": around.now,
    }


def signal_columns(incident: Incident) -> dict[str, str | None]:
    return dict(vars(incident.signal))


def shown_series(incident: Incident) -> list[dict[str, Any]]:
    """The judged points from some weeks before the incident on, with their band."""
    start = moment(incident.window_start) - SHOWN_BEFORE[incident.signal.alert_type]
    end = moment(incident.window_end) + SHOWN_BEFORE[incident.signal.alert_type]
    anomalous = {moment(verdict.about) for verdict in incident.anomalies}
    return [
        {
            "at": moment(verdict.about).isoformat(),
            "observed": verdict.observed,
            "expected": verdict.expected,
            "lower": verdict.lower,
            "upper": verdict.upper,
            "anomaly": moment(verdict.about) in anomalous,
        }
        for verdict in incident.judged.verdicts
        if start <= moment(verdict.about) <= end and verdict.at == verdict.about
    ]


def driver_row(driver: Driver) -> dict[str, str]:
    return {
        "dimension": driver.dimension,
        "value": driver.value,
        "observed": f"{driver.observed:.6f}",
        "expected": f"{driver.expected:.6f}",
        "change": f"{driver.change:.6f}",
        "currency": driver.currency,
    }


def anomaly_row(
    verdict: Verdict, alert: dict[str, Any], incident: Incident, around: Surroundings
) -> dict[str, Any]:
    at = moment(verdict.about)
    name = f"anomaly|{incident.signal.key}|{at.isoformat()}|{verdict.rule}|{verdict.model_version}"
    expected = verdict.expected or 0.0
    return {
        **signal_columns(incident),
        "id": uuid5(around.tenant_id, name),
        "alert_id": alert["id"],
        "project_id": around.project_id,
        "observed_at": at,
        "observed_value": decimal(verdict.observed or 0.0),
        "expected_value": decimal(expected),
        "lower_value": None if verdict.lower is None else decimal(verdict.lower),
        "upper_value": None if verdict.upper is None else decimal(verdict.upper),
        "deviation_pct": decimal(deviation(verdict) / expected * 100) if expected > 0 else None,
        "score": decimal(verdict.score),
        "severity": alert["severity"],
        "rule_name": verdict.rule,
        "model_version": verdict.model_version,
        "window_start": alert["window_start"],
        "window_end": alert["window_end"],
        "data_watermark": alert["data_watermark"],
        "now": around.now,
    }


def is_told(alert: RaisedAlert) -> bool:
    """A new one, and one that has become severe; at each severity once. A snooze ends where it becomes critical."""
    if alert.is_snoozed and alert.severity != Severity.CRITICAL:
        return False
    return alert.is_new or alert.severity in (Severity.HIGH, Severity.CRITICAL)


def raised_notice(alert: RaisedAlert) -> NewNotification:
    return NewNotification(
        topic=Topic.ALERT_RAISED,
        severity=alert.severity,
        title=alert.wording.title,
        body=alert.wording.description,
        entity_type="alert",
        entity_id=str(alert.id),
        what=alert.severity,
    )


def raised_event(alert: RaisedAlert) -> NewEvent:
    return NewEvent(
        entity_type="alert",
        entity_id=str(alert.id),
        event_type="created" if alert.is_new else "updated",
        message=f"{alert.incident.signal.service_name or alert.incident.signal.metric_name}: "
        f"{alert.severity} alert {'raised' if alert.is_new else 'changed'}",
        project_id=alert.project_id,
        metadata={"severity": alert.severity, "excess": str(alert.incident.excess)},
    )


def restated_event(alert: repository.Resolved) -> NewEvent:
    return NewEvent(
        entity_type="alert",
        entity_id=str(alert.id),
        event_type="status_changed",
        message=f"{alert.title}: the data was restated and no longer shows it",
        project_id=alert.project_id,
        metadata={"new": {"status": "resolved", "resolution": "restated"}},
    )
