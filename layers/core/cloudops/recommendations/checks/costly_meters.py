"""Meters that deserve a look once they cost real money; what can be saved is not on the bill."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from cloudops.recommendations.bill import Bill, BilledUsage
from cloudops.recommendations.models import (
    ActionType,
    Check,
    Component,
    Fine,
    Judgement,
    Kind,
    Proposal,
    RiskClass,
)
from cloudops.recommendations.subjects import Scope, Subject

TOP = 5


def judge_costly(
    *,
    lines_of: Callable[[Subject], tuple[BilledUsage, ...]],
    noun: str,
    title: str,
    least_cost: int,
    confidence: str,
    steps: tuple[str, ...],
) -> Callable[[Subject, Bill], Judgement | None]:
    def judge(subject: Subject, bill: Bill) -> Judgement | None:
        lines = lines_of(subject)
        if not lines:
            return None
        cost = bill.monthly_cost(lines)
        if cost < least_cost:
            return Fine(reason=f"{noun} costs less than {least_cost} {bill.currency} a month.")
        return Proposal(
            title=f"{title} in {subject.account_name or subject.account_id}",
            description=f"{noun} costs {cost:,.2f} {bill.currency} a month"
            f"{f' in {subject.region}' if subject.region else ''}.",
            impact=f"Part of {cost:,.2f} {bill.currency} a month; how much shows once the causes are known.",
            steps=steps,
            lines=lines,
            saving=None,
            confidence=Decimal(confidence),
            facts={"amount_per_month": f"{bill.monthly_amount(lines):.1f}", "largest": largest(lines, bill)},
        )

    return judge


def largest(lines: Iterable[BilledUsage], bill: Bill) -> list[str]:
    dearest = sorted(lines, key=lambda line: (-line.effective_cost, line.sort_key))[:TOP]
    return [f"{line.resource_id or line.usage_type}: {bill.monthly_cost([line]):.2f}" for line in dearest]


def starting(*prefixes: str) -> Callable[[Subject], tuple[BilledUsage, ...]]:
    return lambda subject: subject.metered(*prefixes)


def containing(*parts: str) -> Callable[[Subject], tuple[BilledUsage, ...]]:
    return lambda subject: tuple(
        line for line in subject.live if line.is_usage and any(part in line.meter for part in parts)
    )


def egress(subject: Subject) -> tuple[BilledUsage, ...]:
    return tuple(
        line for line in subject.metered("DataTransfer-Out-Bytes") if "CloudFront" not in line.service
    )


def costly_check(
    check_id: str,
    name: str,
    judge: Callable[[Subject, Bill], Judgement | None],
    *,
    risk: RiskClass,
    component: Component,
    scope: Scope = Scope.ACCOUNT,
) -> Check:
    return Check(
        id=check_id,
        name=name,
        kind=Kind.COST_OPTIMIZATION,
        type=ActionType.REVIEW,
        risk=risk,
        component=component,
        scope=scope,
        judge=judge,
    )


CROSS_ZONE_TRANSFER = costly_check(
    "NET-16",
    "Traffic between zones",
    judge_costly(
        lines_of=containing("DataTransfer-Regional-Bytes", "DataTransfer-xAZ"),
        noun="Traffic between availability zones",
        title="Cut traffic between zones",
        least_cost=50,
        confidence="0.6",
        steps=(
            "Find the pairs that talk most in the VPC flow logs of the resources listed.",
            "Keep callers in the zone of what they call: zonal endpoints, topology-aware routing, replicas.",
            "Use private addresses: traffic over public ones is billed even within a zone.",
        ),
    ),
    risk=RiskClass.A,
    component=Component.TRANSFER,
)

INTERNET_EGRESS = costly_check(
    "NET-17",
    "Traffic to the internet",
    judge_costly(
        lines_of=egress,
        noun="Traffic to the internet",
        title="Serve internet traffic from the edge",
        least_cost=100,
        confidence="0.4",
        steps=(
            "Split the traffic into what browsers fetch and what servers exchange.",
            "Put what browsers fetch behind CloudFront; compress it and cache it.",
            "Reach AWS services through VPC endpoints instead of public addresses.",
        ),
    ),
    risk=RiskClass.A,
    component=Component.TRANSFER,
)

NAT_TRAFFIC = costly_check(
    "NET-07",
    "Traffic through NAT gateways",
    judge_costly(
        lines_of=starting("NatGateway-Bytes"),
        noun="Traffic through NAT gateways",
        title="Take AWS traffic off the NAT gateways",
        least_cost=50,
        confidence="0.4",
        steps=(
            "See in the flow logs how much goes to S3 and DynamoDB.",
            "Create gateway endpoints for both; they are free. Mind bucket policies that name addresses.",
            "Create interface endpoints for the next largest services.",
        ),
    ),
    risk=RiskClass.B,
    component=Component.TRANSFER,
)

CUSTOM_METRICS = costly_check(
    "CWM-01",
    "Custom metrics",
    judge_costly(
        lines_of=starting("CW:MetricMonitorUsage"),
        noun="Custom metrics",
        title="Drop dimensions of custom metrics",
        least_cost=50,
        confidence="0.5",
        steps=(
            "Count metrics by namespace and dimension.",
            "Drop dimensions such as request or container ids that no alarm uses.",
        ),
    ),
    risk=RiskClass.B,
    component=Component.MONITORING,
    scope=Scope.SERVICE,
)

METRIC_POLLING = costly_check(
    "CWM-03",
    "Metric polling",
    judge_costly(
        lines_of=starting("CW:GMD-Metrics"),
        noun="Polling metrics",
        title="Replace metric polling by a stream",
        least_cost=10,
        confidence="0.6",
        steps=(
            "Find which vendor or script polls.",
            "Poll less often, fewer namespaces, or use a metric stream.",
        ),
    ),
    risk=RiskClass.A,
    component=Component.REQUESTS,
    scope=Scope.SERVICE,
)

DATA_EVENTS = costly_check(
    "CT-02",
    "Data events of CloudTrail",
    judge_costly(
        lines_of=starting("DataEventsRecorded"),
        noun="Recording data events",
        title="Record fewer data events",
        least_cost=20,
        confidence="0.5",
        steps=(
            "See which buckets and functions are recorded.",
            "Narrow the selectors with the security owner.",
        ),
    ),
    risk=RiskClass.C,
    component=Component.REQUESTS,
    scope=Scope.SERVICE,
)

CONFIG_ITEMS = costly_check(
    "CFG-01",
    "Configuration items",
    judge_costly(
        lines_of=starting("ConfigurationItemRecorded"),
        noun="Recording configuration items",
        title="Record fewer configuration items",
        least_cost=20,
        confidence="0.5",
        steps=(
            "Count items by resource type, and look for a second recorder in the region.",
            "Record short-lived types daily instead of continuously, where no control depends on it.",
        ),
    ),
    risk=RiskClass.C,
    component=Component.MONITORING,
    scope=Scope.SERVICE,
)

KMS_REQUESTS = costly_check(
    "S3-13",
    "Key requests",
    judge_costly(
        lines_of=containing("KMS-Requests"),
        noun="Requests to KMS",
        title="Use bucket keys",
        least_cost=30,
        confidence="0.4",
        steps=(
            "See in CloudTrail which buckets cause the requests.",
            "Turn on the bucket key for those encrypted with KMS; it works for new objects.",
        ),
    ),
    risk=RiskClass.A,
    component=Component.REQUESTS,
)
