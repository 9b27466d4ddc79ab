from collections.abc import Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.metrics import DAY, Metric, gigabytes_per_month, total
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso

NAMESPACE, DIMENSION = "AWS/NATGateway", "NatGatewayId"


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    return (resource_of(item, place) for item in page.items)


def resource_of(item: Mapping[str, Any], place: Place) -> ScannedResource:
    gateway_id, tags = item["NatGatewayId"], tags_of(item.get("Tags"))
    arn = place.arn("ec2", f"natgateway/{gateway_id}")
    addresses = item.get("NatGatewayAddresses", ())
    return ScannedResource(
        resource_id=arn,
        aliases=(gateway_id,),
        type="NAT Gateway",
        service="AmazonEC2",
        name=name_in(tags, gateway_id),
        arn=arn,
        status=item["State"],
        group_name=item.get("VpcId"),
        metric_name=gateway_id,
        tags=tags,
        configuration={
            "natGatewayId": gateway_id,
            "connectivityType": item.get("ConnectivityType", "public"),
            "vpcId": item.get("VpcId"),
            "subnetId": item.get("SubnetId"),
            "addresses": [one["AllocationId"] for one in addresses if one.get("AllocationId")],
            "createdAt": iso(item.get("CreateTime")),
        },
    )


def is_available(resource: ScannedResource) -> bool:
    return resource.status == "available"


def carried(name: str, key: str) -> Metric:
    return Metric(
        namespace=NAMESPACE,
        name=name,
        dimension=DIMENSION,
        statistic="Sum",
        period=DAY,
        figures={key: total},
    )


NAT_GATEWAYS = Scanner(
    name="nat-gateways",
    types=frozenset(("NAT Gateway",)),
    listing=Listing(
        client="ec2",
        operation="describe_nat_gateways",
        items="NatGateways",
        permission="ec2:DescribeNatGateways",
    ),
    parse=parse,
    is_measured=is_available,
    metrics=(
        carried("BytesOutToDestination", "bytesOutToDestination"),
        carried("BytesInFromSource", "bytesInFromSource"),
        Metric(
            namespace=NAMESPACE,
            name="BytesInFromDestination",
            dimension=DIMENSION,
            statistic="Sum",
            period=DAY,
            figures={"bytesInFromDestination": total, "gigabytesInPerMonth": gigabytes_per_month},
        ),
        Metric(
            namespace=NAMESPACE,
            name="ActiveConnectionCount",
            dimension=DIMENSION,
            statistic="Maximum",
            figures={"activeConnections": max},
            counts_hours=True,
        ),
    ),
)
