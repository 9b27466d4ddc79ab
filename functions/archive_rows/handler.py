"""Move closed rows that are past their retention to the archive, tenant by tenant."""

from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform import database
from cloudops.platform.objects import Bucket
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, observed
from cloudops.retention.archiving import archive_rows
from cloudops.tenancy.use_cases import tenants_to_schedule


@observed
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    files = Bucket(name=settings().require("archive_bucket"))
    with database.transaction() as connection:
        tenants = tenants_to_schedule(connection)
    archived: Counter[str] = Counter()
    for tenant_id in tenants:
        transactions = partial(database.transaction, tenant_id, batch=True)
        archived.update(archive_rows(transactions, files, tenant_id, now=datetime.now(UTC)))
    count("RowsArchived", archived.total())
    return dict(archived)
