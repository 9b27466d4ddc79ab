from collections.abc import Iterator, Mapping
from typing import Any

from cloudops.inventory.calls import Listing, Page
from cloudops.inventory.metrics import Metric, mean, p95
from cloudops.inventory.models import Json, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso

DIMENSION = "AutoScalingGroupName"


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    return (resource_of(item, place) for item in page.items)


def resource_of(item: Mapping[str, Any], place: Place) -> ScannedResource:
    name, tags = item["AutoScalingGroupName"], tags_of(item.get("Tags"))
    path = f"autoScalingGroup::autoScalingGroupName/{name}"
    arn = item.get("AutoScalingGroupARN") or place.arn("autoscaling", path)
    return ScannedResource(
        resource_id=arn,
        type="Auto Scaling Group",
        service="AmazonEC2",
        name=name_in(tags, name),
        arn=arn,
        status=item.get("Status", "active"),
        metric_name=name,
        tags=tags,
        configuration=configuration_of(item),
    )


def configuration_of(item: Mapping[str, Any]) -> dict[str, Json]:
    instances = item.get("Instances", ())
    return {
        "minimum": item.get("MinSize"),
        "maximum": item.get("MaxSize"),
        "desired": item.get("DesiredCapacity"),
        "instances": [one["InstanceId"] for one in instances],
        "instanceTypes": sorted({one["InstanceType"] for one in instances if one.get("InstanceType")}),
        "availabilityZones": item.get("AvailabilityZones", []),
        "healthCheckType": item.get("HealthCheckType"),
        "mixedInstances": "MixedInstancesPolicy" in item,
        "suspendedProcesses": [one["ProcessName"] for one in item.get("SuspendedProcesses", ())],
        "createdAt": iso(item.get("CreatedTime")),
    }


AUTO_SCALING_GROUPS = Scanner(
    name="auto-scaling-groups",
    types=frozenset(("Auto Scaling Group",)),
    listing=Listing(
        client="autoscaling",
        operation="describe_auto_scaling_groups",
        items="AutoScalingGroups",
        permission="autoscaling:DescribeAutoScalingGroups",
    ),
    parse=parse,
    metrics=(
        Metric(
            namespace="AWS/EC2",
            name="CPUUtilization",
            dimension=DIMENSION,
            statistic="Average",
            figures={"cpuUtilization": mean, "cpuP95": p95, "cpuBusiestHour": max},
            counts_hours=True,
        ),
        Metric(
            namespace="AWS/AutoScaling",
            name="GroupInServiceInstances",
            dimension=DIMENSION,
            statistic="Average",
            figures={"inService": mean, "inServiceMin": min, "inServiceMax": max},
        ),
    ),
)
