"""Whose a charge is: built-in and own rules, their order, and what becomes of it when something changes."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudops.attribution import use_cases as attribution
from cloudops.attribution.attributing import attribution_is_due
from cloudops.attribution.models import Kind
from cloudops.attribution.ordering import BUILT_IN, tried_in_order
from cloudops.attribution.use_cases import ATTRIBUTION_RULES, BuiltInRuleError
from cloudops.costs import use_cases as costs
from tests.integration.attribution.bill import (
    ANN,
    SECOND,
    attribute,
    attribution_rule,
    direct_costs,
    line,
    load,
    save,
    tag_rule,
)
from tests.integration.attribution.hierarchy import add_service, add_team, add_teams, add_unit, give_account
from tests.integration.bills import ACCOUNT
from tests.integration.intake import NOW
from tests.integration.tenant import Tenant, open_tenant

ROLLUPS = "select * from attributed_costs order by 3, 4, 5, 6, 7, 8, 9, 10"


def test_a_tag_that_names_a_team_gives_it_the_cost_in_any_case(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Search")

    load(
        tenant,
        tmp_path,
        [line(1, 10, tags={"team": "checkout "}), line(1, 5, tags={"Team": "SEARCH"}), line(1, 2)],
    )

    assert direct_costs(tenant) == {teams["Checkout"]: 10, teams["Search"]: 5, None: 2}


def test_a_tag_that_names_a_service_gives_its_team_the_cost(tenant: Tenant, tmp_path: Path) -> None:
    team = add_team(tenant, "Checkout")
    service = add_service(tenant, "cart", team=team)

    load(tenant, tmp_path, [line(1, 10, tags={"app": "cart"})])

    assert tenant.rows("select team_id, service_id, billed_cost from current_team_costs") == [
        (team, service, 10)
    ]


def test_the_tag_goes_before_the_team_of_the_account(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Platform")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"}), line(1, 5)])
    give_account(tenant, ACCOUNT, teams["Platform"])

    attribute(tenant)

    assert direct_costs(tenant) == {teams["Checkout"]: 10, teams["Platform"]: 5}


def test_a_name_that_two_teams_share_attributes_to_neither(tenant: Tenant, tmp_path: Path) -> None:
    for group in ("A", "B"):
        add_team(tenant, "Core", unit=add_unit(tenant, "Unit", group=group))

    load(tenant, tmp_path, [line(1, 10, tags={"team": "Core"})])

    assert direct_costs(tenant) == {None: 10}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Kind.TAG, {"tag_key": "env", "match_values": ["PROD"]}),
        (Kind.ACCOUNT, {"match_values": [ACCOUNT]}),
        (Kind.RESOURCE, {"match_values": ["i-0123456789abcdef0"]}),
        (Kind.RESOURCE_PREFIX, {"match_values": ["i-01", "vol-"]}),
        (Kind.PROVIDER_SERVICE, {"match_values": ["AmazonEC2"]}),
    ],
)
def test_a_rule_of_each_kind_takes_what_it_names(
    tenant: Tenant, tmp_path: Path, kind: Kind, fields: dict[str, Any]
) -> None:
    team = add_team(tenant, "Checkout")
    other = {"UsageAccountId": "999988887777", "ResourceId": "bucket", "ProductCode": "AmazonS3"}
    load(tenant, tmp_path, [line(1, 10, tags={"env": "prod"}), line(1, 5, **other)])

    save(tenant, attribution_rule("mine", kind, team_id=team, **fields))
    attribute(tenant)

    assert direct_costs(tenant) == {team: 10, None: 5}


def test_tags_are_read_as_the_tag_rules_say(tenant: Tenant, tmp_path: Path) -> None:
    team = add_team(tenant, "Checkout")
    save(
        tenant,
        tag_rule(
            "squads", tag_key="ENV", pattern="squad-(.+)", normalized_key="team", normalized_value=r"\1"
        ),
    )

    load(tenant, tmp_path, [line(1, 10, tags={"env": "squad-checkout"}), line(1, 5, tags={"env": "prod"})])

    assert direct_costs(tenant) == {team: 10, None: 5}


def test_a_changed_rule_moves_cost_without_reading_the_export_again(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Search")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"}), line(2, 5, tags={"team": "basket"})])
    for file in tmp_path.rglob("*.gz"):
        file.unlink()

    save(tenant, tag_rule("baskets", pattern="basket", normalized_value="Search"))
    attribute(tenant)

    assert direct_costs(tenant) == {teams["Checkout"]: 10, teams["Search"]: 5}


def test_attributing_twice_changes_nothing(tenant: Tenant, tmp_path: Path) -> None:
    add_team(tenant, "Checkout")
    save(tenant, tag_rule("squads", tag_key="env", normalized_key="team"))
    load(tenant, tmp_path, [line(1, 10, tags={"env": "checkout"}), line(1, 1)])
    attribute(tenant)
    before = tenant.rows(ROLLUPS)

    again = attribute(tenant)

    assert (again.changed, again.deliveries) == (0, 0)
    assert tenant.rows(ROLLUPS) == before


def test_a_restated_bill_is_attributed_and_the_old_one_no_longer_read(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Search")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])

    load(
        tenant,
        tmp_path,
        [line(1, 7, tags={"team": "Checkout"}), line(1, 2, tags={"team": "Search"})],
        assembly=SECOND,
    )

    assert direct_costs(tenant) == {teams["Checkout"]: 7, teams["Search"]: 2}


def test_a_pruned_delivery_leaves_no_attribution_behind(tenant: Tenant, tmp_path: Path) -> None:
    load(tenant, tmp_path, [line(1, 10)])
    load(tenant, tmp_path, [line(1, 7)], assembly=SECOND)

    with tenant.transaction(batch=True) as connection:
        assert costs.prune_superseded(connection, now=NOW + timedelta(days=91)) == 1

    for rollup in ("attributed_costs", "team_costs"):
        assert tenant.value(f"select sum(billed_cost) from {rollup}") == 7  # noqa: S608 - a name written here.
    assert tenant.count("subject_costs") == 1


def test_an_older_version_that_comes_late_moves_nothing(tenant: Tenant, tmp_path: Path) -> None:
    team = add_team(tenant, "Checkout")
    load(tenant, tmp_path, [line(1, 7, tags={"team": "Checkout"})], assembly=SECOND)

    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])

    assert direct_costs(tenant) == {team: 7}


def test_what_was_published_before_there_was_attribution_is_attributed_by_the_job(
    tenant: Tenant, tmp_path: Path
) -> None:
    team = add_team(tenant, "Checkout")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])
    with tenant.transaction() as connection:
        for table in ("attribution_subjects", "subject_costs", "attributed_costs", "team_costs"):
            connection.execute(f"delete from {table}")  # noqa: S608 - a name written here.

    done = attribute(tenant)

    assert done.deliveries == 1
    assert direct_costs(tenant) == {team: 10}


def test_a_delivery_that_waits_is_rolled_up_where_its_subjects_are_known_already(
    tenant: Tenant, tmp_path: Path
) -> None:
    team = add_team(tenant, "Checkout")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])
    with tenant.transaction() as connection:
        for table in ("subject_costs", "attributed_costs", "team_costs"):
            connection.execute(f"delete from {table}")  # noqa: S608 - a name written here.

    attribute(tenant)

    assert direct_costs(tenant) == {team: 10}


def test_attribution_is_due_until_a_run_has_followed_a_change(tenant: Tenant) -> None:
    attribute(tenant)
    assert not due(tenant)

    add_team(tenant, "Late")
    assert due(tenant)

    attribute(tenant)
    assert not due(tenant)


def test_a_team_that_is_gone_owns_nothing(tenant: Tenant, tmp_path: Path) -> None:
    team = add_team(tenant, "Checkout")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])

    with tenant.transaction() as connection:
        connection.execute("delete from teams where id = %s", [team])

    assert tenant.rows("select team_id, is_attributed from sibyl.cost_data") == [(None, False)]
    attribute(tenant)
    assert direct_costs(tenant) == {None: 10}


def test_a_built_in_rule_can_be_switched_off_and_nothing_else(tenant: Tenant, tmp_path: Path) -> None:
    add_team(tenant, "Checkout")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])

    change(tenant, is_active=False)
    attribute(tenant)

    assert direct_costs(tenant) == {None: 10}
    with pytest.raises(BuiltInRuleError):
        change(tenant, rule_name="Mine")


def test_the_explanation_names_every_rule_that_would_take_a_charge(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Platform")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])
    give_account(tenant, ACCOUNT, teams["Platform"])
    ((charge_id, day),) = tenant.rows("select id, charge_date from charges")

    with tenant.transaction() as connection:
        (why,) = attribution.explain_charge(connection, charge_id, day)

    assert why.normalized_tags == {"team": "Checkout"}
    assert [(match.rule_name, match.team, match.decides) for match in why.matches] == [
        ('Tag "team" names a team', "Checkout", ["team"]),
        ("The account's team", "Platform", []),
    ]


RULES = st.lists(
    st.builds(
        attribution_rule,
        st.text(min_size=1, max_size=5),
        st.sampled_from([Kind.TAG, Kind.ACCOUNT, Kind.RESOURCE, Kind.PROVIDER_SERVICE]),
        priority=st.integers(-2, 2),
    ),
    unique_by=lambda rule: rule.rule_name,
    max_size=8,
)


@given(rules=RULES, shuffle=st.randoms(use_true_random=False))
def test_the_order_in_which_rules_were_made_says_nothing(rules: list[Any], shuffle: Any) -> None:
    shuffled = list(rules)
    shuffle.shuffle(shuffled)

    assert tried_in_order(shuffled) == tried_in_order(rules)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.lists(
        st.tuples(st.sampled_from(["Checkout", "Search", "x", ""]), st.integers(-9, 99)),
        min_size=1,
        max_size=6,
    )
)
def test_attributed_and_unallocated_are_always_what_was_billed(
    tenant: Tenant, tmp_path_factory: pytest.TempPathFactory, amounts: list[tuple[str, int]]
) -> None:
    mine = open_tenant(tenant.database)
    teams = add_teams(mine, "Checkout", "Search")

    load(
        mine, tmp_path_factory.mktemp("bill"), [line(1, cost, tags={"team": team}) for team, cost in amounts]
    )

    expected: dict[Any, Decimal] = {}
    for team, cost in amounts:
        owner = teams.get(team)
        expected[owner] = expected.get(owner, Decimal(0)) + cost
    assert direct_costs(mine) == expected


def due(tenant: Tenant) -> bool:
    with tenant.transaction() as connection:
        return attribution_is_due(connection)


def change(tenant: Tenant, **fields: Any) -> None:
    with tenant.transaction() as connection:
        attribution.change_rule(
            connection,
            ATTRIBUTION_RULES,
            BUILT_IN[0].id,
            fields,
            if_match="*",
            force=False,
            actor=ANN,
            now=NOW,
        )
