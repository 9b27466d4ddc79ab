from decimal import Decimal

import pytest
from recommendation_bills import bill, daily, judged, saved, usage, verdict

from cloudops.recommendations.bill import BilledUsage
from cloudops.recommendations.checks import costly_meters, ended_by_removal, idle_traffic
from cloudops.recommendations.checks.aurora_io import AURORA_IO
from cloudops.recommendations.checks.commitments import LOW_COVERAGE, UNUSED_RESERVATION, UNUSED_SAVINGS_PLAN
from cloudops.recommendations.checks.environment_extras import DYNAMODB_RECOVERY, FARGATE_ON_ARM, RDS_MULTI_AZ
from cloudops.recommendations.checks.extended_support import (
    EKS_EXTENDED_SUPPORT,
    ELASTICACHE_EXTENDED_SUPPORT,
    OPENSEARCH_EXTENDED_SUPPORT,
    RDS_EXTENDED_SUPPORT,
)
from cloudops.recommendations.checks.lambda_functions import LAMBDA_CONCURRENCY, LAMBDA_ON_ARM
from cloudops.recommendations.checks.log_ingestion import LOG_INGESTION
from cloudops.recommendations.checks.security_services import SECURITY_SERVICES
from cloudops.recommendations.checks.small_gateways import CLASSIC_LOAD_BALANCER, SMALL_NAT_GATEWAY
from cloudops.recommendations.checks.tag_hygiene import OWNERLESS_SPEND, TAG_SPELLING
from cloudops.recommendations.models import Check, Proposal

CARRIERS = [
    (idle_traffic.IDLE_NAT_GATEWAY, "NatGateway-Hours", "NatGateway-Bytes"),
    (idle_traffic.IDLE_ENDPOINT, "VpcEndpoint-Hours", "VpcEndpoint-Bytes"),
    (idle_traffic.IDLE_GATEWAY_ENDPOINT, "VpcEndpoint-GWLBE-Hours", "VpcEndpoint-GWLBE-Bytes"),
    (idle_traffic.IDLE_LOAD_BALANCER, "LoadBalancerUsage", "LCUUsage"),
    (idle_traffic.IDLE_LOAD_BALANCER, "LoadBalancerUsage", "DataProcessing-Bytes"),
    (idle_traffic.IDLE_ATTACHMENT, "TransitGateway-Hours", "TransitGateway-Bytes"),
]


@pytest.mark.parametrize(("check", "hours", "traffic"), CARRIERS)
def test_hours_without_traffic_are_idle(check: Check, hours: str, traffic: str) -> None:
    assert verdict(check, usage(f"USW2-{hours}")) == "flagged"
    assert verdict(check, usage(f"USW2-{hours}"), usage(f"USW2-{traffic}", amount="0")) == "flagged"
    assert verdict(check, usage(f"USW2-{hours}"), usage(f"USW2-{traffic}", amount="50")) == "fine"
    assert verdict(check, usage(f"USW2-{traffic}", amount="50")) == "silent"


@pytest.mark.parametrize(("check", "hours", "traffic"), CARRIERS)
def test_traffic_early_in_the_window_counts(check: Check, hours: str, traffic: str) -> None:
    assert verdict(check, usage(hours), usage(traffic, amount="50", days=5, ago=20)) == "fine"


@pytest.mark.parametrize(("check", "hours", "traffic"), CARRIERS)
def test_idleness_takes_a_week(check: Check, hours: str, traffic: str) -> None:
    assert verdict(check, usage(hours, days=6)) == "unknown"


@pytest.mark.parametrize(("check", "hours", "traffic"), CARRIERS)
def test_unnamed_carriers_are_only_idle_together(check: Check, hours: str, traffic: str) -> None:
    assert verdict(check, usage(hours, resource_id=None)) == "flagged"
    busy = usage(traffic, amount="50", resource_id=None)
    assert verdict(check, usage(hours, resource_id=None), busy) == "unknown"


def test_an_idle_gateway_saves_all_its_hours() -> None:
    assert saved(idle_traffic.IDLE_NAT_GATEWAY, usage("NatGateway-Hours", "32.40")) == Decimal("32.87")


