"""Delete a volume that is attached to nothing, with a snapshot of it kept."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cloudops.automation.executor import Clients, Grant, Nature, Probe, TargetUnfitError, planned
from cloudops.automation.executors.ebs_volumes import (
    DESCRIBE,
    IDS,
    MADE_BY,
    VOLUME,
    probe_of,
    volume_of,
)
from cloudops.automation.executors.parameters import without_parameters
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.recommendations.models import RiskClass

SNAPSHOTS = "arn:{partition}:ec2:{region}::snapshot/*"


class DeleteVolume:
    nature = Nature(
        type="ebs.delete",
        title="Snapshot and delete an unattached volume",
        risk=RiskClass.C,
        restarts=False,
        loses="the volume and its id; its content stays in a snapshot, from which another volume can be made",
        undone_by=None,
        reads=(DESCRIBE, Grant(actions=("ec2:DescribeSnapshots",))),
        writes=(
            Grant(actions=("ec2:CreateSnapshot", "ec2:DeleteVolume"), resources=(VOLUME,)),
            Grant(actions=("ec2:CreateSnapshot", "ec2:DeleteSnapshot"), resources=(SNAPSHOTS,)),
            Grant(
                actions=("ec2:CreateTags",),
                resources=(SNAPSHOTS,),
                conditions={"StringEquals": {"ec2:CreateAction": "CreateSnapshot"}},
            ),
        ),
        names=IDS,
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return without_parameters(given)

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        probe, backup = probe_of(volume_of(clients, target)), backup_of(clients, target, action)
        state = {**probe.state, "backup": backup and backup["State"]}
        return replace(probe, state=state, found={"backup": backup and backup["SnapshotId"]})

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such volume")
        if probe.state["state"] != "available":
            raise TargetUnfitError(f"it is {probe.state['state']}, not unattached")
        backed_up = {**probe.state, "backup": "completed"}
        return planned(
            self.nature,
            target,
            params,
            probe,
            (
                Step(
                    name="take a snapshot",
                    call=take_snapshot(target),
                    becomes=backed_up,
                    passing={"backup": ["pending"]},
                    undo=Undo(
                        name="delete the snapshot",
                        call=Call(
                            service="ec2", operation="delete_snapshot", arguments={"SnapshotId": "$backup"}
                        ),
                    ),
                ),
                Step(
                    name="delete the volume",
                    call=Call(
                        service="ec2", operation="delete_volume", arguments={"VolumeId": target.resource_id}
                    ),
                    becomes={"exists": False, "backup": "completed"},
                ),
            ),
        )

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


def backup_of(clients: Clients, target: Target, action: str) -> Mapping[str, Any] | None:
    """The snapshot that this action took, by its tag; one that failed is none."""
    answer = clients("ec2").describe_snapshots(
        OwnerIds=["self"],
        Filters=[
            {"Name": f"tag:{MADE_BY}", "Values": [action]},
            {"Name": "volume-id", "Values": [target.resource_id]},
        ],
    )
    return next((one for one in answer["Snapshots"] if one["State"] != "error"), None)


def take_snapshot(target: Target) -> Call:
    tags = [{"Key": MADE_BY, "Value": "$action"}, {"Key": "cloudops:backup-of", "Value": target.resource_id}]
    return Call(
        service="ec2",
        operation="create_snapshot",
        arguments={
            "VolumeId": target.resource_id,
            "Description": f"Taken before {target.resource_id} was deleted",
            "TagSpecifications": [{"ResourceType": "snapshot", "Tags": tags}],
        },
    )
