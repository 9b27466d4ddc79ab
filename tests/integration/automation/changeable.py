"""For each kind of change: a resource to carry it out on, what to ask for, and how to tell that it was done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

from tests.integration.automation.emulated_account import owner
from tests.integration.automation.workshop import ACCOUNT, REGION

ZONE = f"{REGION}a"
IMAGE = "ami-12c6146b"
SCHEDULER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/cloudops-scheduler"


@dataclass(frozen=True, kw_only=True)
class Changeable:
    """`calls` are the mutating operations in their order; `back` those that undo them, None where nothing does."""

    type: str
    make: Callable[[], str]
    calls: tuple[str, ...]
    back: tuple[str, ...] | None
    shows: Callable[[str], Any]
    after: Any
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.type


def instance() -> str:
    answer = owner("ec2").run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, InstanceType="m5.xlarge")
    found: str = answer["Instances"][0]["InstanceId"]
    return found


def stopped_instance() -> str:
    found = instance()
    owner("ec2").stop_instances(InstanceIds=[found])
    return found


def instance_shown(instance_id: str) -> tuple[str, str]:
    (found,) = owner("ec2").describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"]
    return found["InstanceType"], found["State"]["Name"]


def volume(kind: str = "gp2", **more: Any) -> str:
    found: str = owner("ec2").create_volume(AvailabilityZone=ZONE, Size=200, VolumeType=kind, **more)[
        "VolumeId"
    ]
    return found


def volume_shown(volume_id: str) -> tuple[Any, ...]:
    (found,) = owner("ec2").describe_volumes(VolumeIds=[volume_id])["Volumes"]
    return found["VolumeType"], found.get("Iops"), found.get("Throughput")


def volumes_left(volume_id: str) -> tuple[int, int]:
    """The volume itself, and complete snapshots of it."""
    mine = [{"Name": "volume-id", "Values": [volume_id]}]
    snapshots = owner("ec2").describe_snapshots(OwnerIds=["self"], Filters=mine)["Snapshots"]
    return len(owner("ec2").describe_volumes(Filters=mine)["Volumes"]), len(snapshots)


def address() -> str:
    found: str = owner("ec2").allocate_address(Domain="vpc")["AllocationId"]
    return found


def addresses_left(allocation_id: str) -> int:
    mine = [{"Name": "allocation-id", "Values": [allocation_id]}]
    return len(owner("ec2").describe_addresses(Filters=mine)["Addresses"])


def snapshot() -> str:
    found: str = owner("ec2").create_snapshot(VolumeId=volume())["SnapshotId"]
    return found


def snapshots_left(snapshot_id: str) -> int:
    mine = [{"Name": "snapshot-id", "Values": [snapshot_id]}]
    return len(owner("ec2").describe_snapshots(OwnerIds=["self"], Filters=mine)["Snapshots"])


def balancer() -> str:
    subnets = [one["SubnetId"] for one in owner("ec2").describe_subnets()["Subnets"]][:2]
    name = f"idle-{uuid4().hex[:8]}"
    answer = owner("elbv2").create_load_balancer(Name=name, Subnets=subnets)
    found: str = answer["LoadBalancers"][0]["LoadBalancerArn"]
    vpc = answer["LoadBalancers"][0]["VpcId"]
    group = owner("elbv2").create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc)
    forward = {"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}
    owner("elbv2").create_listener(LoadBalancerArn=found, Protocol="HTTP", Port=80, DefaultActions=[forward])
    return found


def balancers_left(arn: str) -> int:
    listed = owner("elbv2").describe_load_balancers()["LoadBalancers"]
    return sum(one["LoadBalancerArn"] == arn for one in listed)


def database() -> str:
    name = f"orders-{len(owner('rds').describe_db_instances()['DBInstances'])}"
    owner("rds").create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.m5.xlarge",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="orders",
        MasterUserPassword="not-a-secret",
    )
    return name


def database_shown(name: str) -> tuple[str, str]:
    (found,) = owner("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return found["DBInstanceClass"], found["DBInstanceStatus"]


def bucket() -> str:
    """With a rule of the old form and one that expires on a day, both of which have to stay."""
    s3 = owner("s3")
    name = f"acme-logs-{len(s3.list_buckets()['Buckets'])}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    rules = [
        {
            "ID": "theirs",
            "Status": "Enabled",
            "Filter": {"Prefix": "tmp/"},
            "Expiration": {"Date": "2030-01-01"},
        },
        {"ID": "whose", "Status": "Disabled", "Prefix": "old/", "Expiration": {"Days": 30}},
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    return name


def rules_shown(name: str) -> dict[str, Any]:
    rules = owner("s3").get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    return {rule["ID"]: rule.get("Transitions") for rule in rules}


def log_group() -> str:
    logs = owner("logs")
    name = f"/aws/lambda/orders-{len(logs.describe_log_groups()['logGroups'])}"
    logs.create_log_group(logGroupName=name)
    return name


def retention_shown(name: str) -> int | None:
    (found,) = owner("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    days: int | None = found.get("retentionInDays")
    return days


def schedules_shown(instance_id: str) -> set[tuple[str, str]]:
    scheduler = owner("scheduler")
    names = [one["Name"] for one in scheduler.list_schedules()["Schedules"] if instance_id in one["Name"]]
    found = [scheduler.get_schedule(Name=name) for name in names]
    return {(one["ScheduleExpression"], one["Target"]["Arn"].rpartition(":")[2]) for one in found}


def repository() -> str:
    ecr = owner("ecr")
    name = f"team/app-{len(ecr.describe_repositories()['repositories'])}"
    ecr.create_repository(repositoryName=name)
    return name


def has_policy(name: str) -> bool:
    ecr = owner("ecr")
    try:
        return bool(ecr.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"])
    except ecr.exceptions.LifecyclePolicyNotFoundException:
        return False


def untagged() -> str:
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance()}"


def tags_shown(arn: str) -> dict[str, str]:
    mine = [{"Name": "resource-id", "Values": [arn.rpartition("/")[2]]}]
    return {tag["Key"]: tag["Value"] for tag in owner("ec2").describe_tags(Filters=mine)["Tags"]}


EVENINGS, MORNINGS = "cron(0 19 ? * MON-FRI *)", "cron(0 7 ? * MON-FRI *)"
RESIZING = ("stop_instances", "modify_instance_attribute", "start_instances")
RULE = "put_bucket_lifecycle_configuration"
CHANGEABLE = (
    Changeable(
        type="ec2.stop",
        make=instance,
        calls=("stop_instances",),
        back=("start_instances",),
        shows=instance_shown,
        after=("m5.xlarge", "stopped"),
    ),
    Changeable(
        type="ec2.start",
        make=stopped_instance,
        calls=("start_instances",),
        back=("stop_instances",),
        shows=instance_shown,
        after=("m5.xlarge", "running"),
    ),
    Changeable(
        type="ec2.resize",
        make=instance,
        params={"instance_type": "m5.large"},
        calls=RESIZING,
        back=RESIZING,
        shows=instance_shown,
        after=("m5.large", "running"),
    ),
    Changeable(
        type="ebs.modify",
        make=volume,
        params={"volume_type": "gp3", "iops": 4000, "throughput": 250},
        calls=("modify_volume",),
        back=("modify_volume",),
        shows=volume_shown,
        after=("gp3", 4000, 250),
    ),
    Changeable(
        type="ebs.modify",
        make=partial(volume, "gp3", Iops=4000, Throughput=250),
        params={"volume_type": "gp2"},
        calls=("modify_volume",),
        back=("modify_volume",),
        shows=volume_shown,
        after=("gp2", 600, None),
    ),
    Changeable(
        type="ebs.delete",
        make=volume,
        calls=("create_snapshot", "delete_volume"),
        back=None,
        shows=volumes_left,
        after=(0, 1),
    ),
    Changeable(
        type="ec2.release_address",
        make=address,
        calls=("release_address",),
        back=None,
        shows=addresses_left,
        after=0,
    ),
    Changeable(
        type="ebs.delete_snapshot",
        make=snapshot,
        calls=("delete_snapshot",),
        back=None,
        shows=snapshots_left,
        after=0,
    ),
    Changeable(
        type="elb.delete",
        make=balancer,
        calls=("delete_load_balancer",),
        back=None,
        shows=balancers_left,
        after=0,
    ),
    Changeable(
        type="rds.resize",
        make=database,
        params={"instance_class": "db.m5.large"},
        calls=("modify_db_instance",),
        back=("modify_db_instance",),
        shows=database_shown,
        after=("db.m5.large", "available"),
    ),
    Changeable(
        type="rds.stop",
        make=database,
        calls=("stop_db_instance",),
        back=("start_db_instance",),
        shows=database_shown,
        after=("db.m5.xlarge", "stopped"),
    ),
    Changeable(
        type="s3.lifecycle",
        make=bucket,
        params={"storage_class": "STANDARD_IA", "after_days": 30, "abort_uploads_after_days": 7},
        calls=(RULE,),
        back=(RULE,),
        shows=rules_shown,
        after={
            "theirs": None,
            "whose": None,
            "cloudops-guardrails": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
        },
    ),
    Changeable(
        type="logs.retention",
        make=log_group,
        params={"days": 30},
        calls=("put_retention_policy",),
        back=("delete_retention_policy",),
        shows=retention_shown,
        after=30,
    ),
    Changeable(
        type="schedule.off_hours",
        make=instance,
        params={
            "stop": EVENINGS,
            "start": MORNINGS,
            "timezone": "Europe/Berlin",
            "role": SCHEDULER_ROLE,
        },
        calls=("create_schedule", "create_schedule"),
        back=("delete_schedule", "delete_schedule"),
        shows=schedules_shown,
        after={(EVENINGS, "stopInstances"), (MORNINGS, "startInstances")},
    ),
    Changeable(
        type="ecr.lifecycle",
        make=repository,
        params={"untagged_days": 14},
        calls=("put_lifecycle_policy",),
        back=("delete_lifecycle_policy",),
        shows=has_policy,
        after=True,
    ),
    Changeable(
        type="tags.add",
        make=untagged,
        params={"tags": {"team": "payments", "environment": "staging"}},
        calls=("tag_resources",),
        back=("untag_resources",),
        shows=tags_shown,
        after={"team": "payments", "environment": "staging"},
    ),
)
