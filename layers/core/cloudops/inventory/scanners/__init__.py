"""Every scanner, in the order in which a region is scanned."""

from collections.abc import Mapping, Sequence

from cloudops.inventory.scanner import Scanner
from cloudops.inventory.scanners.auto_scaling_groups import AUTO_SCALING_GROUPS
from cloudops.inventory.scanners.classic_load_balancers import CLASSIC_LOAD_BALANCERS
from cloudops.inventory.scanners.dynamodb_tables import DYNAMODB_TABLES
from cloudops.inventory.scanners.ebs_snapshots import EBS_SNAPSHOTS
from cloudops.inventory.scanners.ebs_volumes import EBS_VOLUMES
from cloudops.inventory.scanners.ec2_instances import EC2_INSTANCES
from cloudops.inventory.scanners.elastic_addresses import ELASTIC_ADDRESSES
from cloudops.inventory.scanners.elasticache_clusters import ELASTICACHE_CLUSTERS
from cloudops.inventory.scanners.iam_access_keys import IAM_ACCESS_KEYS
from cloudops.inventory.scanners.iam_account import IAM_ACCOUNT
from cloudops.inventory.scanners.lambda_functions import LAMBDA_FUNCTIONS
from cloudops.inventory.scanners.load_balancers import LOAD_BALANCERS
from cloudops.inventory.scanners.log_groups import LOG_GROUPS
from cloudops.inventory.scanners.nat_gateways import NAT_GATEWAYS
from cloudops.inventory.scanners.rds_clusters import RDS_CLUSTERS
from cloudops.inventory.scanners.rds_instances import RDS_INSTANCES
from cloudops.inventory.scanners.redshift_clusters import REDSHIFT_CLUSTERS
from cloudops.inventory.scanners.s3_buckets import S3_BUCKETS
from cloudops.inventory.scanners.security_groups import SECURITY_GROUPS
from cloudops.inventory.scanners.tagged_resources import TAGGED_RESOURCES

SCANNERS: tuple[Scanner, ...] = (
    EC2_INSTANCES,
    EBS_VOLUMES,
    EBS_SNAPSHOTS,
    ELASTIC_ADDRESSES,
    NAT_GATEWAYS,
    LOAD_BALANCERS,
    CLASSIC_LOAD_BALANCERS,
    AUTO_SCALING_GROUPS,
    RDS_INSTANCES,
    RDS_CLUSTERS,
    S3_BUCKETS,
    LAMBDA_FUNCTIONS,
    LOG_GROUPS,
    DYNAMODB_TABLES,
    ELASTICACHE_CLUSTERS,
    REDSHIFT_CLUSTERS,
    SECURITY_GROUPS,
    IAM_ACCOUNT,
    IAM_ACCESS_KEYS,
    TAGGED_RESOURCES,
)
BY_NAME: Mapping[str, Scanner] = {scanner.name: scanner for scanner in SCANNERS}
BY_TYPE: Mapping[str, Scanner] = {kind: scanner for scanner in SCANNERS for kind in scanner.types}
REGIONAL_NAMES: Sequence[str] = tuple(scanner.name for scanner in SCANNERS if not scanner.is_global)
GLOBAL_NAMES: Sequence[str] = tuple(scanner.name for scanner in SCANNERS if scanner.is_global)
