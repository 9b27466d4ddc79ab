"""The resources that a changing call of an executor names, as IAM is asked about each of them.

After the Service Authorization Reference: a call may ask for several actions, each on resources of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.permissions.policies import Call

type Parameters = Mapping[str, Any]
type Asked = tuple[str, str]
"""An IAM action, and an ARN with {region} and {account} left open."""

EC2 = "arn:aws:ec2:{region}:{account}:"
SNAPSHOT = "arn:aws:ec2:{region}::snapshot/"
RDS = "arn:aws:rds:{region}:{account}:db:"
LOGS = "arn:aws:logs:{region}:{account}:log-group:"
SCHEDULE = "arn:aws:scheduler:{region}:{account}:schedule/default/"
REPOSITORY = "arn:aws:ecr:{region}:{account}:repository/"
# By what a resource's ARN begins with, how its own service calls the adding and the taking away of tags.
TAGGING = {
    "ec2": ("ec2:CreateTags", "ec2:DeleteTags"),
    "rds": ("rds:AddTagsToResource", "rds:RemoveTagsFromResource"),
    "s3": ("s3:PutBucketTagging", "s3:PutBucketTagging"),
    "elasticloadbalancing": ("elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"),
}


def on_each(action: str, prefix: str, parameter: str) -> Callable[[Parameters], Iterator[Asked]]:
    def asked(parameters: Parameters) -> Iterator[Asked]:
        named = parameters[parameter]
        for name in [named] if isinstance(named, str) else named:
            yield action, f"{prefix}{name}"

    return asked


def create_snapshot(parameters: Parameters) -> Iterator[Asked]:
    yield "ec2:CreateSnapshot", f"{EC2}volume/{parameters['VolumeId']}"
    yield "ec2:CreateSnapshot", f"{SNAPSHOT}*"
    if parameters.get("TagSpecifications"):
        yield "ec2:CreateTags", f"{SNAPSHOT}*"


def create_schedule(parameters: Parameters) -> Iterator[Asked]:
    yield "scheduler:CreateSchedule", f"{SCHEDULE}{parameters['Name']}"
    yield "iam:PassRole", parameters["Target"]["RoleArn"]


def tagging(own: str, which: int) -> Callable[[Parameters], Iterator[Asked]]:
    def asked(parameters: Parameters) -> Iterator[Asked]:
        yield own, "*"
        for arn in parameters["ResourceARNList"]:
            service = arn.split(":")[2]
            default = (f"{service}:TagResource", f"{service}:UntagResource")
            yield TAGGING.get(service, default)[which], arn

    return asked


CHANGES: Mapping[tuple[str, str], Callable[[Parameters], Iterator[Asked]]] = {
    ("ec2", "StopInstances"): on_each("ec2:StopInstances", f"{EC2}instance/", "InstanceIds"),
    ("ec2", "StartInstances"): on_each("ec2:StartInstances", f"{EC2}instance/", "InstanceIds"),
    ("ec2", "ModifyInstanceAttribute"): on_each(
        "ec2:ModifyInstanceAttribute", f"{EC2}instance/", "InstanceId"
    ),
    ("ec2", "ModifyVolume"): on_each("ec2:ModifyVolume", f"{EC2}volume/", "VolumeId"),
    ("ec2", "DeleteVolume"): on_each("ec2:DeleteVolume", f"{EC2}volume/", "VolumeId"),
    ("ec2", "CreateSnapshot"): create_snapshot,
    ("ec2", "DeleteSnapshot"): on_each("ec2:DeleteSnapshot", SNAPSHOT, "SnapshotId"),
    ("ec2", "ReleaseAddress"): on_each("ec2:ReleaseAddress", f"{EC2}elastic-ip/", "AllocationId"),
    ("elasticloadbalancing", "DeleteLoadBalancer"): on_each(
        "elasticloadbalancing:DeleteLoadBalancer", "", "LoadBalancerArn"
    ),
    ("rds", "ModifyDBInstance"): on_each("rds:ModifyDBInstance", RDS, "DBInstanceIdentifier"),
    ("rds", "StopDBInstance"): on_each("rds:StopDBInstance", RDS, "DBInstanceIdentifier"),
    ("rds", "StartDBInstance"): on_each("rds:StartDBInstance", RDS, "DBInstanceIdentifier"),
    ("logs", "PutRetentionPolicy"): on_each("logs:PutRetentionPolicy", LOGS, "logGroupName"),
    ("logs", "DeleteRetentionPolicy"): on_each("logs:DeleteRetentionPolicy", LOGS, "logGroupName"),
    ("logs", "ListTagsForResource"): on_each("logs:ListTagsForResource", "", "resourceArn"),
    ("scheduler", "CreateSchedule"): create_schedule,
    ("scheduler", "DeleteSchedule"): on_each("scheduler:DeleteSchedule", SCHEDULE, "Name"),
    ("scheduler", "GetSchedule"): on_each("scheduler:GetSchedule", SCHEDULE, "Name"),
    ("ecr", "DescribeRepositories"): on_each("ecr:DescribeRepositories", REPOSITORY, "repositoryNames"),
    ("ecr", "GetLifecyclePolicy"): on_each("ecr:GetLifecyclePolicy", REPOSITORY, "repositoryName"),
    ("ecr", "ListTagsForResource"): on_each("ecr:ListTagsForResource", "", "resourceArn"),
    ("ecr", "PutLifecyclePolicy"): on_each("ecr:PutLifecyclePolicy", REPOSITORY, "repositoryName"),
    ("ecr", "DeleteLifecyclePolicy"): on_each("ecr:DeleteLifecyclePolicy", REPOSITORY, "repositoryName"),
    ("tag", "TagResources"): tagging("tag:TagResources", 0),
    ("tag", "UntagResources"): tagging("tag:UntagResources", 1),
}
CONTEXT = {
    ("CreateSchedule", "iam:PassRole"): {"iam:PassedToService": "scheduler.amazonaws.com"},
    ("CreateSnapshot", "ec2:CreateTags"): {"ec2:CreateAction": "CreateSnapshot"},
}


def changes_of(
    service: str, operation: str, parameters: Parameters, *, region: str, account: str
) -> list[Call]:
    """Empty for a call that is none of these."""
    asked = CHANGES.get((service, operation))
    return [
        Call(
            action=action,
            resource=arn.replace("{region}", region).replace("{account}", account),
            context=CONTEXT.get((operation, action), {}),
        )
        for action, arn in (asked(parameters) if asked else ())
    ]
