"""Who may edit the organisation: admins all of it, a team's leads their own team's contacts, members and services."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cloudops.errors import ForbiddenError
from cloudops.organization import repository
from cloudops.organization.models import Service, Team
from cloudops.platform.database import Connection
from cloudops.platform.principal import Principal, Role

CONTACTS = {"owner_email", "slack_channel"}


class NotYourTeamError(ForbiddenError):
    """This takes an admin, or a lead of the team."""


def require_lead(connection: Connection, principal: Principal, team_id: UUID) -> None:
    """Raises TeamNotFoundError for a team of another tenant, whoever asks."""
    repository.read_entry(connection, Team, team_id)
    if principal.role < Role.ADMIN and not repository.is_lead(connection, team_id, principal.user_id):
        raise NotYourTeamError


def require_change_of_team(
    connection: Connection, principal: Principal, team_id: UUID, fields: Mapping[str, Any]
) -> None:
    """Name and place in the hierarchy are for admins."""
    require_lead(connection, principal, team_id)
    if fields.keys() - CONTACTS:
        principal.require(Role.ADMIN)


def require_service_of(connection: Connection, principal: Principal, team_id: UUID | None) -> None:
    """Services without a team are for admins."""
    if principal.role >= Role.ADMIN:
        return
    if team_id is None:
        raise NotYourTeamError
    require_lead(connection, principal, team_id)


def require_change_of_service(
    connection: Connection, principal: Principal, service_id: UUID, fields: Mapping[str, Any]
) -> None:
    """Who hands a service over leads both teams."""
    service = repository.read_entry(connection, Service, service_id)
    require_service_of(connection, principal, service.team_id)
    if fields.get("team_id") is not None:
        require_service_of(connection, principal, fields["team_id"])
