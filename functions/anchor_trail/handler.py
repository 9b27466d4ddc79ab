"""Keep the end of each tenant's chain in the evidence bucket, where whoever has the database cannot change it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.audit.anchoring import last_head, write_head
from cloudops.audit.verifying import BrokenTrailError, next_head, record_head
from cloudops.platform import database
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, logger, observed
from cloudops.tenancy.use_cases import tenants_to_schedule


@observed
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    bucket = settings().require("evidence_bucket")
    with database.transaction() as connection:
        tenants = tenants_to_schedule(connection)
    written, broken = 0, []
    for tenant_id in tenants:
        try:
            written += anchor(bucket, tenant_id)
        except BrokenTrailError as error:
            # The other tenants' trails are anchored all the same.
            logger.exception("a trail is broken", extra={"tenant_id": str(tenant_id)})
            broken.append(f"{tenant_id}: {error}")
    count("TrailHeadsWritten", written)
    count("TrailsBroken", len(broken))
    if broken:
        raise BrokenTrailError("; ".join(broken))
    return {"written": written}


def anchor(bucket: str, tenant_id: UUID) -> int:
    """How many heads were written."""
    last, now = last_head(bucket, tenant_id), datetime.now(UTC)
    with database.transaction(tenant_id, batch=True) as connection:
        head = next_head(connection, tenant_id, last, now=now)
    if head is None:
        return 0
    write_head(bucket, head)
    with database.transaction(tenant_id) as connection:
        record_head(connection, head)
    return 1
