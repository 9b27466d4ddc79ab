from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from stored_bills import ACCOUNT, LAST_DAY, NOW, Office

from cloudops.actor import Actor
from cloudops.period import DateRange
from cloudops.recommendations import use_cases as recommendations
from cloudops.recommendations.repository import read_bills, read_last_day
from cloudops.recommendations.use_cases import Outcome

GP2 = {
    "usage_unit": "GB-Mo",
    "usage_amount": Decimal("3.2852"),
    "resource_id": "vol-1",
    "tags": {"team": "web"},
}
WINDOW = DateRange(start=LAST_DAY - timedelta(days=29), end=LAST_DAY + timedelta(days=1))
ANN = Actor(name="ann@acme.example")


def test_a_tenant_without_a_bill_gets_nothing(office: Office) -> None:
    assert office.recommend() == Outcome()
    assert office.found() == []


def test_a_finding_becomes_an_open_recommendation(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)

    outcome = office.recommend()

    (found,) = office.found(check_id="EBS-04")
    assert outcome.new == outcome.found == 1
    assert (found.status, found.type, found.kind) == ("open", "storage-class", "cost_optimization")
    assert (found.account_id, found.resource_id, found.owner) == (ACCOUNT, "vol-1", "web")
    assert found.monthly_savings == Decimal("6.0875")
    assert found.action_steps.startswith("1. ")
    assert found.created_at == NOW


