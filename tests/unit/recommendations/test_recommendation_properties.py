from collections import defaultdict
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recommendation_bills import bill, daily, usage

from cloudops.recommendations.bill import Bill, BilledUsage, Discount
from cloudops.recommendations.evaluation import evaluate
from cloudops.recommendations.models import Finding, Verdict
from cloudops.recommendations.savings import best_of_each_group, identified_savings

METERS = [
    ("AmazonEC2", "BoxUsage:m4.large"), ("AmazonEC2", "BoxUsage:m6i.large"), ("AmazonEC2", "BoxUsage:t3.micro"),
    ("AmazonEC2", "SpotUsage:m4.large"), ("AmazonEC2", "EBS:VolumeUsage.gp2"), ("AmazonEC2", "EBS:VolumeUsage.gp3"),
    ("AmazonEC2", "EBS:VolumeUsage"), ("AmazonEC2", "EBS:VolumeIOUsage"), ("AmazonEC2", "EBS:VolumeUsage.piops"),
    ("AmazonEC2", "EBS:VolumeP-IOPS.piops"), ("AmazonEC2", "EBS:SnapshotUsage"), ("AmazonEC2", "NatGateway-Hours"),
    ("AmazonEC2", "NatGateway-Bytes"), ("AmazonEC2", "CPUCredits:t3"), ("AmazonEC2", "UnusedBox:m5.large"),
    ("AmazonEC2", "DataTransfer-Regional-Bytes"), ("AmazonVPC", "PublicIPv4:IdleAddress"),
    ("AWSELB", "LoadBalancerUsage"), ("AWSELB", "LCUUsage"), ("AmazonRDS", "InstanceUsage:db.m4.large"),
    ("AmazonRDS", "Multi-AZUsage:db.r5.large"), ("AmazonRDS", "RDS:GP2-Storage"), ("AmazonRDS", "RDS:GP3-Storage"),
    ("AmazonRDS", "Aurora:StorageUsage"), ("AmazonRDS", "Aurora:StorageIOUsage"),
    ("AmazonRDS", "RDS:ChargedBackupUsage"), ("AmazonRDS", "ExtendedSupport:Yr1-Yr2:MySQL5.7"),
    ("AmazonS3", "TimedStorage-ByteHrs"), ("AmazonS3", "Requests-Tier2"), ("AmazonS3", "EarlyDelete-SIA"),
    ("AmazonDynamoDB", "TimedStorage-ByteHrs"), ("AmazonDynamoDB", "WriteRequestUnits"),
    ("AmazonDynamoDB", "IA-WriteRequestUnits"), ("AmazonDynamoDB", "TimedPITRStorage-ByteHrs"),
    ("AWSLambda", "Lambda-GB-Second"), ("AWSLambda", "Lambda-Provisioned-Concurrency"),
    ("AmazonElastiCache", "NodeUsage:cache.m4.large"), ("ComputeSavingsPlans", "ComputeSP:1yrNoUpfront"),
]  # fmt: skip

money = st.one_of(
    st.decimals(min_value=Decimal(5), max_value=Decimal(5000), places=6),
    st.decimals(min_value=Decimal(-50), max_value=Decimal(5), places=6),
)
amounts = st.decimals(min_value=Decimal(0), max_value=Decimal(100_000), places=6)


@st.composite
def lines(draw: st.DrawFn) -> BilledUsage:
    service, meter = draw(st.sampled_from(METERS))
    days = draw(st.sampled_from([30, 30, 30, 12, 3]))
    return usage(
        draw(st.sampled_from(["", "USW2-", "EU-"])) + meter,
        str(draw(money)),
        amount=str(draw(st.one_of(amounts, st.just(Decimal(720))))),
        days=days,
        ago=draw(st.sampled_from([0, 0, 0, 0, min(5, 30 - days)])),
        pricing=draw(st.sampled_from(["OnDemand", "OnDemand", "OnDemand", "Committed", None])),
        tags=draw(st.sampled_from([{}, {"env": "dev"}, {"env": "prod", "team": "web"}, {"env": "Prod"}])),
        service=service,
        region=draw(st.sampled_from(["us-east-1", "us-east-1", "us-west-2"])),
        resource_id=draw(st.sampled_from(["r-1", "r-1", "r-2", None])),
        operation=draw(st.sampled_from(["RunInstances", "RunInstances", "CreateDBInstance:0021", None])),
        list_cost=draw(st.one_of(st.none(), money)),
        charge_category=draw(
            st.sampled_from(["Usage", "Usage", "Usage", "Usage", "Usage", "Purchase", "Tax"])
        ),
    )


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    growing = [float(n + 1) for n in range(draw(st.sampled_from([0, 10, 30])))]
    series = [daily("EBS:SnapshotUsage", growing)] if growing else []
    rebate = Discount(account_id="111122223333", service="AmazonEC2", effective_cost=draw(money) * -1)
    return bill(
        *draw(st.lists(lines(), min_size=5, max_size=25)),
        series=series,
        discounts=draw(st.sampled_from([[], [rebate]])),
    )


thorough = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@thorough
@given(bills())
def test_savings_lie_between_nothing_and_the_cost_of_what_they_concern(the_bill: Bill) -> None:
    for finding in evaluate(the_bill).findings:
        if finding.monthly_savings is not None:
            covered = Decimal(str(finding.evidence["cost_covered_by_commitments"]))
            uncovered = Decimal(str(finding.evidence["cost_without_commitments"]))
            assert 0 <= finding.monthly_savings <= uncovered
            assert covered >= 0


@thorough
@given(bills())
def test_savings_of_a_resource_never_exceed_what_its_usage_costs(the_bill: Bill) -> None:
    by_resource: dict[tuple[str, str | None, str], list[Finding]] = defaultdict(list)
    for finding in best_of_each_group(evaluate(the_bill).findings):
        if finding.resource_id:
            by_resource[finding.service or "", finding.region, finding.resource_id].append(finding)

    for (service, region, resource_id), findings in by_resource.items():
        own = [
            line
            for line in the_bill.usages
            if (line.service, line.region, line.resource_id) == (service, region, resource_id)
            and line.is_usage
            and line.effective_cost > 0
        ]
        assert sum(finding.monthly_savings or 0 for finding in findings) <= the_bill.monthly_cost(own)


@thorough
@given(bills(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(the_bill: Bill, random: Random) -> None:
    shuffled = list(the_bill.usages)
    random.shuffle(shuffled)
    again = bill(*shuffled, series=the_bill.series, discounts=the_bill.discounts)

    assert evaluate(again) == evaluate(the_bill)


@thorough
@given(bills())
def test_every_finding_is_in_the_ledger_once(the_bill: Bill) -> None:
    report = evaluate(the_bill)

    flagged = [line for line in report.coverage if line.verdict is Verdict.FLAGGED]
    places = [
        (line.check_id, line.account_id, line.service, line.region, line.resource_id)
        for line in report.coverage
    ]
    assert len(flagged) == len(report.findings)
    assert len(places) == len(set(places))
    assert len({finding.natural_key for finding in report.findings}) == len(report.findings)


@thorough
@given(bills())
def test_identified_savings_are_at_most_the_usage_of_the_bill(the_bill: Bill) -> None:
    positive = [line for line in the_bill.usages if line.is_usage and line.effective_cost > 0]

    assert identified_savings(evaluate(the_bill).findings).get("USD", Decimal(0)) <= the_bill.monthly_cost(
        positive
    )
