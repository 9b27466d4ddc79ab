"""Shared costs: the parts of each day's pool add up to it, to the last digit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudops.attribution.models import Method, Share
from cloudops.showback.models import Level, Measure, OwnedCost
from cloudops.showback.use_cases import read_owned_costs
from tests.conftest import Database
from tests.integration.attribution.bill import attribute, line, load, save, split_rule
from tests.integration.attribution.hierarchy import add_teams
from tests.integration.bills import JULY
from tests.integration.tenant import Tenant, open_tenant

PARTS = "select team_id, billed_cost from shared_costs('2026-07-01', '2026-08-01')"
AMOUNTS = st.decimals("-99999999", "99999999", places=12)
TAX = {"lineItem/LineItemType": "Tax"}


def shared(tenant: Tenant) -> dict[UUID | None, Decimal]:
    return dict(tenant.rows(PARTS))


def by_team(tenant: Tenant) -> Mapping[str | None, OwnedCost]:
    with tenant.transaction() as connection:
        answer = read_owned_costs(connection, Level.TEAM, measure=Measure.BILLED, today=date(2026, 7, 31))
    return {row.team: row for row in answer.rows}


def bill(tenant: Tenant, folder: Path, tax: str = "10") -> Mapping[str, UUID]:
    teams = add_teams(tenant, "A", "B", "C")
    lines = [line(1, 60, tags={"team": "A"}), line(1, 30, tags={"team": "B"}), line(1, tax, **TAX)]
    load(tenant, folder, lines)
    return teams


def test_an_even_split_gives_the_last_digit_to_one(tenant: Tenant, tmp_path: Path) -> None:
    bill(tenant, tmp_path)
    save(tenant, split_rule("tax", Method.EVEN, charge_category="Tax"))
    attribute(tenant)

    parts = sorted(shared(tenant).values())

    assert sum(parts) == 10
    assert parts[0] == parts[1] < parts[2] < parts[0] + Decimal("1e-9")


def test_a_proportional_split_is_by_the_direct_cost_of_the_day(tenant: Tenant, tmp_path: Path) -> None:
    teams = bill(tenant, tmp_path, tax="9")
    save(tenant, split_rule("tax", Method.PROPORTIONAL, charge_category="Tax"))
    attribute(tenant)

    assert shared(tenant) == {teams["A"]: 6, teams["B"]: 3, teams["C"]: 0}
    found = by_team(tenant)
    assert (found["A"].direct_cost, found["A"].shared_cost, found["A"].cost) == (60, 6, 66)
    assert None not in found


def test_a_fixed_split_is_by_its_percentages(tenant: Tenant, tmp_path: Path) -> None:
    teams = bill(tenant, tmp_path)
    shares = [
        Share(team_id=teams["A"], percentage=Decimal("12.5")),
        Share(team_id=teams["C"], percentage=Decimal("87.5")),
    ]
    save(tenant, split_rule("tax", Method.FIXED, shares, charge_category="Tax"))
    attribute(tenant)

    assert shared(tenant) == {teams["A"]: Decimal("1.25"), teams["C"]: Decimal("8.75")}


def test_a_shared_resource_is_no_longer_its_teams_direct_cost(tenant: Tenant, tmp_path: Path) -> None:
    teams = bill(tenant, tmp_path)
    shares = [Share(team_id=teams["B"]), Share(team_id=teams["C"])]
    save(tenant, split_rule("cluster", Method.EVEN, shares, tag_key="Team", tag_value="a"))
    attribute(tenant)

    assert shared(tenant) == {teams["B"]: 30, teams["C"]: 30}
    assert "A" not in by_team(tenant)
    assert by_team(tenant)[None].cost == 10


def test_what_nobody_can_bear_stays_unallocated(tenant: Tenant, tmp_path: Path) -> None:
    add_teams(tenant, "A")
    load(tenant, tmp_path, [line(2, 5, **TAX)])
    save(tenant, split_rule("tax", Method.PROPORTIONAL, charge_category="Tax"))
    attribute(tenant)

    assert shared(tenant) == {None: 5}
    assert by_team(tenant)[None].cost == 5


def test_a_removed_rule_leaves_its_pool_unallocated_until_the_next_run(
    tenant: Tenant, tmp_path: Path
) -> None:
    bill(tenant, tmp_path)
    save(tenant, split_rule("tax", Method.EVEN, charge_category="Tax"))
    attribute(tenant)

    with tenant.transaction() as connection:
        connection.execute("delete from split_rules")

    assert shared(tenant) == {None: 10}


@pytest.fixture(scope="module")
def sharing(module_database: Database) -> tuple[Tenant, UUID]:
    tenant = open_tenant(module_database)
    delivery = uuid4()
    with tenant.transaction() as connection:
        connection.execute(
            "insert into deliveries (tenant_id, id, source, export_name, period, version, assembled_at, status, bucket,"
            " fingerprint) values (%s, %s, 'cur2', 'e', %s, '1', now(), 'current', 'b', 'f')",
            [tenant.id, delivery, JULY],
        )
    return tenant, delivery


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pool=AMOUNTS,
    effective=AMOUNTS,
    direct=st.lists(AMOUNTS, min_size=1, max_size=6),
    method=st.sampled_from(list(Method)),
)
def test_parts_add_up_to_their_pool_to_the_last_digit(
    sharing: tuple[Tenant, UUID], pool: Decimal, effective: Decimal, direct: list[Decimal], method: Method
) -> None:
    tenant, delivery = sharing
    with tenant.transaction() as connection:
        connection.execute("delete from team_costs")
        connection.execute("delete from split_rules")
        connection.execute("delete from teams")
        rule = uuid4()
        connection.execute(
            "insert into split_rules (tenant_id, id, rule_name, method, service) values (%s, %s, 'r', %s, 's')",
            [tenant.id, rule, method],
        )
        rows: list[list[Any]] = [[None, rule, pool, effective]]
        for number, cost in enumerate(direct):
            team = uuid4()
            connection.execute(
                "insert into teams (tenant_id, id, name) values (%s, %s, %s)", [tenant.id, team, str(number)]
            )
            share = Decimal(100) / len(direct) if method is Method.FIXED else None
            connection.execute(
                "insert into split_shares values (%s, %s, %s, %s)", [tenant.id, rule, team, share]
            )
            rows.append([team, None, cost, cost])
        connection.cursor().executemany(
            "insert into team_costs values (%s, %s, '2026-07-01', 'USD', %s, null, %s, 1, %s, %s)",
            [[tenant.id, delivery, *row] for row in rows],
        )
        parts = connection.execute(
            "select billed_cost, effective_cost from shared_costs('2026-07-01', '2026-08-01')"
        ).fetchall()

    assert sum(billed for billed, _ in parts) == pool
    assert sum(cost for _, cost in parts) == effective
    assert all(billed * pool >= 0 for billed, _ in parts)
