"""What a rule would move is told before it is saved, and what is careless is refused."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cloudops.attribution.models import Kind, Method, Preview, Rule
from cloudops.attribution.use_cases import try_rule
from cloudops.errors import InvalidError
from tests.integration.attribution.bill import (
    attribute,
    attribution_rule,
    direct_costs,
    line,
    load,
    save,
    split_rule,
    tag_rule,
)
from tests.integration.attribution.hierarchy import add_team, add_teams
from tests.integration.bills import ACCOUNT
from tests.integration.tenant import Tenant


def tried(tenant: Tenant, rule: Rule) -> Preview:
    with tenant.transaction() as connection:
        return try_rule(connection, rule)


def test_a_preview_tells_what_saving_the_rule_does(tenant: Tenant, tmp_path: Path) -> None:
    teams = add_teams(tenant, "Checkout", "Search")
    load(
        tenant, tmp_path, [line(1, 10, tags={"team": "Checkout", "env": "x"}), line(1, 5, tags={"env": "y"})]
    )
    rule = attribution_rule("x", Kind.TAG, tag_key="env", match_values=["x"], team_id=teams["Search"])

    found = tried(tenant, rule)

    (move,) = found.moves
    assert (move.from_team, move.to_team, move.charges, move.billed_cost) == ("Checkout", "Search", 1, 10)
    assert [(one.charges, one.billed_cost) for one in found.matched] == [(1, Decimal(10))]
    save(tenant, rule, force=False)
    attribute(tenant)
    assert direct_costs(tenant) == {teams["Search"]: 10, None: 5}


def test_switching_a_rule_off_is_tried_like_any_change(tenant: Tenant, tmp_path: Path) -> None:
    team = add_team(tenant, "Checkout")
    rule = tag_rule("squads", tag_key="env", normalized_key="team")
    save(tenant, rule)
    load(tenant, tmp_path, [line(1, 10, tags={"env": "checkout"})])
    assert direct_costs(tenant) == {team: 10}

    found = tried(tenant, replace(rule, is_active=False))

    assert [(move.from_team, move.to_team, move.billed_cost) for move in found.moves] == [
        ("Checkout", None, 10)
    ]
    assert found.warnings == []


@pytest.mark.parametrize(
    ("values", "warning"), [(["AmazonEC2"], "matches_everything"), (["AmazonS3"], "matches_nothing")]
)
def test_a_careless_rule_is_warned_about_and_refused_unless_forced(
    tenant: Tenant, tmp_path: Path, values: list[str], warning: str
) -> None:
    team = add_team(tenant, "Checkout")
    load(tenant, tmp_path, [line(1, 10), line(2, 5)])
    rule = attribution_rule("careless", Kind.PROVIDER_SERVICE, match_values=values, team_id=team)

    assert tried(tenant, rule).warnings == [warning]
    with pytest.raises(InvalidError) as refused:
        save(tenant, rule, force=False)
    assert refused.value.field == "match_values"
    save(tenant, rule)


def test_without_bills_no_rule_is_careless(tenant: Tenant) -> None:
    save(tenant, tag_rule("early", pattern="x", normalized_value="y"), force=False)


def test_what_a_split_would_share_is_told(tenant: Tenant, tmp_path: Path) -> None:
    load(tenant, tmp_path, [line(1, 10), line(1, 3, LineItemType="Tax")])

    found = tried(tenant, split_rule("tax", Method.EVEN, charge_category="Tax", account_id=ACCOUNT))

    assert [(one.charges, one.billed_cost) for one in found.matched] == [(1, Decimal(3))]


def test_metrics_have_the_owner_of_their_resource(tenant: Tenant, tmp_path: Path) -> None:
    team = add_team(tenant, "Checkout")
    load(tenant, tmp_path, [line(1, 10, tags={"team": "Checkout"})])
    with tenant.transaction() as connection:
        connection.execute(
            "insert into reliability_metrics (tenant_id, project_id, resource_id, metric_name, metric_ts, namespace,"
            " value, unit) select tenant_id, id, 'i-0123456789abcdef0', '5xx_count', now(), 'AWS/EC2', 1,"
            " 'count' from projects"
        )

    assert tenant.rows("select team_id from sibyl.metric_data") == [(team,)]