def test_running_twice_changes_nothing(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.recommend()
    before = office.found()

    outcome = office.recommend(now=NOW + timedelta(hours=1))

    assert (outcome.new, outcome.reopened, outcome.expired) == (0, 0, 0)
    assert office.found() == before


def test_only_the_current_delivery_counts(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.bill("EBS:VolumeUsage.gp2", "100", status="superseded", **GP2)

    office.recommend()

    assert [found.monthly_savings for found in office.found()] == [Decimal("6.0875")]


def test_a_new_bill_brings_open_recommendations_up_to_date(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.recommend()
    office.forget_bill()
    office.bill("EBS:VolumeUsage.gp2", "2", **{**GP2, "usage_amount": Decimal("6.5704")})

    office.recommend(now=NOW + timedelta(days=1))

    (found,) = office.found()
    assert found.monthly_savings == Decimal("12.175")
    assert (found.created_at, found.updated_at) == (NOW, NOW + timedelta(days=1))


def test_what_is_found_no_more_expires_and_comes_back_when_it_does(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.recommend()
    office.forget_bill()
    office.bill("EBS:VolumeUsage.gp3", "1", **GP2)
    assert office.recommend(now=NOW + timedelta(days=1)).expired == 1
    assert office.statuses() == {"EBS-04": "expired"}
    office.forget_bill()
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)

    assert office.recommend(now=NOW + timedelta(days=2)).reopened == 1

    assert office.statuses() == {"EBS-04": "open"}
    assert [kind for kind, _ in office.events("recommendation")] == [
        "created",
        "status_changed",
        "status_changed",
    ]


def test_what_could_not_be_looked_at_does_not_expire(office: Office) -> None:
    instance = {"resource_id": "i-1", "operation": "RunInstances"}
    office.bill("BoxUsage:m5.large", "2", **instance)
    office.recommend()
    assert office.statuses()["EC2-05"] == "open"
    office.forget_bill()
    office.bill("BoxUsage:m5.large", "2", **{**instance, "operation": None})

    office.recommend(now=NOW + timedelta(days=1))

    assert office.statuses()["EC2-05"] == "open"


def test_work_that_somebody_took_on_is_left_to_him(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.recommend()
    (found,) = office.found()
    recommendations.start(office.connection, found.id, actor=ANN, now=NOW)
    office.forget_bill()
    office.bill("EBS:VolumeUsage.gp3", "1", **GP2)

    office.recommend(now=NOW + timedelta(days=1))

    assert office.statuses() == {"EBS-04": "in_progress"}


def test_a_dismissed_one_stays_away_until_its_day(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.recommend()
    (found,) = office.found()
    until = (NOW + timedelta(days=10)).date()
    recommendations.dismiss(office.connection, found.id, reason="migration", until=until, actor=ANN, now=NOW)

    office.recommend(now=NOW + timedelta(days=5))
    assert office.statuses() == {"EBS-04": "dismissed"}

    office.recommend(now=NOW + timedelta(days=11))
    (again,) = office.found()
    assert (again.status, again.dismissed_reason, again.dismissed_until) == ("open", None, None)


def test_a_done_one_comes_back_only_if_later_bills_show_it(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.recommend()
    (found,) = office.found()
    done_at = datetime(2026, 7, 28, tzinfo=UTC)
    recommendations.start(office.connection, found.id, actor=ANN, now=done_at)
    recommendations.complete(office.connection, found.id, actor=ANN, now=done_at)

    office.recommend()
    assert office.statuses() == {"EBS-04": "done"}

    office.bill("EBS:VolumeUsage.gp2", "1", last_day=LAST_DAY + timedelta(days=3), days=3, **GP2)
    office.recommend()
    assert office.statuses() == {"EBS-04": "open"}


def test_the_run_is_in_the_trail_with_what_was_looked_at(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.bill("EBS:VolumeUsage.gp3", "0.5", **{**GP2, "resource_id": "vol-2"})

    office.recommend()

    (kind, metadata), *_ = office.events("job")
    assert kind == "recommended"
    assert metadata["window"] == {"start": "2026-07-01", "end": "2026-07-31"}
    assert metadata["coverage"]["EBS-04"] == {"flagged": 1}
    assert metadata["coverage"]["RDS-03"] == {}


def test_coverage_is_what_the_ledger_says_of_every_check(office: Office) -> None:
    assert recommendations.read_coverage(office.connection)[0] is None
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.bill("EBS:VolumeUsage.gp3", "0.5", **{**GP2, "resource_id": "vol-2"})
    office.recommend()

    judged_at, coverage = recommendations.read_coverage(office.connection)

    assert judged_at is not None
    assert coverage["EBS-04"] == {"flagged": 1}
    assert coverage["RDS-03"] == coverage["EC2-01"] == {}


def test_resources_looked_at_are_marked(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.bill("SomethingElse", "1", resource_id="unknown-1")

    office.recommend()

    looked = office.connection.execute(
        "select resource_id from resources where last_analyzed_at = %s", [NOW]
    ).fetchall()
    assert looked == [("vol-1",)]


def test_the_window_ends_on_the_last_day_known(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", last_day=NOW.date(), **GP2)

    assert read_last_day(office.connection, as_of=NOW.date() - timedelta(days=1)) == NOW.date() - timedelta(
        days=1
    )
    assert read_last_day(office.connection, as_of=NOW.date() + timedelta(days=9)) == NOW.date()
    assert read_last_day(office.connection, as_of=date(2020, 1, 1)) is None


def test_lines_are_summed_over_days_with_their_resource(office: Office) -> None:
    office.bill(
        "BoxUsage:m5.large", "2.5", days=10, resource_id="i-1", operation="RunInstances", tags={"team": "web"}
    )

    (bill,) = read_bills(office.connection, WINDOW)

    (line,) = bill.usages
    assert bill.days == 10
    assert (line.effective_cost, line.usage_amount, line.days_billed) == (25, 240, 10)
    assert (line.first_day, line.last_day, line.first_seen) == (
        LAST_DAY - timedelta(days=9),
        LAST_DAY,
        LAST_DAY - timedelta(days=9),
    )
    assert (line.operation, line.tags) == ("RunInstances", {"team": "web"})


def test_negations_taxes_and_credits_are_left_out_but_purchases_are_not(office: Office) -> None:
    office.bill(
        "BoxUsage:c5.large", "2", effective_cost=Decimal(1), pricing_category="Committed", resource_id="i-1"
    )
    office.bill(
        "BoxUsage:c5.large", "-2", effective_cost=Decimal(0), pricing_category="Committed", resource_id="i-1"
    )
    office.bill(None, "5", days=1, charge_category="Tax")
    office.bill(None, "-5", days=1, charge_category="Credit", charge_frequency="Recurring")
    office.bill("ComputeSP:1yrNoUpfront", "3", days=1, charge_category="Purchase")

    (bill,) = read_bills(office.connection, WINDOW)

    assert sorted((line.usage_type, line.effective_cost, line.usage_amount) for line in bill.usages) == [
        ("BoxUsage:c5.large", 30, 720),
        ("ComputeSP:1yrNoUpfront", 3, 24),
    ]
    assert bill.discounts == ()


def test_discounts_that_come_with_usage_lower_rates(office: Office) -> None:
    office.bill("BoxUsage:c5.large", "10", resource_id="i-1")
    office.bill(None, "-60", days=1, charge_category="Credit", charge_frequency="Usage-Based")

    (bill,) = read_bills(office.connection, WINDOW)

    assert round(bill.monthly_cost(bill.usages), 2) == Decimal("243.50")


def test_every_currency_has_a_bill_of_its_own(office: Office) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.bill("EBS:VolumeUsage.gp2", "1", **{**GP2, "resource_id": "vol-2", "currency": "EUR"})

    office.recommend()

    assert {
        (one.currency, one.monthly_savings) for one in recommendations.read_savings(office.connection)
    } == {
        ("EUR", Decimal("6.0875")),
        ("USD", Decimal("6.0875")),
    }


def test_daily_series_carry_what_grows(office: Office) -> None:
    for n in range(30):
        day = LAST_DAY - timedelta(days=29 - n)
        for snapshot in ("snap-1", "snap-2"):
            columns = {"usage_amount": Decimal(100 + 5 * n), "resource_id": snapshot}
            office.charge(day, "USW2-EBS:SnapshotUsage", Decimal(1), "current", columns)

    (bill,) = read_bills(office.connection, WINDOW)
    office.recommend()

    (series,) = bill.series
    assert (len(series.days), series.days[0].amount, series.days[-1].amount) == (30, 200, 490)
    assert "EBS-10" in office.statuses()


@pytest.mark.parametrize("status", ["dismissed", "done", "expired", "rejected"])
def test_savings_that_are_over_are_not_identified(office: Office, status: str) -> None:
    office.bill("EBS:VolumeUsage.gp2", "1", **GP2)
    office.recommend()

    office.connection.execute("update recommendations set status = %s", [status])

    assert recommendations.read_savings(office.connection) == []


def test_identified_savings_leave_overlaps_out(office: Office) -> None:
    office.bill("BoxUsage:m5.large", "10", resource_id="i-1", operation="RunInstances")

    office.recommend()

    (savings,) = recommendations.read_savings(office.connection)
    overlapping = [one.monthly_savings for one in office.found() if one.monthly_savings]
    assert len(overlapping) == 2
    assert savings.monthly_savings == max(overlapping)
