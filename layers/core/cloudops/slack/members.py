"""Who a person in Slack is here: the member with the e-mail address that Slack has confirmed. Nothing is remembered,
so whoever leaves the workspace or the tenant, or whose role changes, is judged by that at his next press."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cloudops.platform.database import Connection
from cloudops.platform.principal import Principal, Role
from cloudops.slack.models import NoMemberError, OtherWorkspaceError, SlackUser
from cloudops.tenancy.people import find_by_email


def user_of(answer: Mapping[str, Any]) -> SlackUser:
    """Out of Slack's answer to users.info."""
    user = answer["user"]
    confirmed = user.get("is_email_confirmed") is True
    return SlackUser(
        id=user["id"],
        team_id=user.get("team_id", ""),
        email=(user.get("profile") or {}).get("email") if confirmed else None,
        is_person=not (user.get("deleted") or user.get("is_bot") or user.get("is_stranger")),
    )


def member_of(connection: Connection, tenant_id: UUID, user: SlackUser, *, team_id: str) -> Principal:
    if user.team_id != team_id:
        raise OtherWorkspaceError
    if not user.is_person or not user.email:
        raise NoMemberError("Slack tells no confirmed e-mail address of you")
    found = find_by_email(connection, user.email)
    if found is None:
        raise NoMemberError("no member has the e-mail address that you have in Slack")
    return Principal(
        tenant_id=tenant_id,
        user_id=found.id,
        email=found.email,
        role=Role[found.role.upper()],
        finance_approver=found.finance_approver,
    )
