"""The checks over a month of a generated bill whose contents are known: CUR rows of four accounts."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cloudops.period import DateRange
from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.evaluation import Report, evaluate
from cloudops.recommendations.models import Verdict
from cloudops.recommendations.savings import identified_savings

CUR = Path(__file__).parents[4] / "shared" / "data" / "aws_cur1_parquet" / "acme-cur" / "acme-cur"
WINDOW = DateRange(start=date(2026, 7, 22), end=date(2026, 8, 21))

USAGE = """
    select line_item_usage_account_id as account_id, line_item_product_code as service,
           nullif(product_region, '') as region, nullif(line_item_resource_id, '') as resource_id,
           nullif(line_item_usage_type, '') as usage_type, nullif(line_item_operation, '') as operation,
           nullif(pricing_unit, '') as usage_unit,
           if(line_item_line_item_type = 'Usage', 'OnDemand', 'Committed') as pricing_category,
           coalesce(resource_tags_user_team, '') as team,
           coalesce(resource_tags_user_environment, '') as environment,
           sum(line_item_usage_amount::decimal(38, 10)) as usage_amount,
           sum(line_item_unblended_cost::decimal(38, 10)) as billed_cost,
           sum(if(line_item_line_item_type = 'SavingsPlanCoveredUsage', savings_plan_savings_plan_effective_cost,
                  line_item_unblended_cost)::decimal(38, 10)) as effective_cost,
           sum(coalesce(pricing_public_on_demand_cost, 0)::decimal(38, 10)) as list_cost,
           min(line_item_usage_start_date)::date as first_day, max(line_item_usage_start_date)::date as last_day,
           count(distinct line_item_usage_start_date::date) as days_billed
      from read_parquet($files, union_by_name = true)
     where line_item_line_item_type in ('Usage', 'SavingsPlanCoveredUsage')
       and line_item_usage_start_date >= $start and line_item_usage_start_date < $end
       and line_item_product_code <> 'AmazonRoute53'
     group by all
"""


@pytest.fixture(scope="module")
def bill() -> Bill:
    if not CUR.exists():
        pytest.skip("the generated bill is not beside this checkout")
    with duckdb.connect(config={"threads": 1, "memory_limit": "1GB"}) as connection:
        files = [str(path) for path in sorted(CUR.glob("year=2026/month=[78]/*.parquet"))]
        result = connection.execute(USAGE, {"files": files, "start": WINDOW.start, "end": WINDOW.end})
        names = [column[0] for column in result.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    tagged = ((row, {"team": row.pop("team"), "environment": row.pop("environment")}) for row in rows)
    usages = (
        BilledUsage(
            **row,
            tags={key: value for key, value in tags.items() if value},
            currency="USD",
            charge_category="Usage",
        )
        for row, tags in tagged
    )
    return Bill(window=WINDOW, days=WINDOW.days, currency="USD", usages=tuple(usages))


@pytest.fixture(scope="module")
def report(bill: Bill) -> Report:
    return evaluate(bill)


def test_the_staging_instance_that_never_stops_gets_a_schedule(report: Report) -> None:
    scheduled = [finding for finding in report.findings if finding.check_id == "EC2-08"]

    assert [finding.resource_id for finding in scheduled] == ["i-29a422eb14ab2f2d0"]
    assert scheduled[0].owner == "platform"


def test_only_steady_instances_are_proposed_for_commitment(report: Report) -> None:
    committed = {finding.resource_id for finding in report.findings if finding.check_id == "EC2-10"}

    # Five of production and an untagged one; not what runs in staging, not the batch instances, and not the one that
    # a savings plan covers.
    assert len(committed) == 6
    assert "i-79a53586751b14605" not in committed


def test_the_untagged_bastion_is_spend_without_an_owner(report: Report) -> None:
    (ownerless,) = [finding for finding in report.findings if finding.check_id == "GOV-01"]

    assert ownerless.account_id == "333344445555"
    assert "i-092f073ff80b9465a" in str(ownerless.evidence["largest"])
    assert ownerless.owner is None


def test_current_volumes_are_found_fine_by_silence_of_gp2_checks(report: Report) -> None:
    assert not [line for line in report.coverage if line.check_id == "EBS-04"]


def test_requests_counted_in_gigabytes_are_not_judged(report: Report) -> None:
    verdicts = {line.verdict for line in report.coverage if line.check_id == "S3-14"}

    assert verdicts == {Verdict.NOT_ENOUGH_DATA}


def test_identified_savings_are_what_the_best_findings_add_up_to(bill: Bill, report: Report) -> None:
    savings = identified_savings(report.findings)["USD"]

    assert round(savings, 2) == Decimal("295.32")
    assert savings < bill.monthly_cost(bill.usages)


def test_a_shorter_history_makes_no_commitments(bill: Bill) -> None:
    last_week = DateRange(start=WINDOW.end - timedelta(days=7), end=WINDOW.end)
    recent = Bill(window=last_week, days=7, currency="USD", usages=bill.usages)

    assert not [finding for finding in evaluate(recent).findings if finding.check_id == "EC2-10"]
