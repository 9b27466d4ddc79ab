"""An organisation by its names alone: what a document says, and what the database holds, in one shape."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cloudops.organization.models import Hierarchy

type Path = tuple[str, ...]
type Fields = Mapping[str, Any]
# Parents before children. A member's path is the team's and an address; a service's is its name alone.
# No group and no unit has an empty name, so this is the place of teams that stand outside the hierarchy.
OUTSIDE: Path = ("", "")
KINDS = ("business_group", "business_unit", "team", "team_member", "service")
EMPTY: Mapping[str, Fields] = {
    "business_group": {"description": None},
    "business_unit": {"description": None},
    "team": {"owner_email": None, "slack_channel": None},
    "team_member": {"role": "member"},
    "service": {
        "team": None,
        "description": None,
        "service_type": None,
        "repository_url": None,
        "documentation_url": None,
    },
}


@dataclass(frozen=True, kw_only=True)
class Outline:
    """By kind, and by path from the top: ("Commerce", "Shop", "Checkout") is a team.

    A service's field `team` is the path of its team, or None. Fields that are not there were not spoken of.
    """

    entries: dict[str, dict[Path, Fields]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    ids: dict[tuple[str, Path], UUID] = field(default_factory=dict)

    def of(self, kind: str) -> dict[Path, Fields]:
        return self.entries[kind]

    def put(self, kind: str, path: Path, fields: Fields, entry_id: UUID | None = None) -> None:
        self.entries[kind][path] = fields
        if entry_id is not None:
            self.ids[kind, path] = entry_id


def outline_of(hierarchy: Hierarchy) -> Outline:
    found = Outline()
    paths: dict[UUID | None, Path] = {None: OUTSIDE}
    for group in hierarchy.groups:
        paths[group.id] = (group.name,)
        found.put("business_group", paths[group.id], {"description": group.description}, group.id)
    for unit in hierarchy.units:
        paths[unit.id] = (*paths[unit.business_group_id], unit.name)
        found.put("business_unit", paths[unit.id], {"description": unit.description}, unit.id)
    for team in hierarchy.teams:
        paths[team.id] = (*paths[team.business_unit_id], team.name)
        contacts = {"owner_email": team.owner_email, "slack_channel": team.slack_channel}
        found.put("team", paths[team.id], contacts, team.id)
    for member in hierarchy.members:
        path = (*paths[member.team_id], member.email.lower())
        found.put("team_member", path, {"role": member.role}, member.id)
    for service in hierarchy.services:
        told = {name: getattr(service, name) for name in EMPTY["service"] if name != "team"}
        owner = paths[service.team_id] if service.team_id else None
        found.put("service", (service.name,), {"team": owner, **told}, service.id)
    return found
