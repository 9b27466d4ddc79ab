"""What the changes of instances read, and their calls."""

from collections.abc import Mapping, Sequence
from typing import Any

from cloudops.automation.executor import Clients, Grant, Probe, TargetUnfitError
from cloudops.automation.executors.reading import GONE, found_or_none, tags_in
from cloudops.automation.models import Target
from cloudops.automation.plans import Call

INSTANCE = "arn:{partition}:ec2:{region}:{account}:instance/{resource}"
# EC2 knows no resources to narrow its descriptions to.
DESCRIBE = Grant(actions=("ec2:DescribeInstances", "ec2:DescribeInstanceStatus"))
IDS = r"i-[0-9a-f]{8,17}"
GROUPS = ("aws:autoscaling:groupName", "eks:cluster-name", "aws:ecs:clusterName", "aws:eks:cluster-name")
NOT_THERE = frozenset(("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"))
STOPPING = {"state": ["stopping", "shutting-down"]}
STARTING = {"state": ["pending"]}


def instance_of(clients: Clients, target: Target) -> Mapping[str, Any] | None:
    answer = found_or_none(
        lambda: clients("ec2").describe_instances(InstanceIds=[target.resource_id]), absent=NOT_THERE
    )
    if answer is None:
        return None
    found = [one for reservation in answer["Reservations"] for one in reservation["Instances"]]
    return next((one for one in found if one["State"]["Name"] != "terminated"), None)


def probe_of(instance: Mapping[str, Any] | None) -> Probe:
    if instance is None:
        return Probe(state=GONE)
    return Probe(
        state={"exists": True, "state": instance["State"]["Name"], "instance_type": instance["InstanceType"]},
        tags=tags_in(instance.get("Tags", ())),
        configuration={
            "root_device": instance.get("RootDeviceType"),
            "lifecycle": instance.get("InstanceLifecycle"),
            "architecture": instance.get("Architecture"),
            "availability_zone": instance.get("Placement", {}).get("AvailabilityZone"),
            "launched_at": instance["LaunchTime"].isoformat() if instance.get("LaunchTime") else None,
        },
    )


def fit_to_stop(probe: Probe) -> None:
    """Raises TargetUnfitError for an instance that would not come back as it was."""
    if not probe.exists:
        raise TargetUnfitError("there is no such instance")
    if probe.configuration.get("root_device") != "ebs":
        raise TargetUnfitError("its root device is an instance store, which a stop would erase")
    if probe.configuration.get("lifecycle"):
        raise TargetUnfitError(f"it is a {probe.configuration['lifecycle']} instance")
    on_its_own(probe)
    if probe.state["state"] not in ("running", "stopped"):
        raise TargetUnfitError(f"it is {probe.state['state']}")


def on_its_own(probe: Probe) -> None:
    group = next((key for key in GROUPS if key in probe.tags), None)
    if group:
        raise TargetUnfitError(f"its group would replace it ({group})")


def stop(target: Target) -> Call:
    return of_instances("stop_instances", target)


def start(target: Target) -> Call:
    return of_instances("start_instances", target)


def of_instances(operation: str, target: Target) -> Call:
    return Call(service="ec2", operation=operation, arguments={"InstanceIds": [target.resource_id]})


def is_running_well(clients: Clients, target: Target) -> bool | None:
    """By both status checks; None while they are still being made."""
    answer = clients("ec2").describe_instance_status(InstanceIds=[target.resource_id])
    checks = [
        one[name]["Status"]
        for one in answer["InstanceStatuses"]
        for name in ("SystemStatus", "InstanceStatus")
    ]
    return verdict_of(checks)


def verdict_of(checks: Sequence[str]) -> bool | None:
    if "impaired" in checks:
        return False
    return True if checks and set(checks) == {"ok"} else None
