"""/api/v1/monitored-targets and /api/v1/metrics: what is watched, and how well it runs."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import AwareDatetime

from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.http import api, handle, unit
from cloudops.platform.principal import Role
from cloudops.platform.telemetry import observed
from cloudops.reliability import targets
from cloudops.reliability.models import Target
from cloudops.reliability.series import SeriesQuestion, read_series
from cloudops.tenancy.use_cases import default_project
from reliability.schemas import MetricName, MetricSeries, NewTarget, SampleOut, TargetOut, TargetPage

app = api()

# A week of five minutes; a point takes some 60 bytes of the 6 MB that API Gateway carries.
MAXIMUM_POINTS = 10_000


@app.get("/api/v1/monitored-targets")
def list_targets(
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)] = 100,
    cursor: Annotated[str | None, Query()] = None,
) -> TargetPage:
    """API Gateways, load balancers and functions that are watched, the newest first."""
    with unit(app) as one:
        page = targets.list_targets(one.connection, limit=limit, cursor=cursor)
    return TargetPage(
        items=[TargetOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.post("/api/v1/monitored-targets", status_code=201)
def add_target(wanted: NewTarget) -> TargetOut:
    """Watch errors and latency of an API Gateway, an application load balancer or a function."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        target = Target(
            id=uuid4(),
            project_id=default_project(one.connection).id,
            resource_id=wanted.key,
            created_by=one.principal.email,
            created_at=one.now,
            **wanted.model_dump(exclude={"resource_id"}),
        )
        targets.add_target(one.connection, target, actor=one.actor)
    return TargetOut.model_validate(target)


@app.delete("/api/v1/monitored-targets/<target_id>", status_code=204)
def remove_target(target_id: Annotated[UUID, Path()]) -> Response[None]:
    """Watch it no longer; what was measured stays."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        targets.remove_target(one.connection, target_id, actor=one.actor)
    return Response(status_code=204)


@app.get("/api/v1/metrics")
def read_metrics(
    resource_id: Annotated[str, Query(min_length=1, max_length=1000)],
    metric: Annotated[MetricName, Query()],
    start: Annotated[AwareDatetime | None, Query()] = None,
    end: Annotated[AwareDatetime | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_POINTS)] = 2016,
    cursor: Annotated[str | None, Query()] = None,
) -> MetricSeries:
    """The series of a resource's metric; without times, the seven days up to its last datapoint."""
    question = SeriesQuestion(resource_id=resource_id, metric_name=metric, start=start, end=end)
    with unit(app) as one:
        found = read_series(one.connection, question, limit=limit, cursor=cursor, now=one.now)
    return MetricSeries(
        items=[SampleOut.model_validate(row) for row in found.page.items],
        next_cursor=found.page.next_cursor,
        resource_id=resource_id,
        metric=metric,
        unit=found.unit,
        start=found.start,
        end=found.end,
    )


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
