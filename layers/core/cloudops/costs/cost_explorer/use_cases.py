"""Say what may be asked, pay for each call, and take the answers in as deliveries."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.costs import repository as deliveries
from cloudops.costs.cost_explorer import repository
from cloudops.costs.cost_explorer.models import CALL_COST, ExploredAccount, ExplorerSettings, Spending
from cloudops.costs.formats.cost_explorer import MonthOfAnswer
from cloudops.costs.models import DeliveryStatus, NewDelivery, NewPart, Source
from cloudops.costs.publishing import Loaded, store_part
from cloudops.costs.registry import register
from cloudops.errors import ConflictError
from cloudops.platform.database import Connection
from cloudops.stored_object import StoredObject

EXPORT_NAME = "cost-explorer"


class BudgetSpentError(ConflictError):
    """The day's calls to Cost Explorer are used up."""


def show_settings(connection: Connection, *, now: datetime) -> ExplorerSettings:
    return ExplorerSettings(
        today=repository.read_spending(connection, now.date()), accounts=repository.list_accounts(connection)
    )


def list_accounts(connection: Connection) -> list[ExploredAccount]:
    return repository.list_accounts(connection)


def change_settings(
    connection: Connection,
    *,
    daily_calls: int,
    accounts: Sequence[ExploredAccount],
    actor: Actor,
    now: datetime,
) -> ExplorerSettings:
    """Replace the budget and the accounts as a whole."""
    repository.set_budget(connection, daily_calls, now=now)
    repository.replace_accounts(connection, accounts)
    record(
        connection,
        NewEvent(
            entity_type="cost_explorer",
            entity_id=None,
            event_type="changed",
            message=f"Cost Explorer is read for {len(accounts)} accounts with at most {daily_calls} calls a day",
            actor=actor,
            metadata={
                "new": {
                    "daily_calls": daily_calls,
                    "accounts": {one.billing_account_id: one.metrics for one in accounts},
                }
            },
        ),
    )
    return show_settings(connection, now=now)


def account_to_ask(
    connection: Connection, billing_account_id: str, *, unless_since: datetime
) -> ExploredAccount | None:
    """The account; None where nobody listed it, or where it was read since: a message may come twice."""
    listed = {one.billing_account_id: one for one in repository.list_accounts(connection)}
    found = listed.get(billing_account_id)
    if found is None or (found.last_fetched_at and found.last_fetched_at >= unless_since):
        return None
    return found


def count_call(connection: Connection, *, now: datetime) -> Spending | None:
    """Count a call before it is made; None where it is allowed, else the spending that forbids it.

    The caller commits in either case, since refusals are counted too.
    """
    if repository.count_call(connection, now.date()):
        return None
    return repository.read_spending(connection, now.date())


def budget_spent(spending: Spending) -> BudgetSpentError:
    return BudgetSpentError(
        f"{spending.calls} of {spending.daily_calls} calls were made today, each for {CALL_COST} USD;"
        " the next are allowed tomorrow (UTC), or now with a larger budget"
    )


def note_fetched(connection: Connection, billing_account_id: str, *, now: datetime) -> None:
    repository.mark_fetched(connection, billing_account_id, fetched_at=now, error=None)


def note_failed(connection: Connection, billing_account_id: str, error: Exception) -> None:
    repository.mark_fetched(connection, billing_account_id, fetched_at=None, error=str(error)[:1000])
    record(
        connection,
        NewEvent(
            entity_type="billing_account",
            entity_id=billing_account_id,
            event_type="cost_explorer_refused",
            message=f"Cost Explorer was not read for {billing_account_id}: {error}"[:1000],
        ),
    )


def take_in(
    connection: Connection, tenant_id: UUID, billing_account_id: str, month: MonthOfAnswer, *, now: datetime
) -> Loaded | Literal["unchanged"]:
    """Publish a month of an answer that was fetched at `now`; what the last fetch said already is not stored again."""
    delivery = delivery_of(billing_account_id, month, now=now)
    newest = repository.read_newest_fingerprint(
        connection,
        export_name=EXPORT_NAME,
        billing_account_id=billing_account_id,
        period=month.period,
    )
    if newest == delivery.fingerprint:
        return "unchanged"
    registered = register(connection, tenant_id, delivery)
    part = deliveries.read_part(connection, registered.delivery_id, 1)
    return store_part(connection, tenant_id, part, month.csv(), now=now) if part.waits else "skipped"


def delivery_of(billing_account_id: str, month: MonthOfAnswer, *, now: datetime) -> NewDelivery:
    lines = sorted(month.csv())
    estimates = ",".join(map(str, month.estimated_days)).encode()
    fingerprint = hashlib.sha256(b"".join([*lines, estimates])).hexdigest()
    answer = StoredObject(
        key=f"GetCostAndUsage/{billing_account_id}/{month.period:%Y-%m}",
        size=sum(map(len, lines)),
        etag=fingerprint,
        modified_at=now,
    )
    return NewDelivery(
        id=uuid4(),
        source=Source.COST_EXPLORER,
        export_name=EXPORT_NAME,
        billing_account_id=billing_account_id,
        period=month.period,
        version=f"{now:%Y%m%dT%H%M%S.%fZ}",
        assembled_at=now,
        grain="daily",
        status=DeliveryStatus.LOADING,
        reason=None,
        bucket="",
        fingerprint=fingerprint,
        parts=[NewPart(part_number=1, stored=answer, source_rows=len(month.costs), totals=month.totals)],
        estimated_days=month.estimated_days,
    )
