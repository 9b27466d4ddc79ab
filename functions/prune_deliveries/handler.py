"""Remove superseded deliveries whose time for restatement diffs is over."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.costs import use_cases as costs
from cloudops.platform import database
from cloudops.platform.telemetry import count, observed
from cloudops.tenancy.use_cases import tenants_to_schedule


@observed
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    with database.transaction() as connection:
        tenants = tenants_to_schedule(connection)
    pruned = 0
    for tenant_id in tenants:
        with database.transaction(tenant_id, batch=True) as connection:
            pruned += costs.prune_superseded(connection, now=datetime.now(UTC))
    count("DeliveriesPruned", pruned)
    return {"pruned": pruned}
