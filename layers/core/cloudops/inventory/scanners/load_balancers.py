"""Application, network and gateway load balancers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Arguments, Detail, Listing, Page, chunks
from cloudops.inventory.metrics import Metric, mean, p95, total
from cloudops.inventory.models import Json, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso

TAGS = "describe_tags"
# elasticloadbalancing:DescribeTags takes up to 20 of them.
TAGGED_PER_CALL = 20
REPORTING = {"ApplicationELB": "ALB", "NetworkELB": "NLB", "GatewayELB": "GWLB"}
TYPES = {"application": "ALB", "network": "NLB", "gateway": "GWLB"}


def tag_requests(items: Sequence[Any], _place: Place) -> Iterable[Arguments]:
    arns = [item["LoadBalancerArn"] for item in items]
    return ({"ResourceArns": list(chunk)} for chunk in chunks(arns, TAGGED_PER_CALL))


def parse(page: Page, _place: Place) -> Iterator[ScannedResource]:
    tags = {one["ResourceArn"]: tags_of(one.get("Tags")) for one in page.found(TAGS, "TagDescriptions")}
    return (resource_of(item, tags.get(item["LoadBalancerArn"], {})) for item in page.items)


def resource_of(item: Mapping[str, Any], tags: Mapping[str, str]) -> ScannedResource:
    arn = item["LoadBalancerArn"]
    return ScannedResource(
        resource_id=arn,
        type=TYPES.get(item.get("Type", "application"), "ELB"),
        service="AWSELB",
        name=name_in(tags, item["LoadBalancerName"]),
        arn=arn,
        status=item.get("State", {}).get("Code"),
        group_name=item.get("VpcId"),
        metric_name=arn.partition(":loadbalancer/")[2],
        tags=tags,
        configuration=configuration_of(item),
    )


def configuration_of(item: Mapping[str, Any]) -> dict[str, Json]:
    return {
        "type": item.get("Type", "application"),
        "scheme": item.get("Scheme"),
        "dnsName": item.get("DNSName"),
        "vpcId": item.get("VpcId"),
        "availabilityZones": [zone["ZoneName"] for zone in item.get("AvailabilityZones", ())],
        "createdAt": iso(item.get("CreatedTime")),
    }


def summed(namespace: str, name: str, key: str) -> Metric:
    """Application ones report only counts above zero, network ones always report."""
    return Metric(
        namespace=f"AWS/{namespace}",
        name=name,
        dimension="LoadBalancer",
        statistic="Sum",
        figures={key: total},
        only=frozenset((REPORTING[namespace],)),
        silent_at_zero=namespace == "ApplicationELB",
    )


LOAD_BALANCERS = Scanner(
    name="load-balancers",
    types=frozenset(("ALB", "NLB", "GWLB")),
    listing=Listing(
        client="elbv2",
        operation="describe_load_balancers",
        items="LoadBalancers",
        permission="elasticloadbalancing:DescribeLoadBalancers",
    ),
    details=(
        Detail(
            client="elbv2",
            operation=TAGS,
            permission="elasticloadbalancing:DescribeTags",
            requests=tag_requests,
            absent=frozenset(("LoadBalancerNotFound",)),
        ),
    ),
    parse=parse,
    metrics=(
        summed("ApplicationELB", "RequestCount", "requestCount"),
        summed("ApplicationELB", "HTTPCode_ELB_5XX_Count", "errors5xx"),
        Metric(
            namespace="AWS/ApplicationELB",
            name="TargetResponseTime",
            dimension="LoadBalancer",
            statistic="Average",
            figures={"targetResponseTime": mean, "targetResponseTimeP95": p95},
            only=frozenset(("ALB",)),
        ),
        summed("NetworkELB", "ProcessedBytes", "processedBytes"),
        summed("NetworkELB", "NewFlowCount", "newFlows"),
        summed("GatewayELB", "ProcessedBytes", "processedBytes"),
    ),
)
