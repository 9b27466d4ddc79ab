"""/api/v1/events: the trail."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.audit import use_cases as audit
from cloudops.audit.anchoring import stored_heads
from cloudops.audit.verifying import verify
from cloudops.paging import MAXIMUM_LIMIT
from cloudops.platform.database import prepare_for_batch
from cloudops.platform.http import api, handle, unit
from cloudops.platform.parameters import Day
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from events.schemas import EventOut, EventPage, VerificationOut

app = api()


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
    # The heads come first: whatever is chained meanwhile lies beyond them.
    heads = stored_heads(settings().require("evidence_bucket"), tenant_id)
    with unit(app) as one:
        prepare_for_batch(one.connection)
        return VerificationOut.model_validate(verify(one.connection, tenant_id, heads))


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
