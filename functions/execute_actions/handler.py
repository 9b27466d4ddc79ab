"""Take actions as far as they go now. A message is only a reason to look: the action's row says what is to be done."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.accounts.acting import action_role
from cloudops.accounts.models import ActionRole
from cloudops.automation.access import AssumedAccess
from cloudops.automation.executors import EXECUTORS
from cloudops.automation.paging_people import page
from cloudops.automation.strides import work_on
from cloudops.automation.surroundings import Surroundings
from cloudops.automation.work import Wait
from cloudops.platform import database
from cloudops.platform.evidence import LockedBucket
from cloudops.platform.messaging import Envelope, envelope, process_batch, send
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, observed

# What a stride may take besides its call: reads that AWS throttles, evidence, the database.
MARGIN_MS = 120_000
# What is due later than a queue can wait is brought back by the schedule.
LONGEST_WAIT = timedelta(minutes=15)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "actions.execute", partial(execute, context=context))


def execute(message: Envelope, *, context: LambdaContext) -> None:
    action_id = UUID(message.params["action_id"])
    wait = work_on(action_id, surroundings(message.tenant_id, context))
    if wait is not None and wait.until - datetime.now(UTC) <= LONGEST_WAIT:
        queue(message.tenant_id, action_id, wait)
    count("ActionStrides")


def surroundings(tenant_id: UUID, context: LambdaContext) -> Surroundings:
    transactions = partial(database.transaction, tenant_id)

    def role_of(account_id: str) -> ActionRole | None:
        with transactions() as connection:
            return action_role(connection, account_id)

    return Surroundings(
        tenant=str(tenant_id),
        transactions=transactions,
        aws=AssumedAccess(role_of=role_of),
        evidence=LockedBucket(name=settings().require("evidence_bucket")),
        executors=EXECUTORS,
        clock=partial(datetime.now, UTC),
        page=partial(page, now=datetime.now(UTC)),
        has_time=lambda: context.get_remaining_time_in_millis() > MARGIN_MS,
    )


def queue(tenant_id: UUID, action_id: UUID, wait: Wait) -> None:
    now = datetime.now(UTC)
    message = envelope(
        tenant_id=tenant_id,
        kind="actions.execute",
        params={"action_id": str(action_id)},
        idempotency_key=f"actions.execute/{action_id}/{wait.until.isoformat()}",
        now=now,
    )
    # A second more than it waits, so that it is not brought too early to be taken.
    send(settings().require("actions_queue_url"), message, delay=wait.until - now + timedelta(seconds=1))