@pytest.mark.parametrize(("gigabytes", "expected"), [("0.5", "flagged"), ("20", "fine"), ("0", "silent")])
def test_a_gateway_that_hardly_carries_anything_may_be_merged(gigabytes: str, expected: str) -> None:
    assert (
        verdict(SMALL_NAT_GATEWAY, usage("NatGateway-Hours"), usage("NatGateway-Bytes", amount=gigabytes))
        == expected
    )


@pytest.mark.parametrize(
    ("operation", "expected"),
    [("LoadBalancing", "flagged"), ("LoadBalancing:Application", "fine"), (None, "unknown")],
)
def test_classic_load_balancers_are_told_by_their_operation(operation: str | None, expected: str) -> None:
    assert verdict(CLASSIC_LOAD_BALANCER, usage("LoadBalancerUsage", operation=operation)) == expected


@pytest.mark.parametrize(
    ("check", "service", "surcharge", "runs"),
    [
        (RDS_EXTENDED_SUPPORT, "AmazonRDS", "ExtendedSupport:Yr1-Yr2:MySQL5.7", "InstanceUsage:db.m5.large"),
        (
            ELASTICACHE_EXTENDED_SUPPORT,
            "AmazonElastiCache",
            "ExtendedSupport:Yr1-Yr2:Redis5",
            "NodeUsage:cache.m5.large",
        ),
        (OPENSEARCH_EXTENDED_SUPPORT, "AmazonES", "ExtendedSupport", "ESInstance:m5.large"),
        (EKS_EXTENDED_SUPPORT, "AmazonEKS", "AmazonEKS-Hours:extendedSupport", "AmazonEKS-Hours:perCluster"),
    ],
)
def test_extended_support_is_a_surcharge_that_an_upgrade_ends(
    check: Check, service: str, surcharge: str, runs: str
) -> None:
    running = usage(runs, "70", service=service)

    assert saved(check, running, usage(f"EUC1-{surcharge}", "100", service=service)) == Decimal("101.46")
    assert verdict(check, running) == "fine"
    assert verdict(check, running, usage(surcharge, "2", service=service)) == "fine"
    assert verdict(check, usage("DataTransfer-Out-Bytes", service=service)) == "silent"


@pytest.mark.parametrize(
    ("check", "usage_type", "least_days"),
    [
        (ended_by_removal.IDLE_ADDRESS, "USE1-PublicIPv4:IdleAddress", 7),
        (ended_by_removal.IDLE_ADDRESS, "EU-ElasticIP:IdleAddress", 7),
        (ended_by_removal.UNUSED_CAPACITY_RESERVATION, "UnusedBox:m5.large", 7),
        (ended_by_removal.FAST_SNAPSHOT_RESTORE, "EBS:FastSnapshotRestore", 25),
        (ended_by_removal.SURPLUS_CREDITS, "USW2-CPUCredits:t3", 1),
        (ended_by_removal.EARLY_DELETION, "EarlyDelete-SIA", 1),
        (ended_by_removal.SECOND_TRAIL, "USE1-PaidEventsRecorded", 7),
    ],
)
def test_pure_waste_saves_all_of_itself_once_it_lasts(check: Check, usage_type: str, least_days: int) -> None:
    assert saved(check, usage(usage_type, "30", days=least_days)) == Decimal("30.44")
    assert verdict(check, usage("BoxUsage:m5.large")) == "silent"
    if least_days > 1:
        assert verdict(check, usage(usage_type, days=least_days - 1)) == "unknown"


def test_an_address_in_use_is_not_idle() -> None:
    assert verdict(ended_by_removal.IDLE_ADDRESS, usage("PublicIPv4:InUseAddress")) == "silent"


@pytest.mark.parametrize(
    ("check", "usage_type", "expected"),
    [
        (RDS_MULTI_AZ, "Multi-AZUsage:db.m5.large", Decimal("50.73")),
        (DYNAMODB_RECOVERY, "TimedPITRStorage-ByteHrs", Decimal("101.46")),
        (FARGATE_ON_ARM, "USE1-Fargate-vCPU-Hours:perCPU", Decimal("20.20")),
    ],
)
def test_extras_outside_production_save_their_part(check: Check, usage_type: str, expected: Decimal) -> None:
    assert saved(check, usage(usage_type, "100", tags={"env": "dev"})) == expected
    assert verdict(check, usage(usage_type, "100", tags={"env": "production"})) == "fine"
    assert verdict(check, usage(usage_type, "100")) == "unknown"


