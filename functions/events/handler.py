"""/api/v1/events: the trail."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.audit import exports
from cloudops.audit import use_cases as audit
from cloudops.audit.anchoring import list_heads, stored_heads
from cloudops.audit.verifying import foretell_heads, verify
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.database import prepare_for_batch
from cloudops.platform.http import api, handle, unit
from cloudops.platform.messaging import envelope, send
from cloudops.platform.objects import link_to
from cloudops.platform.parameters import Day
from cloudops.platform.principal import Role
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from events.schemas import EventOut, EventPage, ExportOut, NewExport, VerificationOut

app = api()
LINK_SECONDS = 900
# The bucket's own rule removes exports after as long.
FILES_KEPT = timedelta(days=7)


@app.get("/api/v1/events")
def list_events(
    entity_type: Annotated[str | None, Query()] = None,
    entity_id: Annotated[str | None, Query()] = None,
    event_type: Annotated[str | None, Query()] = None,
    start: Annotated[Day | None, Query()] = None,
    end: Annotated[Day | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT)] = 100,
    cursor: Annotated[str | None, Query()] = None,
) -> EventPage:
    """Creations, changes and job runs, newest first."""
    chosen = audit.EventFilter(
        entity_type=entity_type, entity_id=entity_id, event_type=event_type, start=start, end=end
    )
    with unit(app) as one:
        page = audit.list_events(one.connection, chosen, limit=limit, cursor=cursor)
    return EventPage(items=[EventOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@app.get("/api/v1/events/verification")
def verify_events() -> VerificationOut:
    """Compute the trail's chain anew and hold it against every head that was kept elsewhere."""
    with unit(app) as one:
        tenant_id = one.principal.tenant_id
    bucket = settings().require("evidence_bucket")
    # The heads come first: whatever is chained meanwhile lies beyond them.
    versions = list_heads(bucket, tenant_id)
    with unit(app) as one:
        known = foretell_heads(one.connection, tenant_id, [version.key for version in versions])
    heads = stored_heads(bucket, versions, known)
    with unit(app) as one:
        prepare_for_batch(one.connection)
        return VerificationOut.model_validate(verify(one.connection, tenant_id, heads))


@app.post("/api/v1/events/exports", status_code=202)
def request_export(wanted: NewExport) -> Response[ExportOut]:
    """Queue a file of the trail, for what no single answer can carry."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        export = exports.request_export(
            one.connection,
            file_format=wanted.format,
            starts_on=wanted.start,
            ends_on=wanted.end,
            actor=one.actor,
            now=one.now,
        )
        message = envelope(
            tenant_id=one.principal.tenant_id,
            kind="events.export",
            params={"export_id": str(export.id)},
            idempotency_key=f"events.export/{export.id}",
            now=one.now,
        )
        send(settings().require("export_events_queue_url"), message)
    return Response(
        status_code=202, content_type="application/json", body=ExportOut.of(export, status="queued", url=None)
    )


@app.get("/api/v1/events/exports/<export_id>")
def show_export(export_id: Annotated[UUID, Path()]) -> ExportOut:
    """Whether the file is there, and a link to it for a quarter of an hour."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        export = exports.show_export(one.connection, export_id)
        if export.key is None or export.finished_at is None:
            return ExportOut.of(export, status=export.status, url=None)
        if one.now >= export.finished_at + FILES_KEPT:
            return ExportOut.of(export, status="expired", url=None)
        name = f"events-{export.created_at:%Y-%m-%d}.{export.format}"
        bucket = settings().require("archive_bucket")
        link = link_to(bucket, export.key, seconds=LINK_SECONDS, file_name=name)
        return ExportOut.of(export, status=export.status, url=link)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
