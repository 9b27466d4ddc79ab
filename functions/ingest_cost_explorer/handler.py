"""Ask one billing account's Cost Explorer and publish what it says. One message per tenant and account.

Parameters: {"billing_account_id", "since"}; `since` is a day for a backfill.
"""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from cloudops.costs.cost_explorer import use_cases as cost_explorer
from cloudops.costs.cost_explorer.asking import ask, span_to_ask
from cloudops.costs.cost_explorer.models import ExploredAccount
from cloudops.costs.formats.cost_explorer import MonthOfAnswer, months_of
from cloudops.costs.formats.errors import ExportRefusedError
from cloudops.platform import database
from cloudops.platform.aws import client
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "costs.cost_explorer", ingest)


def ingest(message: Envelope) -> list[str]:
    account_id = str(message.params["billing_account_id"])
    with database.transaction(message.tenant_id) as connection:
        account = cost_explorer.account_to_ask(connection, account_id, unless_since=message.created_at)
    outcomes = fetch(message, account) if account else ["skipped"]
    logger.info("cost explorer read", extra={"billing_account_id": account_id, "outcomes": outcomes})
    return outcomes


def fetch(message: Envelope, account: ExploredAccount) -> list[str]:
    """What a spent budget or an answer that is no bill ends is not tried again: that would only cost more."""
    now = datetime.now(UTC)
    try:
        months = months_asked_for(message, account, now=now)
    except (cost_explorer.BudgetSpentError, ExportRefusedError) as error:
        note_failed(message.tenant_id, account, error)
        return ["refused"]
    except (BotoCoreError, ClientError) as error:
        note_failed(message.tenant_id, account, error)
        raise
    outcomes = [publish(message.tenant_id, account, month, now=now) for month in months]
    with database.transaction(message.tenant_id) as connection:
        cost_explorer.note_fetched(connection, account.billing_account_id, now=now)
    return outcomes


def months_asked_for(message: Envelope, account: ExploredAccount, *, now: datetime) -> list[MonthOfAnswer]:
    since = message.params.get("since")
    span = span_to_ask(now.date(), since=date.fromisoformat(since) if since else None)
    spend = partial(spend_call, message.tenant_id, now=now)
    return months_of(list(ask(client("ce", attempts=1), span, metrics=account.metrics, spend=spend)))


def spend_call(tenant_id: UUID, *, now: datetime) -> None:
    """Committed before the call, so that one whose answer is lost counts too."""
    with database.transaction(tenant_id) as connection:
        forbidding = cost_explorer.count_call(connection, now=now)
    if forbidding:
        raise cost_explorer.budget_spent(forbidding)
    count("CostExplorerCalls")


def publish(tenant_id: UUID, account: ExploredAccount, month: MonthOfAnswer, *, now: datetime) -> str:
    with database.transaction(tenant_id, batch=True) as connection:
        return cost_explorer.take_in(connection, tenant_id, account.billing_account_id, month, now=now)


def note_failed(tenant_id: UUID, account: ExploredAccount, error: Exception) -> None:
    with database.transaction(tenant_id) as connection:
        cost_explorer.note_failed(connection, account.billing_account_id, error)
