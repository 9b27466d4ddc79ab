"""Every check that needs nothing but the bill, in the order of the catalogue."""

from cloudops.recommendations.checks.aurora_io import AURORA_IO
from cloudops.recommendations.checks.commitments import LOW_COVERAGE, UNUSED_RESERVATION, UNUSED_SAVINGS_PLAN
from cloudops.recommendations.checks.costly_meters import (
    CONFIG_ITEMS,
    CROSS_ZONE_TRANSFER,
    CUSTOM_METRICS,
    DATA_EVENTS,
    INTERNET_EGRESS,
    KMS_REQUESTS,
    METRIC_POLLING,
    NAT_TRAFFIC,
)
from cloudops.recommendations.checks.dynamodb_class import DYNAMODB_TO_INFREQUENT, DYNAMODB_TO_STANDARD
from cloudops.recommendations.checks.ebs_gp2 import EBS_GP2
from cloudops.recommendations.checks.ebs_magnetic import EBS_MAGNETIC
from cloudops.recommendations.checks.ebs_provisioned_iops import EBS_PROVISIONED_IOPS
from cloudops.recommendations.checks.ec2_graviton import EC2_GRAVITON_CANDIDATE
from cloudops.recommendations.checks.ec2_previous_generation import EC2_PREVIOUS_GENERATION
from cloudops.recommendations.checks.efs_lifecycle import EFS_LIFECYCLE
from cloudops.recommendations.checks.ended_by_removal import (
    EARLY_DELETION,
    FAST_SNAPSHOT_RESTORE,
    IDLE_ADDRESS,
    SECOND_TRAIL,
    SURPLUS_CREDITS,
    UNUSED_CAPACITY_RESERVATION,
)
from cloudops.recommendations.checks.environment_extras import DYNAMODB_RECOVERY, FARGATE_ON_ARM, RDS_MULTI_AZ
from cloudops.recommendations.checks.extended_support import (
    EKS_EXTENDED_SUPPORT,
    ELASTICACHE_EXTENDED_SUPPORT,
    OPENSEARCH_EXTENDED_SUPPORT,
    RDS_EXTENDED_SUPPORT,
)
from cloudops.recommendations.checks.idle_traffic import (
    IDLE_ATTACHMENT,
    IDLE_ENDPOINT,
    IDLE_GATEWAY_ENDPOINT,
    IDLE_LOAD_BALANCER,
    IDLE_NAT_GATEWAY,
)
from cloudops.recommendations.checks.lambda_functions import LAMBDA_CONCURRENCY, LAMBDA_ON_ARM
from cloudops.recommendations.checks.log_ingestion import LOG_INGESTION
from cloudops.recommendations.checks.managed_node_families import (
    ELASTICACHE_FAMILY,
    OPENSEARCH_FAMILY,
    RDS_GRAVITON_CANDIDATE,
    RDS_PREVIOUS_GENERATION,
)
from cloudops.recommendations.checks.off_hours import EC2_OFF_HOURS, RDS_OFF_HOURS, SAGEMAKER_NOTEBOOK
from cloudops.recommendations.checks.rds_storage import RDS_BACKUP, RDS_GP2
from cloudops.recommendations.checks.s3_requests import S3_REQUESTS
from cloudops.recommendations.checks.s3_tiering import S3_TIERING
from cloudops.recommendations.checks.security_services import SECURITY_SERVICES
from cloudops.recommendations.checks.short_lived_instances import SHORT_LIVED_INSTANCES
from cloudops.recommendations.checks.small_gateways import CLASSIC_LOAD_BALANCER, SMALL_NAT_GATEWAY
from cloudops.recommendations.checks.storage_growth import BUCKET_GROWTH, LOG_GROWTH, SNAPSHOT_GROWTH
from cloudops.recommendations.checks.tag_hygiene import OWNERLESS_SPEND, TAG_SPELLING
from cloudops.recommendations.checks.uncovered_nodes import (
    UNCOVERED_EC2,
    UNCOVERED_ELASTICACHE,
    UNCOVERED_OPENSEARCH,
    UNCOVERED_RDS,
    UNCOVERED_REDSHIFT,
)
from cloudops.recommendations.models import Check

CHECKS: tuple[Check, ...] = (
    EC2_PREVIOUS_GENERATION,
    EC2_GRAVITON_CANDIDATE,
    EC2_OFF_HOURS,
    SHORT_LIVED_INSTANCES,
    UNCOVERED_EC2,
    SURPLUS_CREDITS,
    UNUSED_CAPACITY_RESERVATION,
    EBS_GP2,
    EBS_PROVISIONED_IOPS,
    SNAPSHOT_GROWTH,
    EBS_MAGNETIC,
    FAST_SNAPSHOT_RESTORE,
    RDS_PREVIOUS_GENERATION,
    RDS_GRAVITON_CANDIDATE,
    RDS_EXTENDED_SUPPORT,
    RDS_GP2,
    RDS_MULTI_AZ,
    RDS_OFF_HOURS,
    RDS_BACKUP,
    AURORA_IO,
    DYNAMODB_TO_INFREQUENT,
    DYNAMODB_TO_STANDARD,
    DYNAMODB_RECOVERY,
    ELASTICACHE_FAMILY,
    ELASTICACHE_EXTENDED_SUPPORT,
    UNCOVERED_ELASTICACHE,
    UNCOVERED_REDSHIFT,
    UNCOVERED_OPENSEARCH,
    OPENSEARCH_FAMILY,
    OPENSEARCH_EXTENDED_SUPPORT,
    BUCKET_GROWTH,
    S3_TIERING,
    EARLY_DELETION,
    KMS_REQUESTS,
    S3_REQUESTS,
    EFS_LIFECYCLE,
    LAMBDA_ON_ARM,
    LAMBDA_CONCURRENCY,
    FARGATE_ON_ARM,
    EKS_EXTENDED_SUPPORT,
    IDLE_ADDRESS,
    IDLE_NAT_GATEWAY,
    SMALL_NAT_GATEWAY,
    NAT_TRAFFIC,
    IDLE_ENDPOINT,
    IDLE_GATEWAY_ENDPOINT,
    IDLE_LOAD_BALANCER,
    CLASSIC_LOAD_BALANCER,
    CROSS_ZONE_TRANSFER,
    INTERNET_EGRESS,
    IDLE_ATTACHMENT,
    LOG_GROWTH,
    LOG_INGESTION,
    CUSTOM_METRICS,
    METRIC_POLLING,
    SECOND_TRAIL,
    DATA_EVENTS,
    CONFIG_ITEMS,
    SECURITY_SERVICES,
    SAGEMAKER_NOTEBOOK,
    UNCOVERED_RDS,
    UNUSED_SAVINGS_PLAN,
    UNUSED_RESERVATION,
    LOW_COVERAGE,
    OWNERLESS_SPEND,
    TAG_SPELLING,
)
