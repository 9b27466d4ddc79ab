"""/api/v1/recommendations: what could be done, and what became of it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.automation.offers import offer_of
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.http import api, handle, unit
from cloudops.platform.identifiers import IdPrefix
from cloudops.platform.principal import Role
from cloudops.platform.telemetry import observed
from cloudops.recommendations import exceptions
from cloudops.recommendations import use_cases as recommendations
from cloudops.recommendations.coverage_ledger import LedgerFilter, list_lines
from cloudops.recommendations.exceptions import ExceptionFilter, NewException
from cloudops.recommendations.life import RecommendationDetail
from recommendations.schemas import (
    Assignment,
    CheckCoverage,
    CheckExceptionOut,
    CheckExceptionPage,
    CoverageList,
    Dismissal,
    LedgerLineOut,
    LedgerPage,
    NewCheckException,
    OfferedChange,
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
Verdict = Literal["flagged", "fine", "not_enough_data", "no_permission", "excepted"]
Id = Annotated[UUID, Path()]
Text = Annotated[str | None, Query()]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]


@app.get("/api/v1/recommendations")
def list_recommendations(
    status: Annotated[Status | None, Query()] = None,
    kind: Annotated[
        Literal["cost_optimization", "compliance", "security", "rightsizing"] | None, Query()
    ] = None,
    type: Annotated[Type | None, Query()] = None,  # noqa: A002 - the contract's name of the parameter
    severity: Annotated[Literal["low", "medium", "high", "critical"] | None, Query()] = None,
    check_id: Text = None,
    account: Text = None,
    service: Text = None,
    resource: Text = None,
    alert: Annotated[UUID | None, Query()] = None,
    id_prefix: IdPrefix = None,
    limit: Limit = 100,
    cursor: Text = None,
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
        id_prefix=id_prefix,
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
    """What every check concluded about how many subjects, so that no finding is not taken for no problem."""
    with unit(app) as one:
        judged_at, counts = recommendations.read_coverage(one.connection)
    items = [CheckCoverage(check_id=check_id, **verdicts) for check_id, verdicts in counts.items()]
    return CoverageList(items=items, judged_at=judged_at)


@app.get("/api/v1/recommendations/coverage/ledger")
def list_ledger(
    check_id: Text = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    account: Text = None,
    resource: Text = None,
    limit: Limit = 100,
    cursor: Text = None,
) -> LedgerPage:
    """Why a check flagged a resource or did not: its verdict and the reason, by check, account and resource."""
    chosen = LedgerFilter(check_id=check_id, verdict=verdict, account=account, resource=resource)
    with unit(app) as one:
        page = list_lines(one.connection, chosen, limit=limit, cursor=cursor)
    return LedgerPage(
        items=[LedgerLineOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.get("/api/v1/recommendations/exceptions")
def list_exceptions(
    check_id: Text = None,
    account: Text = None,
    resource: Text = None,
    standing: Annotated[bool | None, Query()] = None,
    limit: Limit = 100,
    cursor: Text = None,
) -> CheckExceptionPage:
    """What was accepted, by whom and until when, the newest first; `standing` leaves out what ended."""
    chosen = ExceptionFilter(check_id=check_id, account=account, resource=resource, standing=standing)
    with unit(app) as one:
        page = exceptions.list_exceptions(one.connection, chosen, limit=limit, cursor=cursor)
    return CheckExceptionPage(
        items=[CheckExceptionOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@app.post("/api/v1/recommendations/exceptions", status_code=201)
def accept_findings(wanted: NewCheckException) -> Response[CheckExceptionOut]:
    """Accept a check's findings on a resource, in an account or everywhere; what is open there closes."""
    with unit(app) as one:
        one.principal.require(Role.APPROVER)
        new = NewException(**wanted.model_dump())
        accepted = exceptions.accept(one.connection, new, actor=one.actor, now=one.now)
        body = CheckExceptionOut.model_validate(accepted)
    return Response(status_code=201, content_type="application/json", body=body)


@app.post("/api/v1/recommendations/exceptions/<exception_id>/end")
def end_exception(exception_id: Id) -> CheckExceptionOut:
    """What it covered is found again by the next run."""
    with unit(app) as one:
        one.principal.require(Role.APPROVER)
        ended = exceptions.end(one.connection, exception_id, actor=one.actor, now=one.now)
        return CheckExceptionOut.model_validate(ended)


@app.get("/api/v1/recommendations/<recommendation_id>")
def show_recommendation(recommendation_id: Id) -> RecommendationDetailOut:
    """A recommendation with its evidence, the configuration before and after, and the change that carries it out."""
    with unit(app) as one:
        found = recommendations.show_recommendation(one.connection, recommendation_id)
    return detail_of(found)


@app.post("/api/v1/recommendations/<recommendation_id>/start")
def start_recommendation(recommendation_id: Id) -> RecommendationDetailOut:
    """Take it on, for work done by hand."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = recommendations.start(one.connection, recommendation_id, actor=one.actor, now=one.now)
        return detail_of(found)


@app.post("/api/v1/recommendations/<recommendation_id>/complete")
def complete_recommendation(recommendation_id: Id) -> RecommendationDetailOut:
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = recommendations.complete(one.connection, recommendation_id, actor=one.actor, now=one.now)
        return detail_of(found)


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
        return detail_of(found)


@app.post("/api/v1/recommendations/<recommendation_id>/reopen")
def reopen_recommendation(recommendation_id: Id) -> RecommendationDetailOut:
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = recommendations.reopen(one.connection, recommendation_id, actor=one.actor, now=one.now)
        return detail_of(found)


@app.post("/api/v1/recommendations/<recommendation_id>/assign")
def assign_recommendation(recommendation_id: Id, assignment: Assignment) -> RecommendationDetailOut:
    """Give it to somebody, or with a null owner to nobody."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        found = recommendations.assign(
            one.connection, recommendation_id, owner=assignment.owner, actor=one.actor, now=one.now
        )
        return detail_of(found)


def detail_of(found: RecommendationDetail) -> RecommendationDetailOut:
    offer = offer_of(found)
    change = offer and OfferedChange(**vars(offer.target), type=offer.type, params=dict(offer.params))
    return RecommendationDetailOut.model_validate({**vars(found), "change": change})


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
