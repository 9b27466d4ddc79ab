from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Arguments, Detail, Listing, Page, chunks
from cloudops.inventory.metrics import Metric, mean, p95, per_second
from cloudops.inventory.models import Json, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso, time_in_brackets

TYPES = "describe_instance_types"
TYPES_PER_CALL = 100
GROUP_TAGS = ("aws:autoscaling:groupName", "eks:cluster-name", "aws:ecs:clusterName")
NAMESPACE, DIMENSION = "AWS/EC2", "InstanceId"


def type_requests(items: Sequence[Any], _place: Place) -> Iterable[Arguments]:
    types = sorted({item["InstanceType"] for item in items if item.get("InstanceType")})
    return ({"InstanceTypes": list(chunk)} for chunk in chunks(types, TYPES_PER_CALL))


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    specifications = {one["InstanceType"]: one for one in page.found(TYPES, "InstanceTypes")}
    for item in page.items:
        yield resource_of(item, place, specifications.get(item.get("InstanceType"), {}))


def resource_of(item: Mapping[str, Any], place: Place, specification: Mapping[str, Any]) -> ScannedResource:
    instance_id, tags = item["InstanceId"], tags_of(item.get("Tags"))
    return ScannedResource(
        resource_id=instance_id,
        type="EC2",
        service="AmazonEC2",
        name=name_in(tags, instance_id),
        arn=place.arn("ec2", f"instance/{instance_id}"),
        status=item["State"]["Name"],
        instance_type=item.get("InstanceType"),
        group_name=next((tags[key] for key in GROUP_TAGS if key in tags), None),
        metric_name=instance_id,
        tags=tags,
        configuration=configuration_of(item, specification),
    )


def configuration_of(item: Mapping[str, Any], specification: Mapping[str, Any]) -> dict[str, Json]:
    disks = [device["Ebs"]["VolumeId"] for device in item.get("BlockDeviceMappings", ()) if "Ebs" in device]
    return {
        "instanceType": item.get("InstanceType"),
        "vcpus": vcpus_of(item, specification),
        "memory": memory_of(specification),
        "storage": "EBS-optimized" if item.get("EbsOptimized") else storage_of(item),
        "volumes": disks,
        "architecture": item.get("Architecture"),
        "platform": item.get("PlatformDetails") or item.get("Platform") or "Linux/UNIX",
        "lifecycle": item.get("InstanceLifecycle", "on-demand"),
        "instanceStore": bool(specification.get("InstanceStorageSupported", False)),
        "detailedMonitoring": item.get("Monitoring", {}).get("State") == "enabled",
        "launchedAt": iso(item.get("LaunchTime")),
        "stoppedAt": time_in_brackets(item.get("StateTransitionReason")),
        "availabilityZone": item.get("Placement", {}).get("AvailabilityZone"),
        "vpcId": item.get("VpcId"),
        "subnetId": item.get("SubnetId"),
        "imageId": item.get("ImageId"),
    }


def vcpus_of(item: Mapping[str, Any], specification: Mapping[str, Any]) -> int | None:
    options = item.get("CpuOptions", {})
    if "CoreCount" in options:
        return int(options["CoreCount"]) * int(options.get("ThreadsPerCore", 1))
    found = specification.get("VCpuInfo", {}).get("DefaultVCpus")
    return int(found) if found else None


def memory_of(specification: Mapping[str, Any]) -> str | None:
    mebibytes = specification.get("MemoryInfo", {}).get("SizeInMiB")
    return f"{mebibytes / 1024:g} GiB" if mebibytes else None


def storage_of(item: Mapping[str, Any]) -> str:
    return "EBS" if item.get("RootDeviceType", "ebs") == "ebs" else "instance store"


def is_running(resource: ScannedResource) -> bool:
    return resource.status == "running"


EC2_INSTANCES = Scanner(
    name="ec2-instances",
    types=frozenset(("EC2",)),
    listing=Listing(
        client="ec2",
        operation="describe_instances",
        items="Reservations.Instances",
        permission="ec2:DescribeInstances",
        arguments={"PaginationConfig": {"PageSize": 500}},
    ),
    details=(
        Detail(
            client="ec2",
            operation=TYPES,
            permission="ec2:DescribeInstanceTypes",
            requests=type_requests,
            # A type of long ago is unknown to the regions that never had it.
            absent=frozenset(("InvalidInstanceType",)),
        ),
    ),
    parse=parse,
    is_measured=is_running,
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
        Metric(
            namespace=NAMESPACE,
            name="NetworkIn",
            dimension=DIMENSION,
            statistic="Sum",
            figures={"networkIn": per_second},
        ),
        Metric(
            namespace=NAMESPACE,
            name="NetworkOut",
            dimension=DIMENSION,
            statistic="Sum",
            figures={"networkOut": per_second},
        ),
        Metric(
            namespace="CWAgent",
            name="mem_used_percent",
            dimension=DIMENSION,
            statistic="Average",
            figures={"memoryUtilization": mean, "memoryP95": p95, "memoryBusiestHour": max},
            discovered=True,
        ),
    ),
)
