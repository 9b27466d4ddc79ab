"""EC2 instances, their group, volumes and snapshots."""

from __future__ import annotations

from datetime import datetime
from inspect import signature
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_block_store import Snapshot, Volume
from moto.ec2.models.instances import Instance as EmulatedInstance

from local.demo import compute, disks
from local.demo.aws.tags import pairs_of, tags_of
from local.demo.aws.times import OLD, ago, this_morning
from local.demo.compute import Instance, Rhythm
from local.demo.lines import Scenario
from local.demo.organization import PROD
from local.demo.planted import LEFT_BEHIND

IMAGE = "ami-0larkmoor0linux023"
GROUP = "storefront"
# Volumes above this are mounted beside the one that the instance starts from.
LARGEST_ROOT_GIB = 400
ROOT, DATA = "/dev/xvda", "/dev/sdf"
LIFECYCLE_POLICY = "policy-0larkmoor0daily0001"


def place(scenario: Scenario, now: datetime) -> int:
    machines = [one for one in compute.instances(scenario) if exists(one)]
    for machine in machines:
        place_instance(scenario, machine, now=now)
    volumes = [one for one in disks.volumes(scenario) if one.kept[-1]]
    for volume in volumes:
        place_volume(scenario, volume)
    snapshots = list(disks.snapshots(scenario))
    for snapshot in snapshots:
        place_snapshot(scenario, snapshot)
    place_group(scenario, [one for one in machines if one.fleet.name == GROUP])
    return len(machines) + len(volumes) + len(snapshots) + 1


def exists(machine: Instance) -> bool:
    """Spot capacity is given back every morning; what was stopped is still there."""
    if machine.fleet.paid is compute.Paid.SPOT:
        return False
    return bool(machine.hours[-1]) or machine.is_stopped_for_good


def backend_of(account_id: str, region: str) -> Any:
    return ec2_backends[account_id][region]


def place_instance(scenario: Scenario, machine: Instance, *, now: datetime) -> None:
    fleet, owner = machine.fleet, machine.owner
    backend = backend_of(owner.account.number, fleet.region.code)
    reservation = backend.run_instances(
        IMAGE,
        1,
        None,
        [],
        instance_type=fleet.kind,
        placement=owner.zone,
        region_name=fleet.region.code,
        is_instance_type_default=False,
        block_device_mappings=[],
    )
    instance = reservation.instances[0]
    instance.id = owner.resource_id
    instance.add_tags(tags_of(owner, name=f"{fleet.name}-{machine.number + 1}"))
    instance.launch_time = launched_at(scenario, machine, now=now)
    if fleet.last_stopped is not None and machine.is_last:
        stop(instance, ago(scenario, fleet.last_stopped))
    elif fleet.rhythm is Rhythm.NIGHTLY:
        stop(instance, this_morning(now))


def launched_at(scenario: Scenario, machine: Instance, *, now: datetime) -> datetime:
    if machine.fleet.rhythm is Rhythm.OFFICE:
        return this_morning(now)
    return ago(scenario, machine.fleet.born or OLD)


def stop(instance: EmulatedInstance, at: datetime) -> None:
    instance.stop()
    instance._reason = f"User initiated ({at:%Y-%m-%d %H:%M:%S} GMT)"


def place_volume(scenario: Scenario, volume: disks.Volume) -> None:
    owner, machine = volume.owner, volume.instance
    backend = backend_of(owner.account.number, volume.region.code)
    zone = machine.owner.zone if machine else f"{volume.region.code}a"
    made = backend.create_volume(volume.gib, zone, volume_type=volume.kind)
    renamed(backend.volumes, made, str(owner.resource_id))
    made.create_time = ago(scenario, machine.fleet.born or OLD if machine else 250)
    made.add_tags(tags_of(owner))
    if machine:
        device = DATA if volume.gib > LARGEST_ROOT_GIB else ROOT
        backend.attach_volume(made.id, machine.owner.resource_id, device)


def renamed(held: dict[str, Any], one: Volume | Snapshot, wanted: str) -> None:
    held[wanted] = held.pop(one.id)
    one.id = wanted


def place_snapshot(scenario: Scenario, snapshot: disks.Snapshot) -> None:
    """Of a volume that is gone where the snapshot was left behind, else of one that a plan backs up."""
    account_id = snapshot.owner.account.number
    backend = backend_of(account_id, "us-east-1")
    left_behind = LEFT_BEHIND.get(snapshot.number)
    source = backend.create_volume(snapshot.gib, "us-east-1a", volume_type="gp3")
    made = backend.create_snapshot(source.id, "copy of a data volume")
    backend.delete_volume(source.id)
    renamed(backend.snapshots, made, snapshot.id)
    made.start_time = ago(scenario, left_behind or 1)
    managed = {} if left_behind else {"aws:dlm:lifecycle-policy-id": LIFECYCLE_POLICY}
    made.add_tags({**tags_of(snapshot.owner), **managed})


def place_group(scenario: Scenario, members: list[Instance]) -> None:
    backend: Any = autoscaling_backends[PROD.number]["us-east-1"]
    ids = [str(one.owner.resource_id) for one in members]
    # It has some twenty parameters without defaults, of which the group needs these.
    unset = dict.fromkeys(signature(backend.create_auto_scaling_group).parameters)
    wanted: dict[str, Any] = {
        "name": GROUP,
        "availability_zones": sorted({str(one.owner.zone) for one in members}),
        "desired_capacity": 0,
        "min_size": 0,
        "max_size": 2 * len(ids),
        "instance_id": ids[0],
        "tags": [
            {**pair, "ResourceId": GROUP, "ResourceType": "auto-scaling-group", "PropagateAtLaunch": "false"}
            for pair in pairs_of(tags_of(members[0].owner))
        ],
        "load_balancers": [],
        "target_group_arns": [],
        "termination_policies": [],
        "capacity_rebalance": False,
        "new_instances_protected_from_scale_in": False,
    }
    made = backend.create_auto_scaling_group(**{**unset, **wanted})
    made.created_time = ago(scenario).isoformat()
    made._id = str(uuid5(NAMESPACE_URL, GROUP))
    backend.attach_instances(GROUP, ids)
