"""Give back what only costs: addresses that nothing uses, and snapshots that nobody needs."""

from collections.abc import Mapping
from typing import Any

from cloudops.automation.executor import Clients, Grant, Nature, Probe, TargetUnfitError, planned
from cloudops.automation.executors.parameters import without_parameters
from cloudops.automation.executors.reading import GONE, found_or_none, tags_in
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step
from cloudops.recommendations.models import RiskClass

NO_ADDRESS = frozenset(("InvalidAllocationID.NotFound", "InvalidAddress.NotFound"))
# By the tags that they give to their snapshots.
KEEPERS = {
    "aws:backup:source-resource": "AWS Backup",
    "aws:dlm:lifecycle-policy-id": "Data Lifecycle Manager",
}
NO_SNAPSHOT = frozenset(("InvalidSnapshot.NotFound", "InvalidSnapshotID.Malformed"))


class ReleaseAddress:
    nature = Nature(
        type="ec2.release_address",
        title="Release an Elastic IP address",
        risk=RiskClass.C,
        restarts=False,
        loses="the address itself, which AWS gives to somebody else",
        undone_by=None,
        reads=(Grant(actions=("ec2:DescribeAddresses",)),),
        writes=(
            Grant(
                actions=("ec2:ReleaseAddress",),
                resources=("arn:{partition}:ec2:{region}:{account}:elastic-ip/{resource}",),
            ),
        ),
        names=r"eipalloc-[0-9a-f]{8,17}",
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return without_parameters(given)

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        answer = found_or_none(
            lambda: clients("ec2").describe_addresses(AllocationIds=[target.resource_id]), absent=NO_ADDRESS
        )
        address = next(iter(answer["Addresses"]), None) if answer else None
        if address is None:
            return Probe(state=GONE)
        return Probe(
            state={"exists": True, "associated": bool(address.get("AssociationId"))},
            tags=tags_in(address.get("Tags", ())),
            configuration={"public_ip": address.get("PublicIp")},
        )

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such address")
        if probe.state["associated"]:
            raise TargetUnfitError("it is in use")
        call = Call(
            service="ec2", operation="release_address", arguments={"AllocationId": target.resource_id}
        )
        step = Step(name="release the address", call=call, becomes=GONE)
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


class DeleteSnapshot:
    nature = Nature(
        type="ebs.delete_snapshot",
        title="Delete a snapshot",
        risk=RiskClass.C,
        restarts=False,
        loses="the snapshot's content",
        undone_by=None,
        reads=(Grant(actions=("ec2:DescribeSnapshots", "ec2:DescribeImages")),),
        writes=(
            Grant(
                actions=("ec2:DeleteSnapshot",),
                resources=("arn:{partition}:ec2:{region}::snapshot/{resource}",),
            ),
        ),
        names=r"snap-[0-9a-f]{8,17}",
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return without_parameters(given)

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        ec2 = clients("ec2")
        answer = found_or_none(
            lambda: ec2.describe_snapshots(SnapshotIds=[target.resource_id]), absent=NO_SNAPSHOT
        )
        snapshot = next(iter(answer["Snapshots"]), None) if answer else None
        if snapshot is None:
            return Probe(state=GONE)
        used = ec2.describe_images(
            Owners=["self"],
            Filters=[{"Name": "block-device-mapping.snapshot-id", "Values": [target.resource_id]}],
        )["Images"]
        return Probe(
            state={
                "exists": True,
                "state": snapshot["State"],
                "size_gb": snapshot.get("VolumeSize"),
                "images": sorted(image["ImageId"] for image in used),
            },
            tags=tags_in(snapshot.get("Tags", ())),
            configuration={"volume_id": snapshot.get("VolumeId"), "description": snapshot.get("Description")},
        )

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such snapshot")
        if probe.state["images"]:
            raise TargetUnfitError(f"images are made of it: {', '.join(probe.state['images'])}")
        if probe.state["state"] != "completed":
            raise TargetUnfitError(f"it is {probe.state['state']}")
        keeper = next((name for tag, name in KEEPERS.items() if tag in probe.tags), None)
        if keeper:
            raise TargetUnfitError(f"{keeper} decides when it is deleted")
        call = Call(service="ec2", operation="delete_snapshot", arguments={"SnapshotId": target.resource_id})
        step = Step(name="delete the snapshot", call=call, becomes=GONE)
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True
