"""Say what may be asked, pay for each call, and take the answers in as deliveries."""

import hashlib
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from cloudops.actor import Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.costs import repository as deliveries
from cloudops.costs.cost_explorer import repository
from cloudops.costs.cost_explorer.models import CALL_COST, Spending
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


def show_spending(connection: Connection, *, now: datetime) -> Spending:
    return repository.read_spending(connection, now.date())


def change_budget(connection: Connection, *, daily_calls: int, actor: Actor, now: datetime) -> Spending:
    before = show_spending(connection, now=now)
    repository.set_budget(connection, daily_calls, now=now)
    if daily_calls != before.daily_calls:
        record(
            connection,
            NewEvent(
                entity_type="cost_explorer",
                entity_id=None,
                event_type="changed",
                message=f"Cost Explorer may be asked {daily_calls} times a day",
                actor=actor,
                metadata={"old": {"daily_calls": before.daily_calls}, "new": {"daily_calls": daily_calls}},
            ),
        )
    return show_spending(connection, now=now)


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
