from datetime import date
from decimal import Decimal

from tests.functions import bill
from tests.functions.conftest import Company
from tests.functions.invoking import request
from tests.functions.people import ACME, OUTSIDER

ANALYSED = "update resources set last_analyzed_at = now() - %s::interval where service = %s"


def thousandths(month: int) -> int:
    """The month's billed cost in the reporting currency, times 1000."""
    amounts = (line.amount for line in bill.lines() if line.currency == "USD" and line.day.month == month)
    return int(sum(amounts, Decimal(0)) * 1000)


def insert_recommendation(company: Company, *, savings: str, overlap: str, status: str = "open") -> None:
    company.change(
        """insert into recommendations (tenant_id, id, project_id, check_id, kind, type, severity, status, title,
               description, action_steps, impact, monthly_savings, currency, overlap_group, risk, confidence)
           select %s, gen_random_uuid(), id, 'EC2-01', 'rightsizing', 'resize', 'low', %s, 't', 'd', 's', 'i', %s,
                  'USD', %s, 10, 0.9
             from projects where tenant_id = %s""",
        [ACME, status, savings, overlap, ACME],
    )


def test_metrics_have_the_names_and_the_scale_of_the_contract(company: Company) -> None:
    insert_recommendation(company, savings="100.0005", overlap="one instance")
    insert_recommendation(company, savings="40", overlap="one instance")
    insert_recommendation(company, savings="7", overlap="a volume", status="in_progress")
    insert_recommendation(company, savings="9000", overlap="done before", status="done")
    company.change(ANALYSED, ["2 days", "AmazonEC2"])
    company.change(ANALYSED, ["31 days", "AmazonS3"])

    reply = request("dashboard.metrics")

    spend = thousandths(8)
    assert reply.status == 200
    assert reply.json == {
        "monthlySpend": spend,
        "identifiedSavings": 107_000,
        "realizedSavings": 0,
        "resourcesAnalyzed": 2,
        "wastePercentage": round(107_000.5 / spend * 100, 2),
    }
    assert all(isinstance(value, int) for value in list(reply.json.values())[:-1])


def test_waste_is_never_above_everything(company: Company) -> None:
    insert_recommendation(company, savings="1000000", overlap="all")

    assert request("dashboard.metrics").json["wastePercentage"] == 100


def test_cost_trends_are_months_oldest_first(same_company: Company) -> None:
    reply = request("dashboard.cost-trends")

    assert reply.status == 200
    assert reply.json == [
        {"month": "2026-06", "totalCost": thousandths(6)},
        {"month": "2026-07", "totalCost": thousandths(7)},
        {"month": "2026-08", "totalCost": thousandths(8)},
    ]


def test_a_tenant_without_bills_has_zeros(same_company: Company) -> None:
    metrics = request("dashboard.metrics", person=OUTSIDER)
    trends = request("dashboard.cost-trends", person=OUTSIDER)

    assert metrics.json == {
        "monthlySpend": 0,
        "identifiedSavings": 0,
        "realizedSavings": 0,
        "resourcesAnalyzed": 0,
        "wastePercentage": 0,
    }
    assert trends.json == []


def test_everybody_sees_how_fresh_the_figures_are(company: Company) -> None:
    company.change(
        "insert into monitored_targets (tenant_id, id, project_id, kind, resource_id, account_id, region, name,"
        " created_by, last_read_at) select %s, gen_random_uuid(), id, 'api_gateway', 'orders', '111111111111',"
        " 'eu-west-1', 'orders', 'ada@acme.example', '2026-09-01T04:05Z' from projects where tenant_id = %s",
        [ACME, ACME],
    )
    company.change(
        "insert into scan_runs (tenant_id, id, started_at, finished_at)"
        " values (%s, gen_random_uuid(), '2026-09-01T03:00Z', '2026-09-01T03:10Z')",
        [ACME],
    )

    fresh = request("dashboard.freshness")
    nothing = request("dashboard.freshness", person=OUTSIDER)

    assert fresh.json == {
        "costs_through": max(line.day for line in bill.lines()).isoformat(),
        "metrics_through": "2026-09-01T04:05:00Z",
        "inventory_scanned_at": "2026-09-01T03:10:00Z",
    }
    assert set(nothing.json.values()) == {None}


def billed(first: date, last: date) -> Decimal:
    amounts = (line.amount for line in bill.lines() if line.currency == "USD" and first <= line.day <= last)
    return sum(amounts, Decimal(0))


def test_a_summary_says_how_things_stood_thirty_days_before(company: Company) -> None:
    insert_recommendation(company, savings="100", overlap="new")
    insert_recommendation(company, savings="40", overlap="old")
    insert_recommendation(company, savings="30", overlap="old")
    insert_recommendation(company, savings="7", overlap="done since", status="done")
    insert_recommendation(company, savings="9000", overlap="done long ago", status="done")
    age = "update recommendations set created_at = now() - interval '50 days', done_at = now() - %s::interval"
    company.change(f"{age} where overlap_group in ('old', 'done since')", ["5 days"])
    company.change(f"{age} where overlap_group = 'done long ago'", ["40 days"])

    reply = request("dashboard.summary")

    now, before = reply.json["now"], reply.json["before"]
    spend, spend_before = (
        billed(date(2026, 8, 2), date(2026, 8, 31)),
        billed(date(2026, 7, 3), date(2026, 8, 1)),
    )
    assert (Decimal(now["identified_savings"]), Decimal(before["identified_savings"])) == (140, 47)
    assert (Decimal(now["spend"]), Decimal(before["spend"])) == (spend, spend_before)
    assert Decimal(now["waste_percentage"]) == round(140 / spend * 100, 2)
    assert (now["realized_savings"], before["realized_savings"]) == ("0", "0")


def test_a_tenant_without_bills_has_a_summary_of_zeros(same_company: Company) -> None:
    summary = request("dashboard.summary", person=OUTSIDER).json

    assert {Decimal(one) for side in summary.values() for one in side.values()} == {Decimal(0)}
