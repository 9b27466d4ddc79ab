"""/api/autopilot: the first document's records. What is sent there is kept as told, and authorises nothing."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from autopilot.schemas import (
    ApprovalRequestIn,
    ApprovalRequestOut,
    AutopilotRecommendationOut,
    AutopilotUserOut,
    AwsResourceIn,
    AwsResourceOut,
    CostReportIn,
    CostReportOut,
    HistoryEntryIn,
    HistoryEntryOut,
    In,
    Out,
    RecommendationIn,
    SystemConfigIn,
    SystemConfigOut,
)
from cloudops.autopilot import models, use_cases
from cloudops.paging import MAXIMUM_LIMIT, Page
from cloudops.platform.http import Unit, api, handle, unit
from cloudops.platform.principal import Role
from cloudops.platform.telemetry import observed

app = api()

Id = Annotated[UUID, Path()]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]


@app.get("/api/autopilot/aws-resources")
def list_aws_resources(limit: Limit = 100, cursor: Cursor = None) -> Response[list[AwsResourceOut]]:
    """Resources in the reporting currency, the newest first. X-Next-Cursor names the next page."""
    return listed(models.AWS_RESOURCES, AwsResourceOut, limit, cursor)


@app.get("/api/autopilot/aws-resources/<record_id>")
def show_aws_resource(record_id: Id) -> AwsResourceOut:
    return shown(models.AWS_RESOURCES, AwsResourceOut, record_id)


@app.post("/api/autopilot/aws-resources", status_code=201)
def take_aws_resource(wanted: AwsResourceIn) -> Response[AwsResourceOut]:
    """One that a bill or a scan knows keeps its cost; any other stands in an account named imported."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        record = models.AwsResource(**told(one, wanted))
        taken = use_cases.take_resource(one.connection, record, actor=one.actor, now=one.now)
    return created(AwsResourceOut.model_validate(taken))


@app.get("/api/autopilot/cost-reports")
def list_cost_reports(limit: Limit = 100, cursor: Cursor = None) -> Response[list[CostReportOut]]:
    """Of the bill and imported, the latest month first. X-Next-Cursor names the next page."""
    with unit(app) as one:
        page = use_cases.list_cost_reports(one.connection, limit=limit, cursor=cursor)
    return answer(page, CostReportOut)


@app.get("/api/autopilot/cost-reports/<record_id>")
def show_cost_report(record_id: Id) -> CostReportOut:
    with unit(app) as one:
        return CostReportOut.model_validate(use_cases.show_cost_report(one.connection, record_id))


@app.post("/api/autopilot/cost-reports", status_code=201)
def take_cost_report(wanted: CostReportIn) -> Response[CostReportOut]:
    """Shown here alone, and never added to the charges of a bill."""
    return kept(wanted, models.CostReport, CostReportOut)


@app.get("/api/autopilot/recommendations")
def list_recommendations(
    limit: Limit = 100, cursor: Cursor = None
) -> Response[list[AutopilotRecommendationOut]]:
    """Recommendations of the five types, the newest first. X-Next-Cursor names the next page."""
    return listed(models.RECOMMENDATIONS, AutopilotRecommendationOut, limit, cursor)


@app.get("/api/autopilot/recommendations/<record_id>")
def show_recommendation(record_id: Id) -> AutopilotRecommendationOut:
    return shown(models.RECOMMENDATIONS, AutopilotRecommendationOut, record_id)


