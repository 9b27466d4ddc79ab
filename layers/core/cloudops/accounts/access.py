"""By whose role an account is read: its own, once that was verified, or ours where that can reach nobody else's."""

from cloudops.accounts import repository
from cloudops.accounts.models import CloudAccount, Role
from cloudops.accounts.repository import AccountFilter
from cloudops.errors import ConflictError
from cloudops.platform.database import Connection
from cloudops.tenancy.use_cases import tenants_to_schedule


class AccountNotReadableError(ConflictError):
    """The account cannot be read."""


def alone(connection: Connection) -> bool:
    """Whether our own role may read for this tenant: with others beside it, what is ours could be theirs."""
    return len(tenants_to_schedule(connection)) == 1


def role_of(connection: Connection, account: CloudAccount) -> Role | None:
    """The account's verified role; None where it has none and we may read as ourselves.

    Raises AccountNotReadableError.
    """
    if account.role is None:
        require_alone(connection, account.account_id)
        return None
    if not account.readable:
        reason = f": {account.status_reason}" if account.status_reason else ""
        raise AccountNotReadableError(f"account {account.account_id} is {account.status}{reason}; verify it")
    return account.role


def role_to_read(connection: Connection, account_id: str) -> Role | None:
    """The same for the number of an AWS account, whether it is known or not."""
    chosen = AccountFilter(provider="aws", account_id=account_id)
    found = repository.list_accounts(connection, chosen, limit=1, after=None)
    if found:
        return role_of(connection, found[0])
    require_alone(connection, account_id)
    return None


def require_alone(connection: Connection, account_id: str) -> None:
    if not alone(connection):
        raise AccountNotReadableError(f"account {account_id} is not connected; connect it by a role")