def test_fargate_on_arm_already_does_not_concern_it() -> None:
    assert verdict(FARGATE_ON_ARM, usage("Fargate-ARM-vCPU-Hours:perCPU", tags={"env": "dev"})) == "silent"


def aurora(compute: str, storage: str, io: str) -> list[BilledUsage]:
    return [
        usage("InstanceUsage:db.r6g.large", compute, operation="CreateDBInstance:0021", service="AmazonRDS"),
        usage("Aurora:StorageUsage", storage, service="AmazonRDS"),
        usage("Aurora:StorageIOUsage", io, service="AmazonRDS"),
    ]


@pytest.mark.parametrize(
    ("compute", "storage", "io", "expected"),
    [("100", "20", "100", "flagged"), ("100", "20", "30", "fine"), ("100", "60", "80", "fine")],
)
def test_aurora_switches_where_io_outweighs_the_surcharge(
    compute: str, storage: str, io: str, expected: str
) -> None:
    assert verdict(AURORA_IO, *aurora(compute, storage, io)) == expected


def test_aurora_saves_the_io_less_dearer_compute_and_storage() -> None:
    # (100 - 30 - 25) x 30.4375 / 30.
    assert saved(AURORA_IO, *aurora("100", "20", "100")) == Decimal("45.66")


def test_functions_on_x86_could_run_on_arm() -> None:
    assert saved(LAMBDA_ON_ARM, usage("Lambda-GB-Second", "100", service="AWSLambda")) == Decimal("20.28")
    assert verdict(LAMBDA_ON_ARM, usage("Lambda-GB-Second-ARM", service="AWSLambda")) == "silent"


@pytest.mark.parametrize(("used", "expected"), [("100", "flagged"), ("700", "fine"), ("0", "flagged")])
def test_provisioned_concurrency_should_be_used(used: str, expected: str) -> None:
    kept = usage("Lambda-Provisioned-Concurrency", amount="1000", service="AWSLambda")
    ran = usage("Lambda-Provisioned-GB-Second", amount=used, service="AWSLambda")

    assert verdict(LAMBDA_CONCURRENCY, kept, ran) == expected


@pytest.mark.parametrize(
    ("check", "usage_type", "dear", "cheap"),
    [
        (costly_meters.CROSS_ZONE_TRANSFER, "USE1-EBS-DataTransfer-Regional-Bytes", "60", "40"),
        (costly_meters.CROSS_ZONE_TRANSFER, "DataTransfer-xAZ-In-Bytes", "60", "40"),
        (costly_meters.INTERNET_EGRESS, "DataTransfer-Out-Bytes", "120", "90"),
        (costly_meters.NAT_TRAFFIC, "NatGateway-Bytes", "60", "40"),
        (costly_meters.CUSTOM_METRICS, "CW:MetricMonitorUsage", "60", "40"),
        (costly_meters.METRIC_POLLING, "CW:GMD-Metrics", "12", "8"),
        (costly_meters.DATA_EVENTS, "DataEventsRecorded", "25", "15"),
        (costly_meters.CONFIG_ITEMS, "ConfigurationItemRecorded", "25", "15"),
        (costly_meters.KMS_REQUESTS, "us-east-1-KMS-Requests", "40", "20"),
    ],
)
def test_meters_deserve_a_look_from_some_cost_on(
    check: Check, usage_type: str, dear: str, cheap: str
) -> None:
    assert saved(check, usage(usage_type, dear)) is None
    assert verdict(check, usage(usage_type, cheap)) == "fine"
    assert verdict(check, usage("BoxUsage:m5.large")) == "silent"


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([10] * 27 + [30] * 3, "flagged"), ([10] * 30, "fine"), ([10] * 10, "unknown")],
)
def test_log_ingestion_that_jumped_is_noticed(amounts: list[float], expected: str) -> None:
    line = usage("DataProcessing-Bytes", service="AmazonCloudWatch")

    assert verdict(
        LOG_INGESTION, line, series=[daily("DataProcessing-Bytes", amounts, service="AmazonCloudWatch")]
    ) == (expected)


