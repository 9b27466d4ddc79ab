"""/api/v1/compliance: which tags are required, what lacks them, and what they probably should be."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.compliance.tagging import proposals, settings
from cloudops.compliance.tagging import use_cases as compliance
from cloudops.compliance.tagging.models import Exemption, RequiredTag, TagSettings
from cloudops.compliance.tagging.scanning import scan_id_of
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.etags import IfMatch, etag_of
from cloudops.platform.http import api, handle, unit
from cloudops.platform.messaging import envelope, send
from cloudops.platform.principal import Role
from cloudops.platform.settings import settings as environment
from cloudops.platform.telemetry import observed
from compliance.schemas import (
    Acceptance,
    ComplianceScanOut,
    ComplianceScanPage,
    ComplianceScoreList,
    ComplianceScoreOut,
    DecidedProposals,
    Rejection,
    RequiredTagsModel,
    TagProposalOut,
    TagProposalPage,
    UntaggedResourceOut,
    UntaggedResourcePage,
)

app = api()

JOB = "scans.compliance"
ScanStatus = Literal["in_progress", "completed", "failed"]
ProposalStatus = Literal["open", "accepted", "rejected", "applied"]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)]
Cursor = Annotated[str | None, Query()]
Text = Annotated[str | None, Query()]
Scan = Annotated[UUID | None, Query(description="A scan; without it, the latest completed one.")]


@app.get("/api/v1/compliance/required-tags")
def show_required_tags() -> Response[RequiredTagsModel]:
    """What has to be tagged how. A tenant that has set nothing requires Team, Service and Environment."""
    with unit(app) as one:
        return settings_answer(settings.read_settings(one.connection))


@app.put("/api/v1/compliance/required-tags")
def replace_required_tags(wanted: RequiredTagsModel, if_match: IfMatch = None) -> Response[RequiredTagsModel]:
    """Replace them all; they hold from the next scan on."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        kept = settings.replace_settings(
            one.connection, settings_of(wanted), if_match=if_match, actor=one.actor, now=one.now
        )
        return settings_answer(kept)


@app.get("/api/v1/compliance/scans")
def list_compliance_scans(
    status: Annotated[ScanStatus | None, Query()] = None, limit: Limit = 100, cursor: Cursor = None
) -> ComplianceScanPage:
    """Scans of the last 90 days, the newest first: by status=completed, the trend of the percentage."""
    chosen = compliance.ScanFilter(status=status)
    with unit(app) as one:
        page = compliance.list_scans(one.connection, chosen, limit=limit, cursor=cursor)
    items = [ComplianceScanOut.model_validate(row) for row in page.items]
    return ComplianceScanPage(items=items, next_cursor=page.next_cursor)


@app.post("/api/v1/compliance/scans", status_code=202)
def request_compliance_scan() -> Response[ComplianceScanOut]:
    """Queue a scan. While one is under way, that one is the answer."""
    key = f"{JOB}/{uuid4()}"
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        scan_id = scan_id_of(one.principal.tenant_id, key)
        scan, is_new = compliance.request_scan(one.connection, scan_id, actor=one.actor, now=one.now)
        if is_new:
            message = envelope(
                tenant_id=one.principal.tenant_id, kind=JOB, params={}, idempotency_key=key, now=one.now
            )
            send(environment().require("compliance_queue_url"), message)
    return answer(ComplianceScanOut.model_validate(scan), status=202)


@app.get("/api/v1/compliance/scans/<scan_id>")
def show_compliance_scan(scan_id: Annotated[UUID, Path()]) -> ComplianceScanOut:
    with unit(app) as one:
        return ComplianceScanOut.model_validate(compliance.show_scan(one.connection, scan_id))


