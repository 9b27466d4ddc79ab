"""Judge a tenant's signals, raise alerts, and say for each what to do. One message per tenant."""

from datetime import UTC, date, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.alerts import use_cases as alerts
from cloudops.anomalies import use_cases as anomalies
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.platform import database
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed
from cloudops.recommendations import use_cases as recommendations
from cloudops.tenancy.use_cases import default_project


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "anomalies.detect", detect)


def detect(message: Envelope) -> int:
    """The `as_of` parameter is a day whose data counts as known; without it, today."""
    now = datetime.now(UTC)
    as_of = date.fromisoformat(message.params["as_of"]) if message.params.get("as_of") else now.date()
    with database.transaction(message.tenant_id, batch=True) as connection:
        project = default_project(connection)
        planned = alerts.list_planned(connection)
        judged = anomalies.judge_signals(connection, as_of=as_of, planned=planned)
        raised = alerts.raise_alerts(
            connection, judged, tenant_id=message.tenant_id, project_id=project.id, as_of=as_of, now=now
        )
        recommendations.advise(connection, raised, tenant_id=message.tenant_id, now=now)
        record(
            connection,
            NewEvent(
                entity_type="job",
                entity_id=None,
                event_type="detected",
                message=f"{len(judged)} signals were judged, {len(raised)} alerts raised or changed",
                project_id=project.id,
                metadata={"as_of": as_of.isoformat(), "signals": len(judged), "alerts": len(raised)},
            ),
        )
    count("AlertsRaised", len(raised))
    logger.info("detected", extra={"signals": len(judged), "alerts": len(raised)})
    return len(raised)
