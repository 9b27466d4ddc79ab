"""What Cloud Custodian calls resources and their attributes, and what they are called here."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`fields` by the attribute's path in the provider's answer; `created` is the field that ages are counted from."""

    types: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    created: str | None = None


def configured(**names: str) -> dict[str, str]:
    return {key: f"configuration.{name}" for key, name in names.items()}


KINDS: Mapping[str, Kind] = {
    "ec2": Kind(
        types=("EC2",),
        fields={
            "InstanceId": "resource_id",
            "InstanceType": "instance_type",
            "State.Name": "status",
            "Placement.AvailabilityZone": "configuration.availabilityZone",
            **configured(ImageId="imageId", VpcId="vpcId", Architecture="architecture"),
            **configured(LaunchTime="launchedAt", PlatformDetails="platform"),
        },
        created="configuration.launchedAt",
    ),
    "ebs": Kind(
        types=("EBS",),
        fields={
            "VolumeId": "resource_id",
            "State": "status",
            **configured(Encrypted="encrypted", VolumeType="volumeType", Size="sizeGB", Iops="iops"),
            **configured(Throughput="throughput", AvailabilityZone="availabilityZone"),
            **configured(CreateTime="createdAt", SnapshotId="snapshotId"),
        },
        created="configuration.createdAt",
    ),
    "ebs-snapshot": Kind(
        types=("EBS Snapshot",),
        fields={
            "State": "status",
            **configured(SnapshotId="snapshotId", VolumeId="volumeId", VolumeSize="sizeGB"),
            **configured(StartTime="startedAt", StorageTier="storageTier", Encrypted="encrypted"),
            **configured(Description="description"),
        },
        created="configuration.startedAt",
    ),
    "rds": Kind(
        types=("RDS",),
        fields={
            "DBInstanceArn": "resource_id",
            "DBInstanceClass": "instance_type",
            "DBInstanceStatus": "status",
            **configured(StorageEncrypted="encrypted", PubliclyAccessible="publiclyAccessible"),
            **configured(Engine="engine", EngineVersion="engineVersion", MultiAZ="multiAZ", Iops="iops"),
            **configured(AllocatedStorage="allocatedStorage", StorageType="storageType"),
            **configured(BackupRetentionPeriod="backupRetentionDays", InstanceCreateTime="createdAt"),
        },
        created="configuration.createdAt",
    ),
    "s3": Kind(
        types=("S3",),
        fields={"Name": "resource_id", **configured(CreationDate="createdAt")},
        created="configuration.createdAt",
    ),
    "lambda": Kind(
        types=("Lambda",),
        fields={
            "FunctionArn": "resource_id",
            **configured(Runtime="runtime", MemorySize="memoryMB", Timeout="timeoutSeconds"),
            **configured(PackageType="packageType", CodeSize="codeSizeBytes", LastModified="lastModified"),
        },
    ),
    "security-group": Kind(
        types=("Security Group",),
        fields={
            "GroupId": "resource_id",
            **configured(GroupName="groupName", VpcId="vpcId", Description="description"),
        },
    ),
    "elb": Kind(
        types=("ELB",),
        fields=configured(Scheme="scheme", VPCId="vpcId", DNSName="dnsName", CreatedTime="createdAt"),
        created="configuration.createdAt",
    ),
    "app-elb": Kind(
        types=("ALB", "GWLB", "NLB"),
        fields={
            "LoadBalancerArn": "resource_id",
            "State.Code": "status",
            **configured(Scheme="scheme", Type="type", VpcId="vpcId", CreatedTime="createdAt"),
        },
        created="configuration.createdAt",
    ),
    "log-group": Kind(
        types=("Log Group",),
        fields=configured(retentionInDays="retentionDays", logGroupClass="class"),
        created="configuration.createdAt",
    ),
    "redshift": Kind(
        types=("Redshift",),
        fields=configured(Encrypted="encrypted", NodeType="nodeType", NumberOfNodes="nodes"),
        created="configuration.createdAt",
    ),
    "cache-cluster": Kind(
        types=("ElastiCache",),
        fields=configured(
            Engine="engine", EngineVersion="engineVersion", CacheNodeType="nodeType", NumCacheNodes="nodes"
        ),
        created="configuration.createdAt",
    ),
    "dynamodb-table": Kind(types=("DynamoDB",), fields={"TableStatus": "status"}),
}
# Filters that count an age, by the resource they are for.
AGES = {"instance-age": "ec2", "instance-uptime": "ec2", "age": "ebs-snapshot"}
OPERATORS = {
    "eq": "eq",
    "equal": "eq",
    "ne": "ne",
    "not-equal": "ne",
    "gt": "gt",
    "greater-than": "gt",
    "ge": "gte",
    "gte": "gte",
    "lt": "lt",
    "less-than": "lt",
    "le": "lte",
    "lte": "lte",
    "in": "in",
    "ni": "not_in",
    "not-in": "not_in",
    "glob": "matches",
    "contains": "contains",
}