@pytest.mark.parametrize(("security", "expected"), [("30", "flagged"), ("4", "fine")])
def test_security_services_should_stay_in_proportion(security: str, expected: str) -> None:
    guard = usage("PaidEventsAnalyzed", security, service="AmazonGuardDuty")

    assert verdict(SECURITY_SERVICES, guard, usage("BoxUsage:m5.large", "300")) == expected


@pytest.mark.parametrize(
    ("check", "line", "expected"),
    [
        (UNUSED_SAVINGS_PLAN, usage("ComputeSP:3yrNoUpfront", "20", charge_category="Purchase"), "flagged"),
        (UNUSED_SAVINGS_PLAN, usage("ComputeSP:3yrNoUpfront", "0", charge_category="Purchase"), "fine"),
        (UNUSED_SAVINGS_PLAN, usage("HeavyUsage:m5.large", "20", charge_category="Purchase"), "silent"),
        (UNUSED_RESERVATION, usage("HeavyUsage:m5.large", "20", charge_category="Purchase"), "flagged"),
        (UNUSED_RESERVATION, usage(None, "20", charge_category="Purchase", pricing="Standard"), "flagged"),
        (
            UNUSED_RESERVATION,
            usage(None, "20", charge_category="Purchase", service="AWSSupportBusiness"),
            "silent",
        ),
        (UNUSED_RESERVATION, usage("BoxUsage:m5.large", "20", pricing="Committed"), "silent"),
        (
            UNUSED_SAVINGS_PLAN,
            usage(None, "20", pricing="Committed", resource_id="arn:aws:savingsplans::1:savingsplan/ab"),
            "flagged",
        ),
    ],
)
def test_a_purchase_keeps_the_cost_of_what_went_unused(
    check: Check, line: BilledUsage, expected: str
) -> None:
    assert verdict(check, line) == expected


@pytest.mark.parametrize(
    ("on_demand", "committed", "expected"),
    [("300", "100", "flagged"), ("300", "2000", "fine"), ("50", "10", "fine")],
)
def test_little_coverage_is_noticed(on_demand: str, committed: str, expected: str) -> None:
    lines = [
        usage("BoxUsage:m5.large", on_demand, resource_id="i-1"),
        usage("BoxUsage:c5.large", committed, resource_id="i-2", pricing="Committed"),
    ]

    assert verdict(LOW_COVERAGE, *lines) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [({}, "flagged"), ({"Name": "web"}, "flagged"), ({"Team": "web"}, "fine"), ({"owner": "ann"}, "fine")],
)
def test_spend_needs_an_owner(tags: dict[str, str], expected: str) -> None:
    assert verdict(OWNERLESS_SPEND, usage("BoxUsage:m5.large", "100", tags=tags)) == expected


def test_spend_without_resources_cannot_be_tagged() -> None:
    assert verdict(OWNERLESS_SPEND, usage("DataTransfer-Out-Bytes", resource_id=None)) == "unknown"


def test_ownerless_spend_of_any_provider_is_named_by_share() -> None:
    owned = usage("BoxUsage:m5.large", "75", tags={"team": "web"}, provider="azure")
    stray = usage("BoxUsage:m5.large", "25", resource_id="stray", provider="azure")

    ((_, found),) = judged(OWNERLESS_SPEND, bill(owned, stray))

    assert isinstance(found, Proposal)
    assert found.facts["share"] == "0.2500"
    assert found.facts["largest"] == ["stray: 25.36"]


@pytest.mark.parametrize(
    ("values", "key", "expected"),
    [
        (("Prod", "prod"), "environment", "flagged"),
        (("data-science", "data science"), "team", "flagged"),
        (("prod", "dev"), "environment", "fine"),
        (("Web", "web"), "Name", "fine"),
    ],
)
def test_values_that_differ_in_spelling_alone_are_one(
    values: tuple[str, ...], key: str, expected: str
) -> None:
    lines = [
        usage("BoxUsage:m5.large", resource_id=f"i-{n}", tags={key: value}) for n, value in enumerate(values)
    ]

    assert verdict(TAG_SPELLING, *lines) == expected
