"""A schedule's tick: messages onto the queue of the job that the input names, one per tenant or per data source due.

Input: {"job": "anomalies.detect" | "scans.finops" | "inventory.scan" | "costs.discover", "params": {...}}.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.accounts.sources import take_due
from cloudops.errors import InvalidError
from cloudops.platform import database
from cloudops.platform.messaging import envelope, send
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from cloudops.tenancy.use_cases import tenants_to_schedule

DISCOVER = "costs.discover"
QUEUES = {
    "anomalies.detect": "detect_queue_url",
    "scans.finops": "finops_queue_url",
    DISCOVER: "discover_queue_url",
    "inventory.scan": "inventory_queue_url",
}


@observed
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    job = event.get("job")
    if job not in QUEUES:
        raise InvalidError(f"there is no job {job}; there are {', '.join(QUEUES)}", field="job")
    queue_url = settings().require(QUEUES[job])
    with database.transaction() as connection:
        tenants = tenants_to_schedule(connection)
    now = datetime.now(UTC)
    if job == DISCOVER:
        return {"dispatched": sum(discover_due(tenant_id, queue_url, now=now) for tenant_id in tenants)}
    for tenant_id in tenants:
        key = f"{job}/{tenant_id}/{now:%Y-%m-%dT%H:%M}"
        send(
            queue_url,
            envelope(
                tenant_id=tenant_id, kind=job, params=event.get("params", {}), idempotency_key=key, now=now
            ),
        )
    return {"dispatched": len(tenants)}


def discover_due(tenant_id: UUID, queue_url: str, *, now: datetime) -> int:
    """Queued inside the transaction that notes it: what could not be queued is due again at the next tick."""
    with database.transaction(tenant_id) as connection:
        due = take_due(connection, now=now)
        for source_id in due:
            message = envelope(
                tenant_id=tenant_id,
                kind=DISCOVER,
                params={"data_source_id": str(source_id)},
                idempotency_key=f"{DISCOVER}/{source_id}/{now:%Y-%m-%dT%H:%M}",
                now=now,
            )
            send(queue_url, message)
    return len(due)
