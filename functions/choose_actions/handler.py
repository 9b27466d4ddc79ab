"""Choose what the system changes on its own. One message per tenant; the same message again chooses nothing more."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.automation import choosing
from cloudops.automation.executors import EXECUTORS
from cloudops.platform import database
from cloudops.platform.messaging import Envelope, envelope, process_batch, send
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, logger, observed


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "actions.choose", choose)


def choose(message: Envelope) -> int:
    now = datetime.now(UTC)
    run_id = uuid5(message.tenant_id, message.idempotency_key)
    with database.transaction(message.tenant_id) as connection:
        chosen = choosing.choose(connection, EXECUTORS, run_id=run_id, now=now)
    for action_id in chosen.actions:
        queue(message.tenant_id, action_id, now)
    count("ActionsChosen", chosen.run.acted)
    logger.info("chose actions", extra={"considered": chosen.run.considered, "acted": chosen.run.acted})
    return chosen.run.acted


def queue(tenant_id: UUID, action_id: UUID, now: datetime) -> None:
    """Once its row is committed. A message that gets lost is made up for by the schedule."""
    message = envelope(
        tenant_id=tenant_id,
        kind="actions.execute",
        params={"action_id": str(action_id)},
        idempotency_key=f"actions.execute/{action_id}/chosen",
        now=now,
    )
    send(settings().require("actions_queue_url"), message)