@app.post("/api/autopilot/recommendations", status_code=201)
def take_recommendation(wanted: RecommendationIn) -> Response[AutopilotRecommendationOut]:
    """One that another tool approved is open here: nothing acts on it."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        record = models.RecommendationRecord(**told(one, wanted))
        taken = use_cases.take_recommendation(one.connection, record, actor=one.actor, now=one.now)
    return created(AutopilotRecommendationOut.model_validate(taken))


@app.get("/api/autopilot/optimization-history")
def list_history(limit: Limit = 100, cursor: Cursor = None) -> Response[list[HistoryEntryOut]]:
    """Changes that began or ended, and imported ones, the newest first. X-Next-Cursor names the next page."""
    return listed(models.HISTORY, HistoryEntryOut, limit, cursor)


@app.get("/api/autopilot/optimization-history/<record_id>")
def show_history_entry(record_id: Id) -> HistoryEntryOut:
    return shown(models.HISTORY, HistoryEntryOut, record_id)


@app.post("/api/autopilot/optimization-history", status_code=201)
def take_history_entry(wanted: HistoryEntryIn) -> Response[HistoryEntryOut]:
    """Kept as told: what it says it saved is not measured, and not among the realised savings."""
    return kept(wanted, models.HistoryEntry, HistoryEntryOut)


@app.get("/api/autopilot/approval-requests")
def list_approval_requests(limit: Limit = 100, cursor: Cursor = None) -> Response[list[ApprovalRequestOut]]:
    """Ours and imported ones, the newest first. X-Next-Cursor names the next page."""
    return listed(models.APPROVALS, ApprovalRequestOut, limit, cursor)


@app.get("/api/autopilot/approval-requests/<record_id>")
def show_approval_request(record_id: Id) -> ApprovalRequestOut:
    return shown(models.APPROVALS, ApprovalRequestOut, record_id)


@app.post("/api/autopilot/approval-requests", status_code=201)
def take_approval_request(wanted: ApprovalRequestIn) -> Response[ApprovalRequestOut]:
    """Kept as told: it authorises nothing."""
    return kept(wanted, models.ApprovalRecord, ApprovalRequestOut)


@app.get("/api/autopilot/system-config")
def list_system_config(limit: Limit = 100, cursor: Cursor = None) -> Response[list[SystemConfigOut]]:
    """The keys that are set, the newest first. X-Next-Cursor names the next page."""
    return listed(models.CONFIGURATION, SystemConfigOut, limit, cursor)


@app.get("/api/autopilot/system-config/<record_id>")
def show_system_config(record_id: Id) -> SystemConfigOut:
    return shown(models.CONFIGURATION, SystemConfigOut, record_id)


@app.post("/api/autopilot/system-config", status_code=201)
def set_system_config(wanted: SystemConfigIn) -> Response[SystemConfigOut]:
    """Set a key that is known, to a value that it can have."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        found = use_cases.configure(one.connection, wanted.key, wanted.value, actor=one.actor, now=one.now)
    return created(SystemConfigOut.model_validate(found))


@app.get("/api/autopilot/users")
def list_users(limit: Limit = 100, cursor: Cursor = None) -> Response[list[AutopilotUserOut]]:
    """The people of the tenant, the newest first. X-Next-Cursor names the next page."""
    return listed(models.USERS, AutopilotUserOut, limit, cursor)


@app.get("/api/autopilot/users/<record_id>")
def show_user(record_id: Id) -> AutopilotUserOut:
    return shown(models.USERS, AutopilotUserOut, record_id)


def listed[R, O: Out](
    entity: models.Entity[R], shape: type[O], limit: int, cursor: str | None
) -> Response[list[O]]:
    with unit(app) as one:
        page = use_cases.list_records(one.connection, entity, limit=limit, cursor=cursor)
    return answer(page, shape)


def shown[R, O: Out](entity: models.Entity[R], shape: type[O], record_id: UUID) -> O:
    with unit(app) as one:
        return shape.model_validate(use_cases.show_record(one.connection, entity, record_id))


def kept[O: Out](wanted: In, kind: type[models.Told], shape: type[O]) -> Response[O]:
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        record = kind(**told(one, wanted))
        use_cases.keep(one.connection, record, actor=one.actor, now=one.now)
    return created(shape.model_validate(record))


def told(one: Unit, wanted: In) -> dict[str, Any]:
    """What was sent, with what the document says is generated."""
    sent = wanted.model_dump()
    generated = {"id": uuid4(), "created_at": one.now, "updated_at": one.now}
    return {name: generated.get(name) if value is None else value for name, value in sent.items()}


def answer[O: Out](page: Page[Any], shape: type[O]) -> Response[list[O]]:
    body = [shape.model_validate(row) for row in page.items]
    headers: dict[str, str | list[str]] = {"X-Next-Cursor": page.next_cursor} if page.next_cursor else {}
    return Response(status_code=200, content_type="application/json", headers=headers, body=body)


def created[O: Out](body: O) -> Response[O]:
    return Response(status_code=201, content_type="application/json", body=body)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
