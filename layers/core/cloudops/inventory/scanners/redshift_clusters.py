from collections.abc import Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.metrics import Metric, mean, p95
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso

NAMESPACE, DIMENSION = "AWS/Redshift", "ClusterIdentifier"


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    return (resource_of(item, place) for item in page.items)


def resource_of(item: Mapping[str, Any], place: Place) -> ScannedResource:
    identifier, tags = item["ClusterIdentifier"], tags_of(item.get("Tags"))
    arn = place.arn("redshift", f"cluster:{identifier}")
    return ScannedResource(
        resource_id=arn,
        aliases=(identifier, item.get("ClusterNamespaceArn") or identifier),
        type="Redshift",
        service="AmazonRedshift",
        name=name_in(tags, identifier),
        arn=arn,
        status=item.get("ClusterStatus"),
        instance_type=item.get("NodeType"),
        group_name=item.get("VpcId"),
        metric_name=identifier,
        tags=tags,
        configuration={
            "nodeType": item.get("NodeType"),
            "nodes": item.get("NumberOfNodes"),
            "encrypted": item.get("Encrypted", False),
            "manualSnapshotRetentionDays": item.get("ManualSnapshotRetentionPeriod"),
            "availabilityZone": item.get("AvailabilityZone"),
            "createdAt": iso(item.get("ClusterCreateTime")),
        },
    )


def is_available(resource: ScannedResource) -> bool:
    return resource.status == "available"


REDSHIFT_CLUSTERS = Scanner(
    name="redshift-clusters",
    types=frozenset(("Redshift",)),
    listing=Listing(
        client="redshift",
        operation="describe_clusters",
        items="Clusters",
        permission="redshift:DescribeClusters",
    ),
    parse=parse,
    is_measured=is_available,
    metrics=(
        Metric(
            namespace=NAMESPACE,
            name="CPUUtilization",
            dimension=DIMENSION,
            statistic="Average",
            figures={"cpuUtilization": mean, "cpuP95": p95, "cpuBusiestHour": max},
            counts_hours=True,
        ),
        Metric(
            namespace=NAMESPACE,
            name="DatabaseConnections",
            dimension=DIMENSION,
            statistic="Maximum",
            figures={"connectionsMax": max},
        ),
    ),
)
