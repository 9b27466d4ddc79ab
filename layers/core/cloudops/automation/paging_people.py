"""Tell people that an action needs them."""

from cloudops.actor import SYSTEM, Actor
from cloudops.audit.models import NewEvent
from cloudops.audit.use_cases import record
from cloudops.automation.models import Action
from cloudops.platform.database import Connection


def page(connection: Connection, action: Action, reason: str) -> None:
    """In the trail, in the transaction of what it speaks of; whoever watches is shown it from there."""
    record(
        connection,
        NewEvent(
            entity_type="action",
            entity_id=str(action.id),
            event_type="needs_attention",
            message=reason,
            actor=Actor(name=SYSTEM),
            metadata={"type": action.type, "account": action.account_id, "resource": action.resource_id},
        ),
    )
