"""Every check that looks at scanned resources, in the order of the catalogue."""

from cloudops.recommendations.inventory_checks.ebs_gp2 import EBS_GP2_VOLUME
from cloudops.recommendations.inventory_checks.ebs_snapshots import EBS_OLD_SNAPSHOT, EBS_ORPHAN_SNAPSHOT
from cloudops.recommendations.inventory_checks.ebs_unattached import EBS_UNATTACHED
from cloudops.recommendations.inventory_checks.ebs_unused import EBS_UNUSED
from cloudops.recommendations.inventory_checks.ec2_idle import EC2_IDLE
from cloudops.recommendations.inventory_checks.ec2_rightsize import EC2_RIGHTSIZE
from cloudops.recommendations.inventory_checks.ec2_stopped import EC2_STOPPED
from cloudops.recommendations.inventory_checks.idle_network import (
    IDLE_ADDRESS,
    IDLE_LOAD_BALANCER,
    IDLE_NAT_GATEWAY,
)
from cloudops.recommendations.inventory_checks.lambda_memory import LAMBDA_MEMORY
from cloudops.recommendations.inventory_checks.log_retention import LOG_RETENTION
from cloudops.recommendations.inventory_checks.models import InventoryCheck
from cloudops.recommendations.inventory_checks.rds_idle import RDS_IDLE
from cloudops.recommendations.inventory_checks.rds_rightsize import RDS_RIGHTSIZE
from cloudops.recommendations.inventory_checks.s3_lifecycle import S3_LIFECYCLE

INVENTORY_CHECKS: tuple[InventoryCheck, ...] = (
    EC2_IDLE,
    EC2_RIGHTSIZE,
    EC2_STOPPED,
    EBS_UNATTACHED,
    EBS_UNUSED,
    EBS_GP2_VOLUME,
    EBS_OLD_SNAPSHOT,
    EBS_ORPHAN_SNAPSHOT,
    RDS_IDLE,
    RDS_RIGHTSIZE,
    S3_LIFECYCLE,
    LAMBDA_MEMORY,
    IDLE_ADDRESS,
    IDLE_NAT_GATEWAY,
    IDLE_LOAD_BALANCER,
    LOG_RETENTION,
)
