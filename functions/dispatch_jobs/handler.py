"""A schedule's tick: messages onto the queue of the job that the input names.

Input: {"job": "anomalies.detect", "params": {...}}. One message per tenant; per data source that is due
or per connected account where a job works on one at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.accounts.models import IN_BUCKETS, Kind
from cloudops.accounts.sources import take_due
from cloudops.accounts.use_cases import list_to_verify
from cloudops.attribution.attributing import attribution_is_due
from cloudops.automation.requesting import list_due
from cloudops.errors import InvalidError
from cloudops.notifications.use_cases import any_due
from cloudops.platform import database
from cloudops.platform.database import Connection
from cloudops.platform.messaging import Envelope, envelope, send
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from cloudops.slack.use_cases import any_stale
from cloudops.tenancy.use_cases import tenants_to_schedule

Params = Mapping[str, Any]


def whole_tenant(_connection: Connection, _now: datetime) -> list[Params]:
    return [{}]


def sources_due(kinds: Sequence[Kind], connection: Connection, now: datetime) -> list[Params]:
    return [{"data_source_id": str(source_id)} for source_id in take_due(connection, kinds, now=now)]


def accounts_to_verify(connection: Connection, _now: datetime) -> list[Params]:
    return [{"cloud_account_id": str(account_id)} for account_id in list_to_verify(connection)]


def attribution_due(connection: Connection, _now: datetime) -> list[Params]:
    return [{}] if attribution_is_due(connection) else []


def actions_due(connection: Connection, now: datetime) -> list[Params]:
    """What was not brought back by its own message: the worker was killed, or it waits for longer than a queue can."""
    return [{"action_id": str(action_id)} for action_id in list_due(connection, now=now)]


def notifications_due(connection: Connection, now: datetime) -> list[Params]:
    return [{}] if any_due(connection, now=now) or any_stale(connection, now=now) else []


@dataclass(frozen=True, kw_only=True)
class Job:
    """`shares` tells the parameters of a tenant's messages, each of which works on its own share."""

    queue: str
    shares: Callable[[Connection, datetime], Sequence[Params]] = whole_tenant


JOBS = {
    "anomalies.detect": Job(queue="detect_queue_url"),
    "scans.finops": Job(queue="finops_queue_url"),
    "scans.compliance": Job(queue="compliance_queue_url"),
    "scans.policy": Job(queue="policy_queue_url"),
    "scans.security": Job(queue="security_queue_url"),
    "inventory.scan": Job(queue="inventory_queue_url"),
    "actions.choose": Job(queue="choose_queue_url"),
    "actions.execute": Job(queue="actions_queue_url", shares=actions_due),
    "savings.measure": Job(queue="savings_queue_url"),
    "costs.attribute": Job(queue="attribute_queue_url", shares=attribution_due),
    "costs.discover": Job(queue="discover_queue_url", shares=partial(sources_due, IN_BUCKETS)),
    "costs.cost_explorer": Job(
        queue="cost_explorer_queue_url", shares=partial(sources_due, ("cost_explorer",))
    ),
    "reliability.ingest": Job(queue="reliability_queue_url"),
    "notifications.send": Job(queue="notifications_queue_url", shares=notifications_due),
    "accounts.verify": Job(queue="verify_queue_url", shares=accounts_to_verify),
}


@observed
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    name = event.get("job")
    if name not in JOBS:
        raise InvalidError(f"there is no job {name}; there are {', '.join(JOBS)}", field="job")
    queue_url = settings().require(JOBS[name].queue)
    params, now = event.get("params", {}), datetime.now(UTC)
    with database.transaction() as connection:
        tenants = tenants_to_schedule(connection)
    return {"dispatched": sum(dispatch(name, queue_url, tenant_id, params, now=now) for tenant_id in tenants)}


def dispatch(name: str, queue_url: str, tenant_id: UUID, params: Params, *, now: datetime) -> int:
    """Sent inside the transaction that notes what was due: what could not be queued is due again at the next tick."""
    with database.transaction(tenant_id) as connection:
        shares = JOBS[name].shares(connection, now)
        for share in shares:
            send(queue_url, message_of(name, tenant_id, share, params, now=now))
    return len(shares)


def message_of(name: str, tenant_id: UUID, share: Params, params: Params, *, now: datetime) -> Envelope:
    key = "/".join([name, str(tenant_id), *share.values(), f"{now:%Y-%m-%dT%H:%M}"])
    return envelope(tenant_id=tenant_id, kind=name, params={**params, **share}, idempotency_key=key, now=now)
