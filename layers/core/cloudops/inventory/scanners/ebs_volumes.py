from collections.abc import Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.metrics import DAY, Metric, last, total
from cloudops.inventory.models import Json, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso

ROOT_DEVICES = ("/dev/xvda", "/dev/sda1", "/dev/sda")
NAMESPACE, DIMENSION = "AWS/EBS", "VolumeId"


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    return (resource_of(item, place) for item in page.items)


def resource_of(item: Mapping[str, Any], place: Place) -> ScannedResource:
    volume_id, tags = item["VolumeId"], tags_of(item.get("Tags"))
    return ScannedResource(
        resource_id=volume_id,
        type="EBS",
        service="AmazonEC2",
        name=name_in(tags, volume_id),
        arn=place.arn("ec2", f"volume/{volume_id}"),
        status=item["State"],
        metric_name=volume_id,
        tags=tags,
        configuration=configuration_of(item),
    )


def configuration_of(item: Mapping[str, Any]) -> dict[str, Json]:
    attachments = item.get("Attachments", ())
    return {
        "volumeType": item.get("VolumeType"),
        "sizeGB": item.get("Size"),
        "iops": item.get("Iops"),
        "throughput": item.get("Throughput"),
        "encrypted": item.get("Encrypted", False),
        "attachedTo": [one["InstanceId"] for one in attachments if one.get("InstanceId")],
        "device": next((one.get("Device") for one in attachments), None),
        "isRoot": any(one.get("Device") in ROOT_DEVICES for one in attachments),
        "snapshotId": item.get("SnapshotId") or None,
        "createdAt": iso(item.get("CreateTime")),
        "availabilityZone": item.get("AvailabilityZone"),
    }


def operations(name: str, key: str, *, counts_hours: bool = False) -> Metric:
    """Attached volumes report operations, and none means that a volume was not attached."""
    return Metric(
        namespace=NAMESPACE,
        name=name,
        dimension=DIMENSION,
        statistic="Sum",
        figures={key: total},
        counts_hours=counts_hours,
    )


EBS_VOLUMES = Scanner(
    name="ebs-volumes",
    types=frozenset(("EBS",)),
    listing=Listing(
        client="ec2",
        operation="describe_volumes",
        items="Volumes",
        permission="ec2:DescribeVolumes",
        arguments={"PaginationConfig": {"PageSize": 500}},
    ),
    parse=parse,
    metrics=(
        operations("VolumeReadOps", "readOps", counts_hours=True),
        operations("VolumeWriteOps", "writeOps"),
        Metric(
            namespace=NAMESPACE,
            name="BurstBalance",
            dimension=DIMENSION,
            statistic="Minimum",
            period=DAY,
            figures={"burstBalance": min, "burstBalanceLatest": last},
        ),
    ),
)
