from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.recommendations.alert_advice import AlertDriver, AlertFacts, for_alert
from cloudops.recommendations.models import ActionType


def facts(service: str | None, *drivers: tuple[str, str, int], excess: int = 100) -> AlertFacts:
    return AlertFacts(
        alert_type="cost",
        service=service,
        account_id="444455556666",
        excess_per_day=Decimal(excess),
        currency="USD",
        drivers=tuple(AlertDriver(dimension=d, value=v, change=Decimal(c)) for d, v, c in drivers),
        owner="data-science",
    )


@pytest.mark.parametrize(
    ("service", "driver", "expected"),
    [
        ("AmazonEC2", ("usage_type", "BoxUsage:p3.2xlarge", 90), "EC2-19"),
        ("AmazonEC2", ("instance_type", "g5.12xlarge", 90), "EC2-19"),
        ("AmazonEC2", ("usage_type", "BoxUsage:m5.large", 90), "EC2-01"),
        ("AmazonEC2", ("resource_id", "i-0abc", 90), "EC2-01"),
        ("AmazonEC2", ("usage_type", "DataTransfer-Out-Bytes", 90), "NET-17"),
        ("AmazonEC2", ("usage_type", "USE1-EBS-DataTransfer-Regional-Bytes", 90), "NET-16"),
        ("AmazonEC2", ("usage_type", "NatGateway-Bytes", 90), "NET-07"),
        ("AmazonEC2", ("usage_type", "EBS:SnapshotUsage", 90), "EBS-10"),
        ("AmazonS3", ("usage_type", "TimedStorage-ByteHrs", 90), "S3-01"),
        ("AmazonS3", ("usage_type", "Requests-Tier2", 90), "S3-14"),
        ("AmazonRDS", ("usage_type", "InstanceUsage:db.r5.4xlarge", 90), "RDS-02"),
        ("AmazonRDS", ("usage_type", "RDS:ChargedBackupUsage", 90), "RDS-15"),
        ("AmazonCloudWatch", ("usage_type", "DataProcessing-Bytes", 90), "CWL-05"),
        ("AWSLambda", ("usage_type", "Lambda-GB-Second", 90), "LAM-03"),
        ("AmazonDynamoDB", ("usage_type", "WriteRequestUnits", 90), "DDB-04"),
        ("Virtual Machines", ("resource_id", "vm-7", 90), "GOV-10"),
        ("AmazonEC2", ("account_id", "444455556666", 90), "GOV-10"),
    ],
)
def test_advice_follows_the_driver(service: str, driver: tuple[str, str, int], expected: str) -> None:
    first, *_ = for_alert(facts(service, driver))

    assert first.check_id == expected


def test_the_largest_driver_speaks_first_and_two_at_most() -> None:
    advice = for_alert(
        facts(
            "AmazonEC2",
            ("usage_type", "DataTransfer-Out-Bytes", 20),
            ("usage_type", "BoxUsage:p3.2xlarge", 70),
            ("usage_type", "EBS:SnapshotUsage", 10),
        )
    )

    assert [one.check_id for one in advice] == ["EC2-19", "NET-17"]


def test_small_movements_beside_a_large_one_get_no_advice() -> None:
    advice = for_alert(
        facts("AmazonEC2", ("usage_type", "BoxUsage:p3.2xlarge", 70), ("usage_type", "EBS:SnapshotUsage", 5))
    )

    assert [one.check_id for one in advice] == ["EC2-19"]


def test_what_fell_does_not_explain_what_rose() -> None:
    advice = for_alert(
        facts("AmazonEC2", ("usage_type", "BoxUsage:p3.2xlarge", -70), ("usage_type", "NatGateway-Bytes", 10))
    )

    assert [one.check_id for one in advice] == ["NET-07"]


def test_the_service_alone_is_enough() -> None:
    (advice, *_) = for_alert(facts("AmazonRDS", ("account_id", "444455556666", 90)))

    assert advice.check_id.startswith("RDS-")
    assert advice.driver is None


def test_spend_that_fell_may_be_a_failure() -> None:
    (advice,) = for_alert(facts("AmazonEC2", ("usage_type", "BoxUsage:m5.large", -90), excess=-90))

    assert advice.check_id == "GOV-10"
    assert "failure" in advice.action_steps[0]


@pytest.mark.parametrize("metric", ["5xx_count", "p95_latency_ms", "queue_depth", None])
def test_reliability_alerts_get_advice(metric: str | None) -> None:
    alert = AlertFacts(
        alert_type="reliability", excess_per_day=Decimal(5), metric_name=metric, resource_id="checkout"
    )

    (advice,) = for_alert(alert)

    assert advice.check_id == "REL-12"
    assert len(advice.action_steps) >= 2


def test_advice_names_impact_and_owner() -> None:
    (advice, *_) = for_alert(facts("AmazonEC2", ("usage_type", "BoxUsage:p3.2xlarge", 90)))

    assert advice.impact == "100.00 USD a day, 3,043.75 USD a month if it stays."
    assert advice.owner == "data-science"
    assert advice.type is ActionType.TERMINATE
    assert "p3.2xlarge" in advice.title


texts = st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["AmazonEC2", "AmazonS3", "AmazonRDS"]))
driver_lists = st.lists(
    st.builds(
        AlertDriver,
        dimension=st.sampled_from(["usage_type", "account_id", "resource_id", "service"]),
        value=st.text(max_size=30),
        change=st.decimals(min_value=-1000, max_value=1000, places=2),
    ),
    max_size=5,
)


@given(
    st.sampled_from(["cost", "reliability"]),
    texts,
    st.decimals(min_value=-1000, max_value=1000, places=2),
    driver_lists,
)
def test_every_alert_gets_advice_that_can_be_followed(
    alert_type: str, service: str | None, excess: Decimal, drivers: list[AlertDriver]
) -> None:
    alert = AlertFacts(
        alert_type=alert_type, service=service, excess_per_day=excess, currency="USD", drivers=tuple(drivers)
    )

    advice = for_alert(alert)

    assert 1 <= len(advice) <= 2
    assert all(one.title and one.action_steps and one.impact for one in advice)
    assert for_alert(alert) == advice
