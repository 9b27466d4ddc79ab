from datetime import date
from decimal import Decimal

import pytest
from recommendation_bills import bill, usage

from cloudops.period import DateRange
from cloudops.recommendations.bill import Bill, Discount
from cloudops.recommendations.subjects import OWNER_KEYS, Scope, first_tag, subjects


def test_cost_is_scaled_to_a_month_of_thirty_and_almost_a_half_days() -> None:
    line = usage("BoxUsage:m5.large", "30")

    assert bill(line).monthly_cost([line]) == Decimal("30.4375")


def test_a_short_history_is_scaled_by_the_days_it_has() -> None:
    line = usage("BoxUsage:m5.large", "10", days=10)

    assert bill(line, days=10).monthly_cost([line]) == Decimal("30.4375")


def test_listed_discounts_lower_the_cost_of_their_service_alone() -> None:
    computing = usage("BoxUsage:m5.large", "100")
    storing = usage("TimedStorage-ByteHrs", "100", service="AmazonS3")
    discount = Discount(account_id="111122223333", service="AmazonEC2", effective_cost=Decimal(-20))

    the_bill = bill(computing, storing, discounts=[discount])

    assert round(the_bill.monthly_cost([computing]), 4) == Decimal("81.1667")
    assert round(the_bill.monthly_cost([storing]), 4) == Decimal("101.4583")


def test_refunds_never_make_a_cost_negative() -> None:
    line = usage("BoxUsage:m5.large", "-5")

    assert bill(line).monthly_cost([line]) == 0


def test_a_rate_is_what_the_bill_shows_without_commitments() -> None:
    on_demand = usage("USW2-EBS:VolumeUsage.gp3", "8", amount="100", region="us-west-2")
    committed = usage("USW2-EBS:VolumeUsage.gp3", "1", amount="100", region="us-west-2", pricing="Committed")

    the_bill = bill(on_demand, committed)

    assert the_bill.net_rate("us-west-2", "EBS:VolumeUsage.gp3") == Decimal("0.08")
    assert the_bill.net_rate("us-east-1", "EBS:VolumeUsage.gp3") is None


def test_currencies_are_refused_rather_than_added() -> None:
    with pytest.raises(ValueError, match="EUR"):
        bill(usage("BoxUsage:m5.large", currency="EUR"))


def test_a_bill_without_days_is_refused() -> None:
    window = DateRange(start=date(2026, 7, 1), end=date(2026, 7, 31))

    with pytest.raises(ValueError, match="days"):
        Bill(window=window, days=0, currency="USD", usages=())


def test_resources_that_are_no_longer_billed_are_no_subjects() -> None:
    gone = usage("BoxUsage:m5.large", resource_id="i-gone", days=10, ago=5)
    there = usage("BoxUsage:m5.large", resource_id="i-there")

    assert [subject.resource_id for subject in subjects(bill(gone, there), Scope.RESOURCE)] == ["i-there"]


def test_a_line_that_ended_is_not_live_though_its_resource_is() -> None:
    before = usage("BoxUsage:m4.large", days=20, ago=10)
    after = usage("BoxUsage:m6i.large", days=10)

    (subject,) = subjects(bill(before, after), Scope.RESOURCE)

    assert subject.metered("BoxUsage") == (after,)
    assert len(subject.ever_metered("BoxUsage")) == 2


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({"Team": "platform"}, "platform"),
        ({"team": "platform", "Owner": "ann@example.com"}, "ann@example.com"),
        ({"cost_center": "CC-1"}, "CC-1"),
        ({"team": "  "}, None),
        ({"Name": "web"}, None),
    ],
)
def test_the_owner_is_read_from_the_tags(tags: dict[str, str], owner: str | None) -> None:
    assert first_tag([tags], OWNER_KEYS) == owner


def test_the_dearest_line_says_what_an_account_is_for() -> None:
    small = usage("BoxUsage:t3.small", "1", resource_id="a", tags={"env": "dev"})
    large = usage("BoxUsage:m5.large", "90", resource_id="b", tags={"env": "prod"})

    (account,) = subjects(bill(small, large), Scope.ACCOUNT)

    assert account.environment == "prod"
