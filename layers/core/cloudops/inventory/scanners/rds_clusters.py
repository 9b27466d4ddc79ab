from collections.abc import Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.metrics import HOUR, Metric, last, mean, p95
from cloudops.inventory.models import Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso

NAMESPACE, DIMENSION = "AWS/RDS", "DBClusterIdentifier"


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    return (resource_of(item, place) for item in page.items)


def resource_of(item: Mapping[str, Any], place: Place) -> ScannedResource:
    """A bill names a cluster's storage and backups by its immutable id, not by the name in its ARN."""
    identifier, tags = item["DBClusterIdentifier"], tags_of(item.get("TagList"))
    arn = item.get("DBClusterArn") or place.arn("rds", f"cluster:{identifier}")
    immutable = item.get("DbClusterResourceId")
    scaling = item.get("ServerlessV2ScalingConfiguration", {})
    return ScannedResource(
        resource_id=place.arn("rds", f"cluster:{immutable}") if immutable else arn,
        aliases=(identifier, immutable or identifier),
        type="RDS Cluster",
        service="AmazonRDS",
        name=name_in(tags, identifier),
        arn=arn,
        status=item.get("Status"),
        metric_name=identifier,
        tags=tags,
        configuration={
            "engine": item["Engine"],
            "engineVersion": item.get("EngineVersion"),
            "engineMode": item.get("EngineMode"),
            "storageType": item.get("StorageType"),
            "allocatedStorage": item.get("AllocatedStorage"),
            "members": [one["DBInstanceIdentifier"] for one in item.get("DBClusterMembers", ())],
            "multiAZ": item.get("MultiAZ", False),
            "minimumCapacity": scaling.get("MinCapacity"),
            "maximumCapacity": scaling.get("MaxCapacity"),
            "backupRetentionDays": item.get("BackupRetentionPeriod"),
            "createdAt": iso(item.get("ClusterCreateTime")),
        },
    )


RDS_CLUSTERS = Scanner(
    name="rds-clusters",
    types=frozenset(("RDS Cluster",)),
    listing=Listing(
        client="rds",
        operation="describe_db_clusters",
        items="DBClusters",
        permission="rds:DescribeDBClusters",
    ),
    parse=parse,
    metrics=(
        Metric(
            namespace=NAMESPACE,
            name="VolumeBytesUsed",
            dimension=DIMENSION,
            statistic="Average",
            period=24 * HOUR,
            figures={"volumeBytesUsed": last},
        ),
        Metric(
            namespace=NAMESPACE,
            name="ServerlessDatabaseCapacity",
            dimension=DIMENSION,
            statistic="Average",
            figures={"serverlessCapacity": mean, "serverlessCapacityP95": p95},
        ),
    ),
)
