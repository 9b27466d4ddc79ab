from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Arguments, Detail, Listing, Page, chunks
from cloudops.inventory.metrics import Metric, total
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso

TAGS = "describe_tags"
TAGGED_PER_CALL = 20
NAMESPACE, DIMENSION = "AWS/ELB", "LoadBalancerName"


def tag_requests(items: Sequence[Any], _place: Place) -> Iterable[Arguments]:
    names = [item["LoadBalancerName"] for item in items]
    return ({"LoadBalancerNames": list(chunk)} for chunk in chunks(names, TAGGED_PER_CALL))


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    described = page.found(TAGS, "TagDescriptions")
    tags = {one["LoadBalancerName"]: tags_of(one.get("Tags")) for one in described}
    return (resource_of(item, place, tags.get(item["LoadBalancerName"], {})) for item in page.items)


def resource_of(item: Mapping[str, Any], place: Place, tags: Mapping[str, str]) -> ScannedResource:
    name = item["LoadBalancerName"]
    arn = place.arn("elasticloadbalancing", f"loadbalancer/{name}")
    return ScannedResource(
        resource_id=arn,
        aliases=(name,),
        type="ELB",
        service="AWSELB",
        name=name_in(tags, name),
        arn=arn,
        status="active",
        group_name=item.get("VPCId"),
        metric_name=name,
        tags=tags,
        configuration={
            "type": "classic",
            "scheme": item.get("Scheme"),
            "dnsName": item.get("DNSName"),
            "vpcId": item.get("VPCId"),
            "availabilityZones": item.get("AvailabilityZones", []),
            "instances": [one["InstanceId"] for one in item.get("Instances", ())],
            "protocols": sorted(
                {one["Listener"]["Protocol"] for one in item.get("ListenerDescriptions", ())}
            ),
            "createdAt": iso(item.get("CreatedTime")),
        },
    )


def summed(name: str, key: str) -> Metric:
    """Classic ones report only while requests flow through them."""
    return Metric(
        namespace=NAMESPACE,
        name=name,
        dimension=DIMENSION,
        statistic="Sum",
        figures={key: total},
        silent_at_zero=True,
    )


CLASSIC_LOAD_BALANCERS = Scanner(
    name="classic-load-balancers",
    types=frozenset(("ELB",)),
    listing=Listing(
        client="elb",
        operation="describe_load_balancers",
        items="LoadBalancerDescriptions",
        permission="elasticloadbalancing:DescribeLoadBalancers",
    ),
    details=(
        Detail(
            client="elb",
            operation=TAGS,
            permission="elasticloadbalancing:DescribeTags",
            requests=tag_requests,
            absent=frozenset(("LoadBalancerNotFound",)),
        ),
    ),
    parse=parse,
    metrics=(
        summed("RequestCount", "requestCount"),
        summed("EstimatedProcessedBytes", "processedBytes"),
        summed("HTTPCode_ELB_5XX", "errors5xx"),
    ),
)
