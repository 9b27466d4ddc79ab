"""By which role an account may be changed."""

from cloudops.accounts import repository
from cloudops.accounts.models import ActionRole
from cloudops.platform.database import Connection


def action_role(connection: Connection, account_id: str) -> ActionRole | None:
    """None for an account that may only be read, or whose connection is not verified."""
    return repository.find_action_role(connection, account_id)
