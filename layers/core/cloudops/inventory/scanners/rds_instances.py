from collections.abc import Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.metrics import Metric, mean, p95
from cloudops.inventory.models import Json, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso

NAMESPACE, DIMENSION = "AWS/RDS", "DBInstanceIdentifier"
SERVICES = {"neptune": "AmazonNeptune", "docdb": "AmazonDocDB"}


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    return (resource_of(item, place) for item in page.items)


def resource_of(item: Mapping[str, Any], place: Place) -> ScannedResource:
    identifier, tags = item["DBInstanceIdentifier"], tags_of(item.get("TagList"))
    arn = item.get("DBInstanceArn") or place.arn("rds", f"db:{identifier}")
    return ScannedResource(
        resource_id=arn,
        aliases=(identifier, item.get("DbiResourceId") or identifier),
        type="RDS",
        service=SERVICES.get(item["Engine"], "AmazonRDS"),
        name=name_in(tags, identifier),
        arn=arn,
        status=item.get("DBInstanceStatus"),
        instance_type=item.get("DBInstanceClass"),
        group_name=item.get("DBClusterIdentifier"),
        metric_name=identifier,
        tags=tags,
        configuration=configuration_of(item),
    )


def configuration_of(item: Mapping[str, Any]) -> dict[str, Json]:
    return {
        "engine": item["Engine"],
        "engineVersion": item.get("EngineVersion"),
        "instanceClass": item.get("DBInstanceClass"),
        "allocatedStorage": item.get("AllocatedStorage"),
        "storageType": item.get("StorageType"),
        "iops": item.get("Iops"),
        "multiAZ": item.get("MultiAZ", False),
        "encrypted": item.get("StorageEncrypted", False),
        "publiclyAccessible": item.get("PubliclyAccessible", False),
        "cluster": item.get("DBClusterIdentifier"),
        "replicaOf": item.get("ReadReplicaSourceDBInstanceIdentifier") or None,
        "replicas": item.get("ReadReplicaDBInstanceIdentifiers", []),
        "backupRetentionDays": item.get("BackupRetentionPeriod"),
        "createdAt": iso(item.get("InstanceCreateTime")),
        "availabilityZone": item.get("AvailabilityZone"),
    }


def is_available(resource: ScannedResource) -> bool:
    return resource.status not in ("stopped", "deleting", "creating")


def averaged(name: str, key: str) -> Metric:
    return Metric(
        namespace=NAMESPACE, name=name, dimension=DIMENSION, statistic="Average", figures={key: mean}
    )


RDS_INSTANCES = Scanner(
    name="rds-instances",
    types=frozenset(("RDS",)),
    listing=Listing(
        client="rds",
        operation="describe_db_instances",
        items="DBInstances",
        permission="rds:DescribeDBInstances",
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
            name="CPUUtilization",
            dimension=DIMENSION,
            statistic="Maximum",
            figures={"cpuPeak": max, "cpuPeakP95": p95},
        ),
        averaged("DatabaseConnections", "connections"),
        Metric(
            namespace=NAMESPACE,
            name="DatabaseConnections",
            dimension=DIMENSION,
            statistic="Maximum",
            figures={"connectionsMax": max},
        ),
        averaged("ReadLatency", "readLatency"),
        averaged("WriteLatency", "writeLatency"),
        Metric(
            namespace=NAMESPACE,
            name="FreeableMemory",
            dimension=DIMENSION,
            statistic="Minimum",
            figures={"freeableMemoryMin": min},
        ),
        Metric(
            namespace=NAMESPACE,
            name="ReadIOPS",
            dimension=DIMENSION,
            statistic="Average",
            figures={"readIops": mean, "readIopsBusiestHour": max},
        ),
    ),
)
