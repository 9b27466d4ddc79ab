"""Judges a tenant's signals and raises its alerts, as the function detect_anomalies does."""

from datetime import UTC, date, datetime, time, timedelta

from cloudops.alerts.use_cases import RaisedAlert, list_planned, raise_alerts
from cloudops.anomalies.use_cases import judge_signals
from cloudops.tenancy.use_cases import default_project
from tests.integration.tenant import Tenant


def detect(tenant: Tenant, *, as_of: date) -> list[RaisedAlert]:
    with tenant.transaction(batch=True) as connection:
        return raise_alerts(
            connection,
            judge_signals(connection, as_of=as_of, planned=list_planned(connection)),
            tenant_id=tenant.id,
            project_id=default_project(connection).id,
            as_of=as_of,
            now=datetime.combine(as_of + timedelta(days=1), time(6), UTC),
        )
