"""Every figure that was worked out outside the project, after ingestion through the real use cases."""

import json

import pytest

from tests.conftest import Database
from tests.integration.intake import take_in
from tests.integration.shared_exports import (
    AUGUST,
    CUR1,
    CUR1_VERSIONS,
    CUR2,
    DATA,
    FOCUS,
    TRUTHS,
    disagreements,
    needs_shared,
)
from tests.integration.tenant import Tenant, open_tenant

pytestmark = needs_shared
FOLDERS = sorted(set(TRUTHS.values()))


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_export_agrees_with_its_truths(tenant: Tenant, folder: str) -> None:
    truths = [truth for truth, source in TRUTHS.items() if source == folder]

    outcomes = take_in(tenant, DATA / folder)

    assert set(outcomes) == {"published"}
    for truth in truths:
        period = month_of(truth) if len(truths) > 1 else None
        assert disagreements(tenant.database, truth, period=period) == ""


def test_of_two_versions_of_a_month_the_newer_is_the_bill(tenant: Tenant) -> None:
    outcomes = take_in(tenant, DATA / CUR1_VERSIONS)

    assert outcomes == ["published"] * 2
    assert disagreements(tenant.database, AUGUST["20260821T055913Z"]) == ""
    assert disagreements(tenant.database, AUGUST["20260814T061502Z"]) != ""


@pytest.fixture(scope="module")
def everything_of_acme(module_database: Database) -> Tenant:
    """June to August in CUR 1.0 Parquet, August twice as CSV, June and July in CUR 2.0, a week in FOCUS."""
    tenant = open_tenant(module_database)
    for folder in (FOCUS, CUR1_VERSIONS, CUR2, CUR1):
        assert set(take_in(tenant, DATA / folder)) == {"published"}
    return tenant


@pytest.mark.parametrize("month", ["2026-06", "2026-07", "2026-08"])
def test_one_bill_in_all_formats_has_the_totals_of_one(everything_of_acme: Tenant, month: str) -> None:
    truth = f"{CUR1}/acme-cur/year=2026/month={int(month[5:])}.truth.json"

    assert disagreements(everything_of_acme.database, truth, period=month) == ""


def test_of_several_sources_the_most_trusted_is_current_and_the_others_shadows(
    everything_of_acme: Tenant,
) -> None:
    found = everything_of_acme.rows(
        "select to_char(period, 'MM'), source, status from deliveries order by 1, 2, 3"
    )

    assert found == [
        ("06", "cur1", "shadow"),
        ("06", "cur2", "current"),
        ("07", "cur1", "shadow"),
        ("07", "cur2", "current"),
        ("07", "focus", "shadow"),
        ("08", "cur1", "current"),
        ("08", "cur1", "shadow"),
        ("08", "cur1", "superseded"),
    ]


def test_shadows_leave_no_mark_on_the_resources(everything_of_acme: Tenant) -> None:
    """FOCUS calls services by other names than CUR."""
    services = {row[0] for row in everything_of_acme.rows("select distinct service from resources")}
    charged = {row[0] for row in everything_of_acme.rows("select distinct service from current_charges")}

    assert services <= charged


def test_every_view_of_the_cost_has_one_sum(everything_of_acme: Tenant) -> None:
    sums = everything_of_acme.rows(
        "select (select round(sum(cost), 6) from sibyl.cost_data),"
        " (select round(sum(unblended_cost), 6) from cloudaudit.cost_data),"
        " (select round(sum(total_cost), 6) from cloudaudit.daily_cost_summaries),"
        " (select round(sum(amount), 6) from governance.cost_timeseries)"
    )

    assert len(set(sums[0])) == 1


def month_of(truth: str) -> str:
    months = json.loads((DATA / truth).read_text())["by_billing_period"]
    assert len(months) == 1
    return str(next(iter(months)))
