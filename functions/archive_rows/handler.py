"""Move closed rows that are past their retention to the archive, tenant by tenant."""

from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from psycopg import DatabaseError

from cloudops.errors import CloudOpsError
from cloudops.platform import database
from cloudops.platform.aws_failures import AWS_ERRORS
from cloudops.platform.objects import Bucket
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import count, logger, observed
from cloudops.retention.archiving import NotArchivedError, archive_rows
from cloudops.tenancy.use_cases import tenants_to_schedule


@observed
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    files = Bucket(name=settings().require("archive_bucket"))
    with database.transaction() as connection:
        tenants = tenants_to_schedule(connection)
    archived: Counter[str] = Counter()
    failed = []
    for tenant_id in tenants:
        transactions = partial(database.transaction, tenant_id, batch=True)
        try:
            archived.update(archive_rows(transactions, files, tenant_id, now=datetime.now(UTC)))
        except (CloudOpsError, DatabaseError, *AWS_ERRORS) as error:
            # The other tenants' rows are archived all the same.
            logger.exception("rows are not archived", extra={"tenant_id": str(tenant_id)})
            failed.append(f"{tenant_id}: {error}")
    count("RowsArchived", archived.total())
    if failed:
        raise NotArchivedError("; ".join(failed))
    return dict(archived)
