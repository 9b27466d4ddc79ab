"""Our current total against each shadow's, per account, service and day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cloudops.costs.reconciliation import (
    ReconciledCost,
    Reconciliation,
    ReconciliationCounts,
    ReconciliationQuestion,
    reconcile,
)
from cloudops.paging import BadCursorError
from tests.integration.bills import ACCOUNT, JULY, PAYER, charge, write_bill
from tests.integration.cost_explorer_answers import Costs, answer, write_answer
from tests.integration.intake import take_in
from tests.integration.shared_exports import CUR1, CUR2, DATA, FOCUS, needs_shared
from tests.integration.tenant import Tenant

ASSEMBLY = "20260810T000000Z"
COMPUTE, OTHER = "Amazon Elastic Compute Cloud - Compute", "EC2 - Other"
OF_JULY = ReconciliationQuestion(period=JULY)


@pytest.fixture
def told(tenant: Tenant, tmp_path: Path) -> Callable[..., Reconciliation]:
    """Takes in a CUR bill and what Cost Explorer says of July, and reconciles them."""

    def tell(
        lines: list[tuple[int, str, str]], costs: dict[int, Costs], *, accounts: bool = True
    ) -> Reconciliation:
        rows = [charge(day, cost, ProductCode=service) for day, service, cost in lines]
        write_bill(tmp_path, ASSEMBLY, [rows])
        days = {JULY.replace(day=day): found for day, found in costs.items()}
        write_answer(tmp_path / "answer.json", answer(days, accounts=accounts, estimated=True))
        assert take_in(tenant, tmp_path) == ["published", "published"]
        return asked(tenant)

    return tell


def asked(
    tenant: Tenant,
    question: ReconciliationQuestion = OF_JULY,
    *,
    limit: int = 1000,
    cursor: str | None = None,
) -> Reconciliation:
    with tenant.transaction() as connection:
        return reconcile(connection, question, limit=limit, cursor=cursor)


def rows_of(found: Reconciliation) -> list[tuple[object, ...]]:
    return [(row.day.day, row.service, row.ours, row.theirs, row.status) for row in found.page.items]


def test_names_of_one_product_are_held_against_its_code(told: Callable[..., Reconciliation]) -> None:
    found = told(
        [(1, "AmazonEC2", "10"), (1, "AmazonS3", "3")],
        {1: {(COMPUTE, ACCOUNT): 7, (OTHER, ACCOUNT): 3, ("Amazon Simple Storage Service", ACCOUNT): 3}},
    )

    assert rows_of(found) == [
        (1, "AmazonEC2", Decimal(10), Decimal(10), "agrees"),
        (1, "AmazonS3", Decimal(3), Decimal(3), "agrees"),
    ]
    (first, _) = found.page.items
    assert (first.billing_account_id, first.account_id, first.against_source) == (
        PAYER,
        ACCOUNT,
        "cost_explorer",
    )
    assert first.estimated
    assert found.counts == ReconciliationCounts(agrees=2, differs=0, missing=0)


def test_charges_keep_the_names_of_their_source(told: Callable[..., Reconciliation], tenant: Tenant) -> None:
    told([(1, "AmazonEC2", "10")], {1: {(COMPUTE, ACCOUNT): 10}})

    assert {row[0] for row in tenant.rows("select distinct service from daily_costs")} == {
        "AmazonEC2",
        COMPUTE,
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "status"),
    [
        ("100", "100.5", "agrees"),
        ("100", "100.51", "differs"),
        ("0.02", "0.03", "agrees"),
        ("0.02", "0.0301", "differs"),
        ("-100", "-100.5", "agrees"),
        ("-100", "100", "differs"),
    ],
)
def test_the_tolerance_is_a_cent_or_half_a_percent_of_the_larger_amount(
    told: Callable[..., Reconciliation], ours: str, theirs: str, status: str
) -> None:
    found = told([(1, "AmazonS3", ours)], {1: {("Amazon Simple Storage Service", ACCOUNT): theirs}})

    assert [row.status for row in found.page.items] == [status]


def test_what_one_side_lacks_is_missing_unless_it_is_next_to_nothing(
    told: Callable[..., Reconciliation],
) -> None:
    found = told(
        [(1, "AmazonEC2", "10"), (2, "AmazonEC2", "0.001")],
        {1: {(COMPUTE, ACCOUNT): 10}, 3: {("AWS Glue", ACCOUNT): 5, ("AWS Lambda", ACCOUNT): 0}},
    )

    assert rows_of(found) == [
        (1, "AmazonEC2", Decimal(10), Decimal(10), "agrees"),
        (2, "AmazonEC2", Decimal("0.001"), None, "agrees"),
        (3, "AWSGlue", None, Decimal(5), "missing"),
        (3, "AWSLambda", None, Decimal(0), "agrees"),
    ]
    assert found.page.items[2].difference == -5


def test_taxes_of_all_services_are_one(
    told: Callable[..., Reconciliation], tenant: Tenant, tmp_path: Path
) -> None:
    rows = [charge(1, cost, LineItemType="Tax", ProductCode=code) for code, cost in (("A", 1), ("B", 2))]
    write_bill(tmp_path / "tax", ASSEMBLY, [rows])
    write_answer(tmp_path / "tax" / "answer.json", answer({JULY: {("Tax", ACCOUNT): 3}}))
    take_in(tenant, tmp_path / "tax")

    assert rows_of(asked(tenant)) == [(1, "Tax", Decimal(3), Decimal(3), "agrees")]


def test_where_a_side_knows_no_account_they_are_taken_together(told: Callable[..., Reconciliation]) -> None:
    found = told([(1, "AmazonEC2", "10")], {1: {(COMPUTE, ACCOUNT): 10}}, accounts=False)

    assert [(row.account_id, row.status) for row in found.page.items] == [("unknown", "agrees")]


def test_pages_follow_one_another_without_a_gap(told: Callable[..., Reconciliation], tenant: Tenant) -> None:
    everything = told(
        [(day, service, "1") for day in range(1, 4) for service in ("AmazonEC2", "Has, comma", "AmazonS3")],
        {1: {(COMPUTE, ACCOUNT): 1}},
    )

    seen: list[ReconciledCost] = []
    cursor: str | None = None
    while True:
        found = asked(tenant, limit=2, cursor=cursor)
        assert found.counts == (None if cursor else everything.counts)
        seen += found.page.items
        cursor = found.page.next_cursor
        if cursor is None:
            break

    assert seen == list(everything.page.items)
    assert len(seen) == 9


def test_one_status_one_bill_and_another_tolerance_may_be_asked_for(
    told: Callable[..., Reconciliation], tenant: Tenant
) -> None:
    told([(1, "AmazonEC2", "10"), (2, "AmazonEC2", "10")], {1: {(COMPUTE, ACCOUNT): 10}})

    assert rows_of(asked(tenant, replace(OF_JULY, status="missing"))) == [
        (2, "AmazonEC2", Decimal(10), None, "missing")
    ]
    assert len(asked(tenant, replace(OF_JULY, billing_account_id=PAYER)).page.items) == 2
    assert asked(tenant, replace(OF_JULY, billing_account_id="other")).page.items == []
    assert asked(tenant, replace(OF_JULY, period=date(2026, 8, 31))).page.items == []
    assert asked(tenant, replace(OF_JULY, amount=Decimal(10))).counts.agrees == 2


@pytest.mark.parametrize("cursor", ["", "bm8=", "WyJhIl0="])
def test_a_cursor_of_another_list_is_refused(tenant: Tenant, cursor: str) -> None:
    if cursor:
        with pytest.raises(BadCursorError):
            asked(tenant, cursor=cursor)
    else:
        assert asked(tenant, cursor=cursor).page.items == []


@needs_shared
def test_the_same_month_in_three_formats_agrees(tenant: Tenant) -> None:
    """CUR 1.0 holds all of July as CUR 2.0 does, FOCUS a week of it, with other names for the marketplace."""
    for folder in (CUR2, CUR1, FOCUS):
        take_in(tenant, DATA / folder)

    found = asked(tenant, limit=100_000).page.items

    assert {row.status for row in found if row.against_source == "cur1"} == {"agrees"}
    told_by_both = [
        row for row in found if row.against_source == "focus" and None not in (row.ours, row.theirs)
    ]
    assert {row.status for row in told_by_both} == {"agrees"}
    assert {row.service for row in told_by_both} >= {"AmazonEC2", "AmazonRDS", "AmazonS3", "Tax"}
