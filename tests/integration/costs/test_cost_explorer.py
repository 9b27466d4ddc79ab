"""Cost Explorer's answers as bills: recorded ones out of a folder, fetched ones from the job."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cloudops.actor import Actor
from cloudops.costs.cost_explorer import use_cases as cost_explorer
from cloudops.costs.formats.cost_explorer import months_of
from tests.integration.bills import ACCOUNT, JULY, PAYER, charge, write_bill
from tests.integration.cost_explorer_answers import answer, write_answer
from tests.integration.intake import take_in
from tests.integration.tenant import Tenant

ASSEMBLY = "20260810T000000Z"
NOON = datetime(2026, 8, 14, 12, tzinfo=UTC)
ANN = Actor(name="ann@acme.example")
FIRST = date(2026, 7, 1)


def recorded(folder: Path, cost: float = 10, *, account: str = ACCOUNT, **options: Any) -> Path:
    costs = {("Amazon Elastic Compute Cloud - Compute", account): cost}
    write_answer(folder / "answer.json", answer({FIRST: costs}, **options))
    return folder


def billed_in(folder: Path, cost: float = 11) -> Path:
    write_bill(folder, ASSEMBLY, [[charge(1, cost)]])
    return folder


def deliveries(tenant: Tenant) -> list[tuple[str, str, str]]:
    return [
        (row[0], row[1], row[2])
        for row in tenant.rows(
            "select source, billing_account_id, status from deliveries order by source, assembled_at"
        )
    ]


def spent(tenant: Tenant) -> Decimal:
    return Decimal(tenant.value("select coalesce(sum(billed_cost), 0) from current_daily_costs"))


def fetch(tenant: Tenant, cost: float, *, at: datetime = NOON, **options: Any) -> list[str]:
    page = answer({FIRST: {("AWS Lambda", ACCOUNT): cost}}, **options)
    return [take_in_month(tenant, month, at=at) for month in months_of([page])]


def take_in_month(tenant: Tenant, month: Any, *, at: datetime) -> str:
    with tenant.transaction() as connection:
        return cost_explorer.take_in(connection, tenant.id, PAYER, month, now=at)


def test_a_recording_without_a_better_bill_is_the_bill(tenant: Tenant, tmp_path: Path) -> None:
    assert take_in(tenant, recorded(tmp_path)) == ["published"]

    assert deliveries(tenant) == [("cost_explorer", "unknown", "current")]
    found = tenant.rows(
        "select account_id, service, region, resource_id, billed_cost, effective_cost, charge_category from charges"
    )
    assert found == [
        (ACCOUNT, "Amazon Elastic Compute Cloud - Compute", None, None, Decimal(10), Decimal(10), "Usage")
    ]
    assert tenant.count("resources") == 0
    assert take_in(tenant, tmp_path) == ["unchanged"]


@pytest.mark.parametrize("accounts", [True, False], ids=["of its accounts", "of no account"])
@pytest.mark.parametrize("recording_first", [True, False])
def test_a_recording_is_never_added_to_the_bill_of_its_accounts(
    tenant: Tenant, tmp_path: Path, accounts: bool, recording_first: bool
) -> None:
    folders = [recorded(tmp_path / "ce", accounts=accounts), billed_in(tmp_path / "cur")]
    for folder in folders if recording_first else reversed(folders):
        assert take_in(tenant, folder) == ["published"]

    assert deliveries(tenant) == [("cost_explorer", PAYER, "shadow"), ("cur1", PAYER, "current")]
    assert spent(tenant) == 11


@pytest.mark.parametrize("recording_first", [True, False])
def test_a_recording_of_other_accounts_is_a_bill_of_its_own(
    tenant: Tenant, tmp_path: Path, recording_first: bool
) -> None:
    folders = [recorded(tmp_path / "ce", account="999999999999"), billed_in(tmp_path / "cur")]
    for folder in folders if recording_first else reversed(folders):
        assert take_in(tenant, folder) == ["published"]

    assert deliveries(tenant) == [("cost_explorer", "unknown", "current"), ("cur1", PAYER, "current")]
    assert spent(tenant) == 21


def test_a_recording_that_is_no_daily_cost_is_quarantined_with_its_reason(
    tenant: Tenant, tmp_path: Path
) -> None:
    page = answer({FIRST: {("AWS Lambda", ACCOUNT): 1}})
    write_answer(tmp_path / "answer.json", {**page, "NextPageToken": "more"})

    assert take_in(tenant, tmp_path) == ["quarantined"]

    reason = tenant.value("select reason from deliveries")
    assert "answer.json: NextPageToken is set" in reason
    assert tenant.count("charges") == 0


def test_other_json_is_no_bill(tenant: Tenant, tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text('{"total": 1}')

    assert take_in(tenant, tmp_path) == []


def test_each_fetch_is_a_version_and_the_newest_is_the_bill(tenant: Tenant) -> None:
    assert fetch(tenant, 10) == ["published"]
    assert fetch(tenant, 12, at=NOON + timedelta(days=1)) == ["published"]

    assert deliveries(tenant) == [
        ("cost_explorer", PAYER, "superseded"),
        ("cost_explorer", PAYER, "current"),
    ]
    assert spent(tenant) == 12


def test_a_fetch_that_says_the_same_is_not_stored_again_unless_the_days_are_final_now(tenant: Tenant) -> None:
    assert fetch(tenant, 10, estimated=True) == ["published"]
    assert fetch(tenant, 10, estimated=True, at=NOON + timedelta(days=1)) == ["unchanged"]
    assert tenant.value("select estimated_days from deliveries") == [FIRST]

    assert fetch(tenant, 10, at=NOON + timedelta(days=2)) == ["published"]
    assert tenant.value("select estimated_days from deliveries where status = 'current'") == []


def test_amounts_that_came_back_to_what_they_were_are_the_newest_again(tenant: Tenant) -> None:
    for number, cost in enumerate((10, 12, 10)):
        fetch(tenant, cost, at=NOON + timedelta(days=number))

    assert spent(tenant) == 10
    assert tenant.count("deliveries") == 3


def test_a_fetch_is_a_shadow_of_a_better_bill(tenant: Tenant, tmp_path: Path) -> None:
    take_in(tenant, billed_in(tmp_path))

    fetch(tenant, 10)

    assert deliveries(tenant) == [("cost_explorer", PAYER, "shadow"), ("cur1", PAYER, "current")]
    assert spent(tenant) == 11


def allow(tenant: Tenant, daily_calls: int) -> None:
    with tenant.transaction() as connection:
        cost_explorer.change_budget(connection, daily_calls=daily_calls, actor=ANN, now=NOON)


def calls(tenant: Tenant, *, at: datetime = NOON) -> tuple[int, int]:
    with tenant.transaction() as connection:
        today = cost_explorer.show_spending(connection, now=at)
    return today.calls, today.refused


def may_call(tenant: Tenant, *, at: datetime = NOON) -> bool:
    with tenant.transaction() as connection:
        return cost_explorer.count_call(connection, now=at) is None


@pytest.mark.parametrize("budget", [0, 1, 3])
def test_calls_end_with_the_budget_and_begin_anew_the_next_day(tenant: Tenant, budget: int) -> None:
    allow(tenant, budget)

    assert [may_call(tenant) for _ in range(5)] == [True] * budget + [False] * (5 - budget)
    assert calls(tenant) == (budget, 5 - budget)
    assert may_call(tenant, at=NOON + timedelta(hours=13)) == (budget > 0)


def test_without_a_setting_twenty_calls_are_allowed(tenant: Tenant) -> None:
    assert sum(may_call(tenant) for _ in range(25)) == 20
    with tenant.transaction() as connection:
        spending = cost_explorer.show_spending(connection, now=NOON)
    assert (spending.daily_calls, spending.cost) == (20, Decimal("0.20"))


def test_a_changed_budget_is_in_the_trail_once(tenant: Tenant) -> None:
    allow(tenant, 5)
    allow(tenant, 5)

    rows = tenant.rows("select metadata from events where entity_type = 'cost_explorer'")
    assert rows == [({"old": {"daily_calls": 20}, "new": {"daily_calls": 5}},)]


def test_the_period_of_an_answer_is_its_month(tenant: Tenant) -> None:
    fetch(tenant, 1)

    assert tenant.value("select period from deliveries") == JULY
