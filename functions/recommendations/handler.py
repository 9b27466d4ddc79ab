"""/api/v1/recommendations: what could be done, and what became of it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.http import api, handle, unit
from cloudops.platform.principal import Role
from cloudops.platform.telemetry import observed
from cloudops.recommendations import use_cases as recommendations
from recommendations.schemas import (
    Assignment,
    CheckCoverage,
    CoverageList,
    Dismissal,
    RecommendationDetailOut,
    RecommendationOut,
    RecommendationPage,
    SavingsList,
    SavingsOut,
)

app = api()

Status = Literal[
    "open", "pending_approval", "approved", "in_progress", "done", "rejected", "dismissed", "expired"
]
Type = Literal["resize", "terminate", "storage-class", "reserved-instance", "schedule", "review"]
Id = Annotated[UUID, Path()]


@app.get("/api/v1/recommendations")
def list_recommendations(
    status: Annotated[Status | None, Query()] = None,
    kind: Annotated[
        Literal["cost_optimization", "compliance", "security", "rightsizing"] | None, Query()
    ] = None,
    type: Annotated[Type | None, Query()] = None,  # noqa: A002 - the contract's name of the parameter
    severity: Annotated[Literal["low", "medium", "high", "critical"] | None, Query()] = None,
    check_id: Annotated[str | None, Query()] = None,
    account: Annotated[str | None, Query()] = None,
    service: Annotated[str | None, Query()] = None,
    resource: Annotated[str | None, Query()] = None,
    alert: Annotated[UUID | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)] = 100,
    cursor: Annotated[str | None, Query()] = None,
) -> RecommendationPage:
    """Recommendations, the largest saving first."""
    chosen = recommendations.RecommendationFilter(
        status=status,
        kind=kind,
        type=type,
        severity=severity,
        check_id=check_id,
        account=account,
        service=service,
        resource=resource,
        alert=alert,
    )
    with unit(app) as one:
        page = recommendations.list_recommendations(one.connection, chosen, limit=limit, cursor=cursor)
    items = [RecommendationOut.model_validate(row) for row in page.items]
    return RecommendationPage(items=items, next_cursor=page.next_cursor)


@app.get("/api/v1/recommendations/savings")
def read_savings() -> SavingsList:
    """Identified savings per month and currency, without overlaps."""
    with unit(app) as one:
        found = recommendations.read_savings(one.connection)
    return SavingsList(items=[SavingsOut.model_validate(row) for row in found])


@app.get("/api/v1/recommendations/coverage")
def read_coverage() -> CoverageList:
    """What every check looked at in the last run, so that no finding is not taken for no problem."""
    with unit(app) as one:
        judged_at, counts = recommendations.read_coverage(one.connection)
    items = [CheckCoverage(check_id=check_id, **verdicts) for check_id, verdicts in counts.items()]
    return CoverageList(items=items, judged_at=judged_at)


@app.get("/api/v1/recommendations/<recommendation_id>")
def show_recommendation(recommendation_id: Id) -> RecommendationDetailOut:
    """A recommendation with its evidence and the configuration before and after."""
    with unit(app) as one:
        found = recommendations.show_recommendation(one.connection, recommendation_id)
    return RecommendationDetailOut.model_validate(found)


@app.post("/api/v1/recommendations/<recommendation_id>/start")
def start_recommendation(recommendation_id: Id) -> RecommendationDetailOut:
    """Take it on, for work done by hand."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = recommendations.start(one.connection, recommendation_id, actor=one.actor, now=one.now)
        return RecommendationDetailOut.model_validate(found)


@app.post("/api/v1/recommendations/<recommendation_id>/complete")
def complete_recommendation(recommendation_id: Id) -> RecommendationDetailOut:
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = recommendations.complete(one.connection, recommendation_id, actor=one.actor, now=one.now)
        return RecommendationDetailOut.model_validate(found)


@app.post("/api/v1/recommendations/<recommendation_id>/dismiss")
def dismiss_recommendation(recommendation_id: Id, dismissal: Dismissal) -> RecommendationDetailOut:
    """Set it aside, for good or until a day."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = recommendations.dismiss(
            one.connection,
            recommendation_id,
            reason=dismissal.reason,
            until=dismissal.until,
            actor=one.actor,
            now=one.now,
        )
        return RecommendationDetailOut.model_validate(found)


@app.post("/api/v1/recommendations/<recommendation_id>/reopen")
def reopen_recommendation(recommendation_id: Id) -> RecommendationDetailOut:
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = recommendations.reopen(one.connection, recommendation_id, actor=one.actor, now=one.now)
        return RecommendationDetailOut.model_validate(found)


@app.post("/api/v1/recommendations/<recommendation_id>/assign")
def assign_recommendation(recommendation_id: Id, assignment: Assignment) -> RecommendationDetailOut:
    """Give it to somebody, or with a null owner to nobody."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = recommendations.assign(
            one.connection, recommendation_id, owner=assignment.owner, actor=one.actor, now=one.now
        )
        return RecommendationDetailOut.model_validate(found)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
