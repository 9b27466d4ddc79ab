"""A schedule's tick: messages onto the queue of the job that the input names.

Input: {"job": "anomalies.detect", "params": {...}}. One message per tenant; per billing account where a job
works on one at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.costs.cost_explorer.use_cases import list_accounts
from cloudops.errors import InvalidError
from cloudops.platform import database
from cloudops.platform.database import Connection
from cloudops.platform.messaging import Envelope, envelope, send
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from cloudops.tenancy.use_cases import tenants_to_schedule

Params = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Job:
    """`shares` tells the parameters of a tenant's messages, each of which works on its own share."""

    queue: str
    shares: Callable[[Connection], Sequence[Params]] = lambda _connection: [{}]


def billing_accounts(connection: Connection) -> list[Params]:
    return [{"billing_account_id": one.billing_account_id} for one in list_accounts(connection)]


JOBS = {
    "anomalies.detect": Job(queue="detect_queue_url"),
    "scans.finops": Job(queue="finops_queue_url"),
    "costs.cost_explorer": Job(queue="cost_explorer_queue_url", shares=billing_accounts),
    "reliability.ingest": Job(queue="reliability_queue_url"),
}


@observed
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    name = event.get("job")
    if name not in JOBS:
        raise InvalidError(f"there is no job {name}; there are {', '.join(JOBS)}", field="job")
    queue_url = settings().require(JOBS[name].queue)
    messages = messages_of(name, event.get("params", {}), now=datetime.now(UTC))
    for message in messages:
        send(queue_url, message)
    return {"dispatched": len(messages)}


def messages_of(name: str, params: Params, *, now: datetime) -> list[Envelope]:
    with database.transaction() as connection:
        tenants = tenants_to_schedule(connection)
    return [
        message_of(name, tenant_id, share, params, now=now)
        for tenant_id in tenants
        for share in shares_of(name, tenant_id)
    ]


def shares_of(name: str, tenant_id: UUID) -> Sequence[Params]:
    with database.transaction(tenant_id) as connection:
        return JOBS[name].shares(connection)


def message_of(name: str, tenant_id: UUID, share: Params, params: Params, *, now: datetime) -> Envelope:
    key = "/".join([name, str(tenant_id), *share.values(), f"{now:%Y-%m-%dT%H:%M}"])
    return envelope(tenant_id=tenant_id, kind=name, params={**params, **share}, idempotency_key=key, now=now)
