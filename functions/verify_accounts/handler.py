"""Try the role of a connected account again, as it was tried when it was connected. One message per account.

Parameters: {"cloud_account_id"}.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.accounts import acting
from cloudops.accounts import use_cases as accounts
from cloudops.accounts.models import Verdict
from cloudops.accounts.verification import verify
from cloudops.actor import Actor
from cloudops.platform import database
from cloudops.platform.aws import RoleUnreachableError
from cloudops.platform.messaging import Envelope, process_batch
from cloudops.platform.telemetry import count, logger, observed


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return process_batch(event, context, "accounts.verify", recheck)


def recheck(message: Envelope) -> None:
    """What could not be told closes the account, and the queue tries again, so that an outage ends by itself."""
    account_id = UUID(message.params["cloud_account_id"])
    try:
        verdict = tried(message.tenant_id, account_id)
    except (
        accounts.AccountNotConnectedError,
        accounts.CloudAccountNotFoundError,
        accounts.ConnectionChangedError,
    ):
        logger.info("the connection was changed meanwhile", extra={"cloud_account_id": str(account_id)})
        return
    count("AccountsVerified", 1)
    if not verdict.final:
        raise RoleUnreachableError(verdict.reason or "")


def tried(tenant_id: UUID, account_id: UUID) -> Verdict:
    with database.transaction(tenant_id) as connection:
        role = accounts.role_to_verify(connection, account_id)
        actor = acting.acting_role_to_verify(connection, account_id)
    # No transaction waits for AWS: it would be cut off, and hold its locks until then.
    verdict, acting_verdict = verify(role), verify(actor) if actor else None
    now = datetime.now(UTC)
    with database.transaction(tenant_id) as connection:
        accounts.record_recheck(connection, account_id, role, verdict, now=now)
        acting.record_acting_verdict(connection, account_id, actor, acting_verdict, actor=Actor(), now=now)
    return verdict if acting_verdict is None or acting_verdict.final else acting_verdict
