from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudops.actor import Actor
from cloudops.errors import InvalidError
from cloudops.organization import importing, use_cases
from cloudops.organization.importing import Outcome, Source
from cloudops.organization.models import BusinessGroup, BusinessUnit, Service, Team
from cloudops.organization.repository import NameTakenError, TeamNotFoundError
from cloudops.platform.etags import PreconditionFailedError
from tests.integration.tenant import Tenant

NOW = datetime(2026, 9, 14, 8, 30, tzinfo=UTC)
ANN = Actor(name="ann@acme.example")
ORGANISATION = """
business_groups:
  Commerce:
    business_units:
      Shop:
        teams:
          Checkout:
            members: {ann@acme.example: lead}
            services: {cart: {service_type: API}}
teams:
  Ops:
services:
  wiki:
"""
KEYS = ("business_groups", "teams", "services", "members", "owner_email", "description", "A", "Ops", "wiki")
# Nests what a document may hold at places where it may not.
nonsense = st.recursive(
    st.sampled_from(["", "text", "nobody@nowhere.example", "lead", "no"]),
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)


def take_in(tenant: Tenant, content: str, *, dry_run: bool = False, remove_missing: bool = False) -> Outcome:
    source = Source(content=content, remove_missing=remove_missing)
    with tenant.transaction() as connection:
        return importing.take_in(connection, source, dry_run=dry_run, actor=ANN, now=NOW)


def export(tenant: Tenant) -> str:
    with tenant.transaction() as connection:
        return importing.export(connection)


def add(tenant: Tenant, kind: Any, **fields: Any) -> Any:
    with tenant.transaction() as connection:
        return use_cases.add_entry(connection, kind, fields, actor=ANN, now=NOW)


def test_an_import_makes_what_the_document_says_and_tells_the_trail(tenant: Tenant) -> None:
    take_in(tenant, ORGANISATION)

    assert tenant.rows(
        "select g.name, u.name, t.name, m.role, s.name, s.service_type from business_groups g"
        " join business_units u on u.business_group_id = g.id join teams t on t.business_unit_id = u.id"
        " join team_members m on m.team_id = t.id join services s on s.team_id = t.id"
    ) == [("Commerce", "Shop", "Checkout", "lead", "cart", "API")]
    assert tenant.rows("select name from teams where business_unit_id is null") == [("Ops",)]
    assert sorted(tenant.events()[2:]) == [
        ("business_group", "created"),
        ("business_unit", "created"),
        ("service", "created"),
        ("service", "created"),
        ("team", "created"),
        ("team", "created"),
        ("team_member", "created"),
    ]


def test_an_import_that_is_repeated_changes_nothing(tenant: Tenant) -> None:
    take_in(tenant, ORGANISATION)
    before = tenant.rows("select id, updated_at from teams order by id")
    events = tenant.count("events")

    again = take_in(tenant, export(tenant), remove_missing=True)

    assert again.plan.is_empty
    assert tenant.rows("select id, updated_at from teams order by id") == before
    assert tenant.count("events") == events


def test_what_the_document_does_not_name_is_removed_on_request_only(tenant: Tenant) -> None:
    take_in(tenant, ORGANISATION)

    take_in(tenant, "teams: {Ops: {slack_channel: '#ops'}}")
    kept = tenant.count("teams")
    take_in(tenant, "teams: {Ops: }", remove_missing=True)

    assert kept == 2
    assert tenant.rows("select name, slack_channel from teams") == [("Ops", None)]
    counted = [tenant.count(table) for table in ("business_groups", "services", "team_members")]
    assert counted == [0, 0, 0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=nonsense)
def test_an_import_that_is_refused_changes_nothing(tenant: Tenant, document: Any) -> None:
    import yaml  # noqa: PLC0415 - only to write what the test thought of

    before, events = export(tenant), tenant.count("events")

    try:
        take_in(tenant, yaml.safe_dump(document), remove_missing=True)
    except InvalidError as error:
        refused = error.findings
    else:
        take_in(tenant, before, remove_missing=True)
        refused = None

    assert export(tenant) == before
    assert refused is None or (refused and tenant.count("events") == events)


def test_two_imports_at_once_follow_one_another(tenant: Tenant) -> None:
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: take_in(tenant, ORGANISATION), range(2)))

    assert tenant.count("teams") == 2


def test_an_entry_moves_with_what_is_below_it(tenant: Tenant) -> None:
    one, other = add(tenant, BusinessGroup, name="One"), add(tenant, BusinessGroup, name="Other")
    unit = add(tenant, BusinessUnit, name="Unit", business_group_id=one.id)
    add(tenant, Team, name="Team", business_unit_id=unit.id)

    with tenant.transaction() as connection:
        moved = use_cases.change_entry(
            connection, BusinessUnit, unit.id, {"business_group_id": other.id},
            if_match="*", actor=ANN, now=NOW,
        )  # fmt: skip
        groups = use_cases.list_entries(connection, BusinessGroup, {}, limit=10, cursor=None).items

    assert (moved.business_group_id, moved.team_count) == (other.id, 1)
    assert {group.name: group.team_count for group in groups} == {"One": 0, "Other": 1}


def test_names_are_unique_where_they_stand(tenant: Tenant) -> None:
    group = add(tenant, BusinessGroup, name="One")
    for name in ("A", "B"):
        unit = add(tenant, BusinessUnit, name=name, business_group_id=group.id)
        add(tenant, Team, name="Ops", business_unit_id=unit.id)
    add(tenant, Team, name="Ops")

    with pytest.raises(NameTakenError):
        add(tenant, Team, name="Ops")
    with pytest.raises(NameTakenError):
        add(tenant, BusinessUnit, name="A", business_group_id=group.id)
    assert tenant.count("teams") == 3


def test_a_change_to_what_is_there_already_leaves_no_event(tenant: Tenant) -> None:
    service = add(tenant, Service, name="cart")
    events = tenant.count("events")

    with tenant.transaction() as connection:
        same = use_cases.change_entry(
            connection, Service, service.id, {"name": "cart"}, if_match="*", actor=ANN, now=NOW
        )

    assert (same, tenant.count("events")) == (service, events)


def test_what_somebody_else_changed_is_not_overwritten(tenant: Tenant) -> None:
    team = add(tenant, Team, name="Ops")

    with tenant.transaction() as connection, pytest.raises(PreconditionFailedError):
        use_cases.remove_entry(connection, Team, team.id, if_match='"other"', actor=ANN)

    assert tenant.count("teams") == 1


@pytest.mark.parametrize("team_id", [uuid4(), UUID(int=0)])
def test_a_team_that_is_not_there_is_not_found(tenant: Tenant, team_id: UUID) -> None:
    with tenant.transaction() as connection, pytest.raises(TeamNotFoundError):
        use_cases.list_members(connection, team_id, limit=10, cursor=None)
