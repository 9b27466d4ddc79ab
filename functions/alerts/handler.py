"""/api/v1/alerts and /api/v1/limits: what is out of the ordinary, and the fixed limits that users set."""

from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from alerts.schemas import (
    AlertDetailOut,
    AlertOut,
    AlertPage,
    LimitOut,
    LimitPage,
    NewCostLimit,
    NewMetricLimit,
    Resolution,
    Snooze,
)
from cloudops.alerts import use_cases as alerts
from cloudops.anomalies import limits_registry as limits
from cloudops.anomalies.signals import Limit
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.http import api, handle, unit
from cloudops.platform.identifiers import IdPrefix
from cloudops.platform.principal import Role
from cloudops.platform.telemetry import observed
from cloudops.tenancy.use_cases import default_project

app = api()

WITHOUT_A_WORD = Resolution()
NewLimit = Annotated[NewCostLimit | NewMetricLimit, Body(discriminator="alert_type")]


@app.get("/api/v1/alerts")
def list_alerts(
    status: Annotated[Literal["open", "acknowledged", "resolved"] | None, Query()] = None,
    severity: Annotated[Literal["low", "medium", "high", "critical"] | None, Query()] = None,
    alert_type: Annotated[Literal["cost", "reliability"] | None, Query()] = None,
    service: Annotated[str | None, Query()] = None,
    account: Annotated[str | None, Query()] = None,
    id_prefix: IdPrefix = None,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)] = 100,
    cursor: Annotated[str | None, Query()] = None,
) -> AlertPage:
    """Alerts, the latest incident first."""
    chosen = alerts.AlertFilter(
        status=status,
        severity=severity,
        alert_type=alert_type,
        service=service,
        account=account,
        id_prefix=id_prefix,
    )
    with unit(app) as one:
        page = alerts.list_alerts(one.connection, chosen, limit=limit, cursor=cursor)
    return AlertPage(items=[AlertOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@app.get("/api/v1/alerts/<alert_id>")
def show_alert(alert_id: Annotated[UUID, Path()]) -> AlertDetailOut:
    """An alert with the series, the band and the drivers that explain it."""
    with unit(app) as one:
        return AlertDetailOut.model_validate(alerts.show_alert(one.connection, alert_id))


@app.post("/api/v1/alerts/<alert_id>/acknowledge")
def acknowledge_alert(alert_id: Annotated[UUID, Path()]) -> AlertDetailOut:
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = alerts.acknowledge(one.connection, alert_id, actor=one.actor, now=one.now)
        return AlertDetailOut.model_validate(found)


@app.post("/api/v1/alerts/<alert_id>/snooze")
def snooze_alert(alert_id: Annotated[UUID, Path()], wanted: Snooze) -> AlertDetailOut:
    """Keep quiet about it for a while. It is told once more then, and at once if it becomes critical."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = alerts.snooze(one.connection, alert_id, until=wanted.until, actor=one.actor, now=one.now)
        return AlertDetailOut.model_validate(found)


@app.post("/api/v1/alerts/<alert_id>/resolve")
def resolve_alert(
    alert_id: Annotated[UUID, Path()], resolution: Annotated[Resolution, Body()] = WITHOUT_A_WORD
) -> AlertDetailOut:
    """Resolve it, or say until when it is planned: then every alert of its signal in that time is resolved with it."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = alerts.resolve(
            one.connection,
            alert_id,
            resolution=resolution.resolution,
            planned_until=resolution.planned_until,
            actor=one.actor,
            now=one.now,
        )
        return AlertDetailOut.model_validate(found)


@app.get("/api/v1/limits")
def list_limits() -> LimitPage:
    with unit(app) as one:
        found = limits.list_limits(one.connection)
    return LimitPage(items=[LimitOut.model_validate(row) for row in found])


@app.post("/api/v1/limits", status_code=201)
def set_limit(wanted: NewLimit) -> LimitOut:
    """Set a fixed limit on a service's daily usage cost or on a metric."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        columns = {
            "service_name": None,
            "account_id": None,
            "metric_name": None,
            "resource_id": None,
            "currency": None,
        }
        limit = Limit(
            **{**columns, **wanted.model_dump()},
            id=uuid4(),
            project_id=default_project(one.connection).id,
            created_by=one.principal.email,
            created_at=one.now,
        )
        limits.set_limit(one.connection, limit, actor=one.actor)
    return LimitOut.model_validate(limit)


@app.delete("/api/v1/limits/<limit_id>", status_code=204)
def remove_limit(limit_id: Annotated[UUID, Path()]) -> Response[None]:
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        limits.remove_limit(one.connection, limit_id, actor=one.actor)
    return Response(status_code=204)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
