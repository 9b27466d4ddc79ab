"""Every kind of change that can be carried out, by its name."""

from collections.abc import Mapping

from cloudops.automation.executor import Executor
from cloudops.automation.executors.ebs_delete import DeleteVolume
from cloudops.automation.executors.ebs_modify import ModifyVolume
from cloudops.automation.executors.ec2_power import StartInstance, StopInstance
from cloudops.automation.executors.ec2_release import DeleteSnapshot, ReleaseAddress
from cloudops.automation.executors.ec2_resize import ResizeInstance
from cloudops.automation.executors.ecr_lifecycle import SetImageLifecycle
from cloudops.automation.executors.elb_delete import DeleteLoadBalancer
from cloudops.automation.executors.log_retention import SetLogRetention
from cloudops.automation.executors.off_hours import KeepOffHours
from cloudops.automation.executors.rds_instances import ResizeDatabase, StopDatabase
from cloudops.automation.executors.s3_lifecycle import AddLifecycleRule
from cloudops.automation.executors.tag_resource import TagResource

ALL: tuple[Executor, ...] = (
    StopInstance(),
    StartInstance(),
    ResizeInstance(),
    ModifyVolume(),
    DeleteVolume(),
    ReleaseAddress(),
    DeleteSnapshot(),
    DeleteLoadBalancer(),
    ResizeDatabase(),
    StopDatabase(),
    AddLifecycleRule(),
    SetLogRetention(),
    KeepOffHours(),
    SetImageLifecycle(),
    TagResource(),
)
EXECUTORS: Mapping[str, Executor] = {one.nature.type: one for one in ALL}

# What a customer opts in to, by the parameters of onboarding/action-role.yaml.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "AllowCompute": ("ec2.stop", "ec2.start", "ec2.resize"),
    "AllowStorage": (
        "ebs.modify",
        "ebs.delete",
        "ebs.delete_snapshot",
        "s3.lifecycle",
        "logs.retention",
        "ecr.lifecycle",
    ),
    "AllowDatabases": ("rds.resize", "rds.stop"),
    "AllowNetwork": ("ec2.release_address", "elb.delete"),
    "AllowSchedules": ("schedule.off_hours",),
    "AllowTags": ("tags.add",),
}
