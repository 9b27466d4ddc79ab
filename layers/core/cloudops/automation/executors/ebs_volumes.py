"""What the changes of volumes read."""

from collections.abc import Mapping
from typing import Any

from cloudops.automation.executor import Clients, Grant, Probe
from cloudops.automation.executors.reading import GONE, found_or_none, tags_in
from cloudops.automation.models import Target

VOLUME = "arn:{partition}:ec2:{region}:{account}:volume/{resource}"
# The tag by which an action finds the backup that it made.
MADE_BY = "cloudops:action"
NOT_THERE = frozenset(("InvalidVolume.NotFound", "InvalidVolumeID.Malformed", "InvalidParameterValue"))
DESCRIBE = Grant(actions=("ec2:DescribeVolumes",))
IDS = r"vol-[0-9a-f]{8,17}"


def volume_of(clients: Clients, target: Target) -> Mapping[str, Any] | None:
    answer = found_or_none(
        lambda: clients("ec2").describe_volumes(VolumeIds=[target.resource_id]), absent=NOT_THERE
    )
    volumes = answer["Volumes"] if answer else ()
    return next((one for one in volumes if one["State"] not in ("deleted", "deleting")), None)


def probe_of(volume: Mapping[str, Any] | None) -> Probe:
    if volume is None:
        return Probe(state=GONE)
    return Probe(
        state={
            "exists": True,
            "state": volume["State"],
            "volume_type": volume["VolumeType"],
            "size_gb": volume["Size"],
            "iops": volume.get("Iops"),
            "throughput": volume.get("Throughput"),
        },
        tags=tags_in(volume.get("Tags", ())),
        configuration={
            "availability_zone": volume.get("AvailabilityZone"),
            "attached_to": [one.get("InstanceId") for one in volume.get("Attachments", ())],
            "encrypted": volume.get("Encrypted"),
            "kms_key": volume.get("KmsKeyId"),
            "snapshot_id": volume.get("SnapshotId"),
        },
    )
