"""A schedule's tick: one message per tenant onto the queue of the job that the input names.

Input: {"job": "anomalies.detect" | "scans.finops" | "inventory.scan", "params": {...}}.
"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.errors import InvalidError
from cloudops.platform import database
from cloudops.platform.messaging import envelope, send
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed
from cloudops.tenancy.use_cases import tenants_to_schedule

QUEUES = {
    "anomalies.detect": "detect_queue_url",
    "scans.finops": "finops_queue_url",
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
    for tenant_id in tenants:
        key = f"{job}/{tenant_id}/{now:%Y-%m-%dT%H:%M}"
        send(
            queue_url,
            envelope(
                tenant_id=tenant_id, kind=job, params=event.get("params", {}), idempotency_key=key, now=now
            ),
        )
    return {"dispatched": len(tenants)}
