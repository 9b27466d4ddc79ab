"""Run the checks over one tenant's inventory and bill. One message per tenant."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform import database
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed
from cloudops.recommendations import use_cases as recommendations
from cloudops.recommendations.inventory_making import make_inventory_recommendations
from cloudops.tenancy.use_cases import default_project


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "scans.finops", recommend)


def recommend(message: Envelope) -> int:
    """The `as_of` parameter is the last day whose data counts as complete; without it, yesterday."""
    now = datetime.now(UTC)
    given = message.params.get("as_of")
    as_of = date.fromisoformat(given) if given else now.date() - timedelta(days=1)
    with database.transaction(message.tenant_id, batch=True) as connection:
        project_id = default_project(connection).id
        judged = make_inventory_recommendations(
            connection, tenant_id=message.tenant_id, project_id=project_id, as_of=as_of, now=now
        )
        outcome = recommendations.make_recommendations(
            connection, tenant_id=message.tenant_id, project_id=project_id, as_of=as_of, now=now
        )
    count("RecommendationsFound", outcome.found + judged.found)
    logger.info("recommended", extra={"bill": vars(outcome), "inventory": vars(judged)})
    return outcome.found + judged.found
