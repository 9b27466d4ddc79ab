"""Attribution by the tag `team`, held against the sums that were worked out outside the project."""

import json
from decimal import Decimal

import pytest

from tests.conftest import Database
from tests.integration.attribution.hierarchy import add_teams
from tests.integration.intake import take_in
from tests.integration.shared_exports import CUR1, DATA, needs_shared
from tests.integration.tenant import Tenant, open_tenant

pytestmark = needs_shared
TOLERANCE = Decimal("0.000001")
MONTHS = (6, 7, 8)


def truth_of(month: int) -> dict[str, Decimal]:
    """Cost by the value of the tag, the empty one where there is none."""
    truth = json.loads((DATA / f"{CUR1}/acme-cur/year=2026/month={month}.truth.json").read_text())
    tagged = truth["by_tag"]["resource_tags_user_team"]
    return {"" if value == "(untagged)" else value: Decimal(found["cost"]) for value, found in tagged.items()}


@pytest.fixture(scope="module")
def acme(module_database: Database) -> Tenant:
    tenant = open_tenant(module_database)
    add_teams(tenant, *{value for month in MONTHS for value in truth_of(month) if value})
    assert set(take_in(tenant, DATA / CUR1)) == {"published"}
    return tenant


@pytest.mark.parametrize("month", MONTHS)
def test_cost_by_team_is_the_cost_by_its_tag(acme: Tenant, month: int) -> None:
    found = acme.rows(
        "select coalesce(t.name, ''), sum(c.billed_cost) from current_team_costs c"
        " left join teams t on t.id = c.team_id"
        " where extract(month from charge_date) = %s group by 1",
        [month],
    )

    truth = truth_of(month)
    assert {team for team, _ in found} == set(truth)
    assert all(abs(cost - truth[team]) < TOLERANCE for team, cost in found)


@pytest.mark.parametrize("rollup", ["current_attributed_costs", "current_team_costs"])
def test_attributed_and_unallocated_are_what_was_billed_every_day(acme: Tenant, rollup: str) -> None:
    apart = acme.rows(
        f"""select charge_date, currency, sum(billed), sum(effective)
              from (select charge_date, currency, billed_cost as billed, effective_cost as effective from {rollup}
                     union all
                    select charge_date, currency, -billed_cost, -effective_cost from current_daily_costs) both_sides
             group by 1, 2
            having abs(sum(billed)) > 0.000001 or abs(sum(effective)) > 0.000001"""  # noqa: S608 - a view's name.
    )

    assert apart == []


def test_the_contract_shows_every_charge_with_its_team(acme: Tenant) -> None:
    apart = acme.rows(
        "select t.name, sum(d.cost) from sibyl.cost_data d join sibyl.teams t on t.id = d.team_id"
        " where d.is_attributed group by 1"
        " except select t.name, sum(c.billed_cost) from current_team_costs c"
        " join teams t on t.id = c.team_id group by 1"
    )

    assert apart == []
    assert acme.value("select count(*) from sibyl.cost_data where is_attributed") > 0
    assert acme.value("select count(*) from sibyl.cost_data") == acme.count("current_charges")


def test_resources_have_the_team_of_their_tag(acme: Tenant) -> None:
    apart = acme.rows(
        "select r.resource_id from resources r left join teams t on t.id = r.team_id"
        " where t.name is distinct from r.tags ->> 'team'"
    )

    assert apart == []
