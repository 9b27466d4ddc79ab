"""A cloud of one resource whose past is kept: reads lag behind it, and each call is written down."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

Facts = dict[str, Any]
INSTANCE, VOLUME, ADDRESS, DATABASE = "i-0a1b2c3d", "vol-0a1b2c3d", "eipalloc-0a1b2c3d", "orders"
BUCKET, GROUP, ARN = "acme-exports", "/acme/api", "arn:aws:sqs:eu-central-1:111122223333:orders"
NEW_INSTANCE: Facts = {"state": "running", "type": "m5.xlarge", "impaired": False}
NEW_VOLUME: Facts = {"state": "available", "type": "gp2", "iops": 300, "throughput": None, "snapshots": {}}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A type of action with the resource that it is tried on, and what its owner might do meanwhile.

    `same` does by hand what the action would do first.
    """

    type: str
    resource: str
    params: Mapping[str, Any]
    facts: Facts
    other: Facts
    same: Facts


KINDS: Mapping[str, Kind] = {
    one.type: one
    for one in (
        Kind(
            type="ec2.resize",
            resource=INSTANCE,
            params={"instance_type": "m5.large"},
            facts=NEW_INSTANCE,
            other={"type": "c5.large"},
            same={"state": "stopped"},
        ),
        Kind(
            type="ec2.stop",
            resource=INSTANCE,
            params={},
            facts=NEW_INSTANCE,
            other={"type": "c5.large"},
            same={"state": "stopped"},
        ),
        Kind(
            type="ebs.modify",
            resource=VOLUME,
            params={"volume_type": "gp3"},
            facts=NEW_VOLUME,
            other={"type": "io2"},
            same={"type": "gp3", "iops": 3000, "throughput": 125},
        ),
        Kind(
            type="ebs.delete",
            resource=VOLUME,
            params={},
            facts=NEW_VOLUME,
            other={"state": "in-use"},
            same={"gone": True},
        ),
        Kind(
            type="ec2.release_address",
            resource=ADDRESS,
            params={},
            facts={"associated": False},
            other={"associated": True},
            same={"gone": True},
        ),
        Kind(
            type="rds.resize",
            resource=DATABASE,
            params={"instance_class": "db.m5.large"},
            facts={"state": "available", "class": "db.m5.xlarge", "pending": {}},
            other={"class": "db.r5.large"},
            same={"class": "db.m5.large"},
        ),
        Kind(
            type="s3.lifecycle",
            resource=BUCKET,
            params={"storage_class": "INTELLIGENT_TIERING"},
            facts={"rules": [{"ID": "old", "Status": "Enabled"}]},
            other={"rules": []},
            same={"rules": [{"ID": "mine", "Status": "Enabled"}]},
        ),
        Kind(
            type="logs.retention",
            resource=GROUP,
            params={"days": 30},
            facts={"days": None},
            other={"days": 7},
            same={"days": 30},
        ),
        Kind(
            type="tags.add",
            resource=ARN,
            params={"tags": {"team": "shop"}},
            facts={},
            other={"tags": {"team": "blog"}},
            same={"tags": {"team": "shop"}},
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """A mutating call, and whether it changed anything."""

    at: float
    action: str
    undoing: bool
    operation: str
    arguments: Mapping[str, Any]
    effective: bool


@dataclass
class Cloud:
    """Times are seconds. A transition is written into the future; seen is the last entry before a moment."""

    facts: Facts
    takes: float = 0.0
    past: list[tuple[float, Facts]] = field(default_factory=list)
    calls: list[Made] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.past.append((float("-inf"), {"gone": False, "tags": {}, **copy.deepcopy(self.facts)}))

    def at(self, moment: float) -> Facts:
        return next(facts for began, facts in reversed(self.past) if began <= moment)

    def change(self, now: float, changes: Facts) -> bool:
        """Whether anything is other than before, now or later."""
        before = copy.deepcopy(self.past)
        self.past.append((now, copy.deepcopy(self.at(now))))
        self.past.sort(key=lambda entry: entry[0])
        for began, facts in self.past:
            if began >= now:
                facts.update(copy.deepcopy(changes))
        return before[-1][1] != self.past[-1][1] or self.at(now) != next(
            facts for began, facts in reversed(before) if began <= now
        )

    def move(self, now: float, passing: Facts, then: Facts) -> bool:
        changed = self.change(now, passing)
        self.past.append((now + self.takes, {**copy.deepcopy(self.at(now)), **then}))
        return changed

    def call(
        self, now: float, action: str, undoing: bool, operation: str, arguments: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        facts, effective = self.at(now), False
        try:
            effective = CALLS[operation](self, now, facts, arguments)
        finally:
            made = Made(
                at=now,
                action=action,
                undoing=undoing,
                operation=operation,
                arguments=arguments,
                effective=effective,
            )
            self.calls.append(made)
        return {}

    def read(self, seen_at: float, operation: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return READS[operation](self.at(seen_at), arguments)


@dataclass(frozen=True)
class View:
    """A client that reads the cloud as it was at one moment."""

    cloud: Cloud
    moment: float

    def __getattr__(self, operation: str) -> Callable[..., Mapping[str, Any]]:
        return lambda **arguments: self.cloud.read(self.moment, operation, arguments)


def refusal(code: str, operation: str = "Call") -> ClientError:
    metadata: Any = {"HTTPStatusCode": 400}
    return ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": metadata}, operation)


# What changes something ---------------------------------------------------------------------------------------


def there(facts: Facts, code: str) -> None:
    if facts["gone"]:
        raise refusal(code)


def stop_instances(cloud: Cloud, now: float, facts: Facts, _given: Mapping[str, Any]) -> bool:
    if facts["state"] == "pending":
        raise refusal("IncorrectInstanceState")
    if facts["state"] != "running":
        return False
    return cloud.move(now, {"state": "stopping"}, {"state": "stopped"})


def start_instances(cloud: Cloud, now: float, facts: Facts, _given: Mapping[str, Any]) -> bool:
    if facts["state"] == "stopping":
        raise refusal("IncorrectInstanceState")
    if facts["state"] != "stopped":
        return False
    return cloud.move(now, {"state": "pending"}, {"state": "running"})


def modify_instance_attribute(cloud: Cloud, now: float, facts: Facts, given: Mapping[str, Any]) -> bool:
    if facts["state"] != "stopped":
        raise refusal("IncorrectInstanceState")
    return cloud.change(now, {"type": given["InstanceType"]["Value"]})


def modify_volume(cloud: Cloud, now: float, facts: Facts, given: Mapping[str, Any]) -> bool:
    there(facts, "InvalidVolume.NotFound")
    wanted = {"type": given["VolumeType"], "iops": given.get("Iops", facts["iops"])}
    return cloud.change(now, {**wanted, "throughput": given.get("Throughput")})


def create_snapshot(cloud: Cloud, now: float, facts: Facts, given: Mapping[str, Any]) -> bool:
    """Takes no client token: each call makes one more."""
    there(facts, "InvalidVolume.NotFound")
    tags = {tag["Key"]: tag["Value"] for tag in given["TagSpecifications"][0]["Tags"]}
    made = f"snap-{len(cloud.calls):04}"
    pending = {**facts["snapshots"], made: {"state": "pending", "tags": tags}}
    done = {**facts["snapshots"], made: {"state": "completed", "tags": tags}}
    return cloud.move(now, {"snapshots": pending}, {"snapshots": done})


def delete_snapshot(cloud: Cloud, now: float, facts: Facts, given: Mapping[str, Any]) -> bool:
    if given["SnapshotId"] not in facts["snapshots"]:
        raise refusal("InvalidSnapshot.NotFound")
    left = {name: one for name, one in facts["snapshots"].items() if name != given["SnapshotId"]}
    return cloud.change(now, {"snapshots": left})


def delete_volume(cloud: Cloud, now: float, facts: Facts, _given: Mapping[str, Any]) -> bool:
    there(facts, "InvalidVolume.NotFound")
    if facts["state"] != "available":
        raise refusal("VolumeInUse")
    return cloud.change(now, {"gone": True})


def release_address(cloud: Cloud, now: float, facts: Facts, _given: Mapping[str, Any]) -> bool:
    there(facts, "InvalidAllocationID.NotFound")
    if facts["associated"]:
        raise refusal("InvalidIPAddress.InUse")
    return cloud.change(now, {"gone": True})


def modify_db_instance(cloud: Cloud, now: float, facts: Facts, given: Mapping[str, Any]) -> bool:
    if facts["state"] != "available":
        raise refusal("InvalidDBInstanceState")
    wanted = given["DBInstanceClass"]
    if facts["class"] == wanted:
        return False
    passing = {"state": "modifying", "pending": {"DBInstanceClass": wanted}}
    return cloud.move(now, passing, {"state": "available", "pending": {}, "class": wanted})


def put_rules(cloud: Cloud, now: float, _facts: Facts, given: Mapping[str, Any]) -> bool:
    return cloud.change(now, {"rules": given["LifecycleConfiguration"]["Rules"]})


def put_tags(cloud: Cloud, now: float, facts: Facts, given: Mapping[str, Any]) -> bool:
    return cloud.change(now, {"tags": {**facts["tags"], **given["Tags"]}})


def take_tags(cloud: Cloud, now: float, facts: Facts, given: Mapping[str, Any]) -> bool:
    left = {key: value for key, value in facts["tags"].items() if key not in given["TagKeys"]}
    return cloud.change(now, {"tags": left})


CALLS: Mapping[str, Callable[[Cloud, float, Facts, Mapping[str, Any]], bool]] = {
    "stop_instances": stop_instances,
    "start_instances": start_instances,
    "modify_instance_attribute": modify_instance_attribute,
    "modify_volume": modify_volume,
    "create_snapshot": create_snapshot,
    "delete_snapshot": delete_snapshot,
    "delete_volume": delete_volume,
    "release_address": release_address,
    "modify_db_instance": modify_db_instance,
    "put_bucket_lifecycle_configuration": put_rules,
    "delete_bucket_lifecycle": lambda cloud, now, _facts, _given: cloud.change(now, {"rules": []}),
    "put_retention_policy": lambda cloud, now, _facts, given: cloud.change(
        now, {"days": given["retentionInDays"]}
    ),
    "delete_retention_policy": lambda cloud, now, _facts, _given: cloud.change(now, {"days": None}),
    "tag_resources": put_tags,
    "untag_resources": take_tags,
}


# What reads ---------------------------------------------------------------------------------------------------


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def instances(facts: Facts, _given: Mapping[str, Any]) -> dict[str, Any]:
    described = {
        "InstanceId": INSTANCE,
        "InstanceType": facts["type"],
        "State": {"Name": facts["state"]},
        "RootDeviceType": "ebs",
        "LaunchTime": datetime(2026, 1, 1, tzinfo=UTC),
        "Tags": listed(facts["tags"]),
    }
    return {"Reservations": [{"Instances": [described]}]}


def instance_status(facts: Facts, _given: Mapping[str, Any]) -> dict[str, Any]:
    if facts["state"] != "running":
        return {"InstanceStatuses": []}
    # It is ill by its new type only, so that going back heals it.
    ill = facts["impaired"] and facts["type"] != "m5.xlarge"
    health = {"Status": "impaired" if ill else "ok"}
    return {"InstanceStatuses": [{"SystemStatus": {"Status": "ok"}, "InstanceStatus": health}]}


def volumes(facts: Facts, _given: Mapping[str, Any]) -> dict[str, Any]:
    there(facts, "InvalidVolume.NotFound")
    described = {
        "State": facts["state"],
        "VolumeType": facts["type"],
        "Size": 100,
        "Iops": facts["iops"],
        "Throughput": facts["throughput"],
        "Tags": listed(facts["tags"]),
    }
    return {"Volumes": [described]}


def snapshots(facts: Facts, given: Mapping[str, Any]) -> dict[str, Any]:
    (wanted,) = given["Filters"][0]["Values"]
    found = [
        {"SnapshotId": name, "State": one["state"]}
        for name, one in facts["snapshots"].items()
        if one["tags"]["cloudops:action"] == wanted
    ]
    return {"Snapshots": found}


def addresses(facts: Facts, _given: Mapping[str, Any]) -> dict[str, Any]:
    there(facts, "InvalidAllocationID.NotFound")
    associated = {"AssociationId": "eipassoc-0a"} if facts["associated"] else {}
    return {"Addresses": [{"PublicIp": "192.0.2.1", "Tags": listed(facts["tags"]), **associated}]}


def databases(facts: Facts, _given: Mapping[str, Any]) -> dict[str, Any]:
    described = {
        "DBInstanceStatus": facts["state"],
        "DBInstanceClass": facts["class"],
        "PendingModifiedValues": facts["pending"],
        "TagList": listed(facts["tags"]),
    }
    return {"DBInstances": [described]}


def rules(facts: Facts, _given: Mapping[str, Any]) -> dict[str, Any]:
    if not facts["rules"]:
        raise refusal("NoSuchLifecycleConfiguration")
    return {"Rules": facts["rules"]}


def groups(facts: Facts, _given: Mapping[str, Any]) -> dict[str, Any]:
    kept = {"retentionInDays": facts["days"]} if facts["days"] else {}
    return {"logGroups": [{"logGroupName": GROUP, "arn": f"arn:aws:logs:::log-group:{GROUP}:*", **kept}]}


READS: Mapping[str, Callable[[Facts, Mapping[str, Any]], Mapping[str, Any]]] = {
    "describe_instances": instances,
    "describe_instance_status": instance_status,
    "describe_volumes": volumes,
    "describe_volumes_modifications": lambda _facts, _given: {"VolumesModifications": []},
    "describe_snapshots": snapshots,
    "describe_addresses": addresses,
    "describe_db_instances": databases,
    "get_bucket_location": lambda _facts, _given: {},
    "get_bucket_lifecycle_configuration": rules,
    "get_bucket_tagging": lambda facts, _given: {"TagSet": listed(facts["tags"])},
    "describe_log_groups": groups,
    "list_tags_for_resource": lambda facts, _given: {"tags": facts["tags"]},
    "get_resources": lambda facts, _given: {"ResourceTagMappingList": [{"Tags": listed(facts["tags"])}]},
}
