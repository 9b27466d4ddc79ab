"""Whose a resource is: that of the charges that name it, or of the tags that a scan saw."""

from pathlib import Path
from uuid import UUID

from psycopg.types.json import Jsonb

from cloudops.attribution.models import Kind
from tests.integration.attribution.bill import (
    FIRST,
    SECOND,
    attribute,
    attribution_rule,
    line,
    load,
    save,
)
from tests.integration.attribution.hierarchy import add_service, add_team, add_teams
from tests.integration.intake import NOW
from tests.integration.tenant import Tenant

Owners = dict[str, tuple[UUID | None, UUID | None]]
OTHER = {"ResourceId": "i-0fedcba9876543210"}
INSTANCE, OTHER_INSTANCE = "i-0123456789abcdef0", OTHER["ResourceId"]


def test_a_resource_on_a_first_bill_has_the_team_and_the_service_of_its_charges(
    tenant: Tenant, tmp_path: Path
) -> None:
    team = add_team(tenant, "Checkout")
    service = add_service(tenant, "cart", team=team)

    load(tenant, tmp_path, [line(1, 10, tags={"app": "cart"}), line(1, 5, **OTHER)])

    assert owners(tenant) == {INSTANCE: (team, service), OTHER_INSTANCE: (None, None)}


def test_a_resource_has_the_owner_of_the_tags_of_its_last_day(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Search")

    load(tenant, tmp_path, [line(2, 1, tags={"team": "Search"}), line(1, 9, tags={"team": "Checkout"})])

    assert owners(tenant) == {INSTANCE: (teams["Search"], None)}


def test_a_restated_bill_moves_a_resource_to_the_team_that_it_names(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Search")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"}), line(1, 5, **OTHER)])

    load(
        tenant,
        tmp_path,
        [line(1, 10, tags={"team": "Search"}), line(1, 5, tags={"team": "Checkout"}, **OTHER)],
        assembly=SECOND,
    )

    assert owners(tenant) == {INSTANCE: (teams["Search"], None), OTHER_INSTANCE: (teams["Checkout"], None)}


def test_an_older_version_that_comes_late_moves_no_resource(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Search")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Search"})], assembly=SECOND)

    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})], assembly=FIRST)

    assert owners(tenant) == {INSTANCE: (teams["Search"], None)}


def test_tags_that_only_a_scan_saw_decide_with_the_next_bill(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Search")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])
    see(tenant, INSTANCE, {"team": "Search"})

    load(tenant, tmp_path, [line(1, 11, tags={"team": "Checkout"})], assembly=SECOND)

    assert owners(tenant) == {INSTANCE: (teams["Search"], None)}


def test_a_changed_rule_moves_resources_too(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Search")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])
    rule = attribution_rule("mine", Kind.RESOURCE, match_values=[INSTANCE], team_id=teams["Search"])

    save(tenant, rule)
    attribute(tenant)

    assert owners(tenant) == {INSTANCE: (teams["Search"], None)}


def test_the_owner_of_a_team_that_is_gone_is_nobody_on_the_next_bill(tenant: Tenant, tmp_path: Path) -> None:
    team = add_team(tenant, "Checkout")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])
    with tenant.transaction() as connection:
        connection.execute("delete from teams where id = %s", [team])

    lines = [line(1, 10, tags={"team": "Checkout"}), line(1, 5, tags={"team": "Checkout"}, **OTHER)]
    load(tenant, tmp_path, lines, assembly=SECOND)

    assert owners(tenant) == {INSTANCE: (None, None), OTHER_INSTANCE: (None, None)}


def test_a_resource_whose_owner_stays_is_not_written(tenant: Tenant, tmp_path: Path) -> None:
    add_team(tenant, "Checkout")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])
    written = tenant.rows("select ctid, xmin from resources")

    attribute(tenant)

    assert tenant.rows("select ctid, xmin from resources") == written


def owners(tenant: Tenant) -> Owners:
    rows = tenant.rows("select resource_id, team_id, service_id from resources")
    return {resource: (team, service) for resource, team, service in rows}


def see(tenant: Tenant, resource_id: str, tags: dict[str, str]) -> None:
    """As a scan does."""
    with tenant.transaction() as connection:
        connection.execute(
            "update resources set tags = %s, scanned_at = %s where resource_id = %s",
            [Jsonb(tags), NOW, resource_id],
        )