@app.get("/api/v1/compliance/untagged")
def list_untagged_resources(
    scan: Scan = None,
    account: Text = None,
    region: Text = None,
    type: Text = None,  # noqa: A002 - the same name as in other lists
    team: Annotated[UUID | None, Query()] = None,
    unattributed: Annotated[bool, Query(description="Only what no team owns.")] = False,
    missing_tag: Annotated[str | None, Query(description="A required key, in any spelling.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> UntaggedResourcePage:
    """What lacks required tags, the most expensive first. The cursor stays with the scan that it began with."""
    chosen = compliance.UntaggedFilter(
        account=account,
        region=region,
        type=type,
        team=team,
        unattributed=unattributed,
        missing_tag=missing_tag,
    )
    with unit(app) as one:
        page = compliance.list_untagged(one.connection, chosen, scan_id=scan, limit=limit, cursor=cursor)
    items = [UntaggedResourceOut.model_validate(row) for row in page.items]
    return UntaggedResourcePage(items=items, next_cursor=page.next_cursor)


@app.get("/api/v1/compliance/scores")
def list_compliance_scores(
    group_by: Annotated[Literal["team", "account", "type"], Query()] = "team", scan: Scan = None
) -> ComplianceScoreList:
    """How teams, accounts or types fare, by count and by cost; those with the most untagged resources first."""
    with unit(app) as one:
        found, scores = compliance.list_scores(one.connection, group_by, scan_id=scan)
    items = [ComplianceScoreOut.model_validate(score) for score in scores]
    return ComplianceScoreList(scan_id=found.id, scan_date=found.scan_date, items=items)


@app.get("/api/v1/compliance/tag-proposals")
def list_tag_proposals(
    status: Annotated[ProposalStatus | None, Query()] = None,
    account: Text = None,
    type: Text = None,  # noqa: A002
    resource: Text = None,
    key: Text = None,
    least_confidence: Annotated[Decimal | None, Query(ge=0, le=1)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> TagProposalPage:
    """What missing tags probably should be, the most certain first."""
    chosen = proposals.ProposalFilter(
        status=status,
        account=account,
        type=type,
        resource=resource,
        key=key,
        least_confidence=least_confidence,
    )
    with unit(app) as one:
        page = proposals.list_proposals(one.connection, chosen, limit=limit, cursor=cursor)
    items = [TagProposalOut.model_validate(row) for row in page.items]
    return TagProposalPage(items=items, next_cursor=page.next_cursor)


@app.post("/api/v1/compliance/tag-proposals/accept")
def accept_tag_proposals(acceptance: Acceptance) -> DecidedProposals:
    """Say that these tags are to be written. Nothing is written by it; a later scan that sees them says so."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        decided = proposals.accept(one.connection, acceptance.ids, actor=one.actor, now=one.now)
    return DecidedProposals(proposals=[TagProposalOut.model_validate(row) for row in decided])


@app.post("/api/v1/compliance/tag-proposals/reject")
def reject_tag_proposals(rejection: Rejection) -> DecidedProposals:
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
        decided = proposals.reject(
            one.connection, rejection.ids, reason=rejection.reason, actor=one.actor, now=one.now
        )
    return DecidedProposals(proposals=[TagProposalOut.model_validate(row) for row in decided])


def settings_of(wanted: RequiredTagsModel) -> TagSettings:
    return TagSettings(
        default=[RequiredTag(**tag.model_dump()) for tag in wanted.default],
        types={
            name: [RequiredTag(**tag.model_dump()) for tag in tags] for name, tags in wanted.types.items()
        },
        exemptions=[Exemption(**one.model_dump()) for one in wanted.exemptions],
    )


def settings_answer(found: TagSettings) -> Response[RequiredTagsModel]:
    return answer(RequiredTagsModel.model_validate(found), etag=etag_of(found.editable()))


def answer[T](body: T, *, status: int = 200, etag: str | None = None) -> Response[T]:
    headers: dict[str, str | list[str]] = {"ETag": etag} if etag else {}
    return Response(status_code=status, content_type="application/json", headers=headers, body=body)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
