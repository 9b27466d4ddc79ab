"""Ask Cost Explorer as a data source says, and publish what it answers. One message per data source that is due.

Parameters: {"data_source_id", "backfill_months"}; the months are asked for anew where they are given.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.accounts import sources
from cloudops.accounts.models import ExplorerReading
from cloudops.accounts.reading import client_for
from cloudops.costs.cost_explorer import use_cases as cost_explorer
from cloudops.costs.cost_explorer.asking import ask, spans_to_ask
from cloudops.costs.formats.cost_explorer import MonthOfAnswer, months_of
from cloudops.costs.formats.errors import ExportRefusedError
from cloudops.period import DateRange
from cloudops.platform import database
from cloudops.platform.aws_failures import AWS_ERRORS, FailureKind, explain
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed

ACTION = "ce:GetCostAndUsage"
# A year by account and service takes Cost Explorer a while, and an answer that nobody waited for is paid all the same.
LONGEST_ANSWER_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Run:
    tenant_id: UUID
    source_id: UUID
    now: datetime
    outcomes: Counter[str] = field(default_factory=Counter)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "costs.cost_explorer", ingest)


def ingest(message: Envelope) -> None:
    source_id = UUID(message.params["data_source_id"])
    run = Run(tenant_id=message.tenant_id, source_id=source_id, now=datetime.now(UTC))
    try:
        read(message, run)
    except sources.DataSourceNotFoundError:
        logger.info("the data source was removed meanwhile", extra={"params": dict(message.params)})
    logger.info("cost explorer read", extra={"data_source_id": str(source_id), "outcomes": run.outcomes})


def read(message: Envelope, run: Run) -> None:
    """What asking again would not mend is told and not tried again: that would only cost more."""
    try:
        fetched = fetch(message, run)
    except AWS_ERRORS as error:
        failure = explain(error)
        denied = failure.kind is FailureKind.DENIED
        note_run(run, error=failure.reason, missing=[failure.action or ACTION] if denied else [])
        if not denied:
            raise
    except (
        cost_explorer.BudgetSpentError,
        ExportRefusedError,
        sources.AccountNotReadableError,
        sources.SourceNotReadableError,
    ) as error:
        note_run(run, error=str(error))
    else:
        if fetched:
            note_run(run)


def fetch(message: Envelope, run: Run) -> bool:
    """False where the message was answered before: it may come twice, and each call costs."""
    with database.transaction(run.tenant_id) as connection:
        reading = sources.open_explorer(connection, run.source_id)
    if reading.fetched_at and reading.fetched_at >= message.created_at:
        return False
    wanted = message.params.get("backfill_months")
    recent, older = spans_to_ask(
        run.now.date(),
        months=reading.backfill_months if wanted is None else wanted,
        known_from=reading.fetched_from if wanted is None else None,
    )
    take_in(run, reading, recent, fetched_at=run.now)
    for span in older:
        take_in(run, reading, span)
    return True


def take_in(
    run: Run, reading: ExplorerReading, span: DateRange, *, fetched_at: datetime | None = None
) -> None:
    # The client must not try again by itself, since every attempt may cost.
    explorer = client_for(
        "ce", None, reading.role, action=ACTION, attempts=1, read_seconds=LONGEST_ANSWER_SECONDS
    )
    spend = partial(spend_call, run.tenant_id, now=run.now)
    for month in months_of(list(ask(explorer, span, metrics=reading.metrics, spend=spend))):
        run.outcomes[publish(run, reading, month)] += 1
    with database.transaction(run.tenant_id) as connection:
        sources.note_fetched(connection, run.source_id, fetched_from=span.start, fetched_at=fetched_at)


def spend_call(tenant_id: UUID, *, now: datetime) -> None:
    """Committed before the call, so that one whose answer is lost counts too."""
    with database.transaction(tenant_id) as connection:
        forbidding = cost_explorer.count_call(connection, now=now)
    if forbidding:
        raise cost_explorer.budget_spent(forbidding)
    count("CostExplorerCalls")


def publish(run: Run, reading: ExplorerReading, month: MonthOfAnswer) -> str:
    with database.transaction(run.tenant_id, batch=True) as connection:
        return cost_explorer.take_in(
            connection, run.tenant_id, reading.billing_account_id, month, now=run.now
        )


def note_run(run: Run, *, error: str | None = None, missing: list[str] | None = None) -> None:
    with database.transaction(run.tenant_id) as connection:
        sources.record_run(
            connection,
            run.source_id,
            error=error,
            outcomes=run.outcomes,
            missing_actions=missing or (),
        )
