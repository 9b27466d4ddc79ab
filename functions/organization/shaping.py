"""The tree of the organisation, and what an import did, as the API shows them."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from cloudops.organization.importing import Outcome, told
from cloudops.organization.models import Hierarchy, Service, Team
from cloudops.organization.outline import Path
from cloudops.organization.planning import Change
from organization.schemas import (
    BusinessGroupNode,
    BusinessGroupOut,
    BusinessUnitNode,
    BusinessUnitOut,
    ChangeOut,
    ImportOut,
    MemberOut,
    OrganizationOut,
    ServiceOut,
    TeamNode,
    TeamOut,
)


def tree_of(found: Hierarchy) -> OrganizationOut:
    members: dict[UUID, list[MemberOut]] = defaultdict(list)
    for member in found.members:
        members[member.team_id].append(MemberOut.model_validate(member))
    services = services_by_team(found.services)
    teams: dict[UUID | None, list[TeamNode]] = defaultdict(list)
    for team in found.teams:
        teams[team.business_unit_id].append(team_node(team, members[team.id], services[team.id]))
    units: dict[UUID, list[BusinessUnitNode]] = defaultdict(list)
    for unit in found.units:
        shown = BusinessUnitOut.model_validate(unit)
        units[unit.business_group_id].append(BusinessUnitNode(**dict(shown), teams=teams[unit.id]))
    groups = [
        BusinessGroupNode(**dict(BusinessGroupOut.model_validate(group)), business_units=units[group.id])
        for group in found.groups
    ]
    return OrganizationOut(business_groups=groups, teams=teams[None], services=services[None])


def services_by_team(services: Iterable[Service]) -> dict[UUID | None, list[ServiceOut]]:
    found: dict[UUID | None, list[ServiceOut]] = defaultdict(list)
    for service in services:
        found[service.team_id].append(ServiceOut.model_validate(service))
    return found


def team_node(team: Team, members: list[MemberOut], services: list[ServiceOut]) -> TeamNode:
    return TeamNode(**dict(TeamOut.model_validate(team)), members=members, services=services)


def outcome_of(outcome: Outcome, *, dry_run: bool) -> ImportOut:
    plan = outcome.plan
    created, changed, removed = (
        [shown_change(change) for change in changes] for changes in (plan.created, plan.changed, plan.removed)
    )
    return ImportOut(dry_run=dry_run, created=created, changed=changed, removed=removed, notes=outcome.notes)


def shown_change(change: Change) -> ChangeOut:
    return ChangeOut(
        kind=change.kind,
        path=names(change.path),
        old=dict(told(change.old)),
        new=dict(told(change.new)),
        moved_from=names(change.moved_from) if change.moved_from else None,
    )


def names(path: Path) -> list[str]:
    return [name for name in path if name]
