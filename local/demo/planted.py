"""What a scan of the demo's accounts has to find, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from local.demo import applications, compute, databases, disks, loads, network, storage
from local.demo.lines import Scenario

WITHOUT_LIFECYCLE = frozenset(("larkmoor-clickstream", "larkmoor-experiments", "larkmoor-product-images"))
# By their place among the demo's snapshots: how many days old they are, for those that nobody manages.
LEFT_BEHIND = {2: 420, 4: 130}

type Finding = tuple[str, str]
"""The id of a check of the catalogue, and of a resource as the bill names it."""


def findings(scenario: Scenario) -> frozenset[Finding]:
    return frozenset(
        (
            *_instances(scenario),
            *_disks(scenario),
            *_network(scenario),
            *_databases(scenario),
            *_rest(scenario),
        )
    )


def _instances(scenario: Scenario) -> Iterator[Finding]:
    """What is idle would also run on half of its machine."""
    for machine in compute.instances(scenario):
        identifier = str(machine.owner.resource_id)
        if machine.key in loads.IDLE_INSTANCES:
            yield "EC2-01", identifier
            yield "EC2-02", identifier
        if machine.fleet.name in loads.OVERSIZED_FLEETS:
            yield "EC2-02", identifier
        if machine.is_stopped_for_good:
            yield "EC2-07", identifier


def _disks(scenario: Scenario) -> Iterator[Finding]:
    for volume in disks.volumes(scenario):
        identifier = str(volume.owner.resource_id)
        if volume.kept[-1] and volume.kind == "gp2":
            yield "EBS-04", identifier
        if volume.instance is None:
            yield "EBS-01", identifier
        elif volume.instance.key in loads.UNUSED_DISKS:
            yield "EBS-02", identifier
    for snapshot in disks.snapshots(scenario):
        if snapshot.number in LEFT_BEHIND:
            yield "EBS-10", str(snapshot.owner.resource_id)
            yield "EBS-11", str(snapshot.owner.resource_id)


def _network(scenario: Scenario) -> Iterator[Finding]:
    for address in network.addresses(scenario):
        if not address.in_use:
            yield "NET-01", str(address.owner.resource_id)
    for balancer in network.balancers(scenario):
        if not balancer.units:
            yield "NET-14", str(balancer.owner.resource_id)


def _databases(scenario: Scenario) -> Iterator[Finding]:
    for database in databases.DATABASES:
        identifier = str(databases.database_owner(scenario, database).resource_id)
        if database.name in loads.IDLE_DATABASES:
            yield "RDS-01", identifier
        if database.name in loads.OVERSIZED_DATABASES:
            yield "RDS-02", identifier


def _rest(scenario: Scenario) -> Iterator[Finding]:
    for bucket in storage.BUCKETS:
        if bucket.name in WITHOUT_LIFECYCLE:
            yield "S3-01", bucket.name
    for function in applications.FUNCTIONS:
        if function.name in loads.OVERSIZED_FUNCTIONS:
            yield "LAM-01", str(applications.function_owner(scenario, function).resource_id)
    for group in applications.LOG_GROUPS:
        yield "CWL-01", str(applications.log_group_owner(scenario, group).resource_id)
