"""A small price book.

Rates are close to AWS's public list prices; the demo needs no more than that they are plausible.
"""

from __future__ import annotations

from local.demo.skus import Sku, at_the_edge, listed

EC2 = ("AmazonEC2", "Amazon Elastic Compute Cloud")
RDS = ("AmazonRDS", "Amazon Relational Database Service")
S3 = ("AmazonS3", "Amazon Simple Storage Service")
ELB = ("AWSELB", "Elastic Load Balancing")
VPC = ("AmazonVPC", "Amazon Virtual Private Cloud")
LAMBDA = ("AWSLambda", "AWS Lambda")
CLOUDFRONT = ("AmazonCloudFront", "Amazon CloudFront")
CLOUDWATCH = ("AmazonCloudWatch", "AmazonCloudWatch")
DYNAMODB = ("AmazonDynamoDB", "Amazon DynamoDB")
ELASTICACHE = ("AmazonElastiCache", "Amazon ElastiCache")
REDSHIFT = ("AmazonRedshift", "Amazon Redshift")


def volume(kind: str) -> Sku:
    rate = {"gp2": 0.10, "gp3": 0.08}[kind]
    return listed(
        EC2,
        "Storage",
        f"EBS:VolumeUsage.{kind}",
        f"CreateVolume-{kind.capitalize()}",
        unit="GB-Mo",
        rate=rate,
        volume_api_name=kind,
        storage_media="SSD-backed",
    )


def bucket_storage(tier: str) -> Sku:
    usage_type, operation, rate, volume_type = {
        "standard": ("TimedStorage-ByteHrs", "StandardStorage", 0.023, "Standard"),
        "infrequent": (
            "TimedStorage-SIA-ByteHrs",
            "StandardIAStorage",
            0.0125,
            "Standard - Infrequent Access",
        ),
        "intelligent": (
            "TimedStorage-INT-FA-ByteHrs",
            "IntelligentTieringFAStorage",
            0.023,
            "Intelligent-Tiering Frequent Access",
        ),
        "glacier": ("TimedStorage-GlacierByteHrs", "GlacierStorage", 0.0036, "Amazon Glacier"),
        "archive": ("TimedStorage-GDA-ByteHrs", "DeepArchiveStorage", 0.00099, "Glacier Deep Archive"),
    }[tier]
    return listed(S3, "Storage", usage_type, operation, unit="GB-Mo", rate=rate, volume_type=volume_type)


SNAPSHOT = listed(
    EC2,
    "Storage Snapshot",
    "EBS:SnapshotUsage",
    "CreateSnapshot",
    unit="GB-Mo",
    rate=0.05,
    storage_media="Amazon S3",
)
NAT_HOURS = listed(
    EC2, "NAT Gateway", "NatGateway-Hours", "NatGateway", unit="Hrs", rate=0.045, group="NGW:NatGateway"
)
NAT_BYTES = listed(
    EC2, "NAT Gateway", "NatGateway-Bytes", "NatGateway", unit="GB", rate=0.045, group="NGW:NatGateway"
)
TRANSFER_OUT = listed(
    EC2,
    "Data Transfer",
    "DataTransfer-Out-Bytes",
    "RunInstances",
    unit="GB",
    rate=0.09,
    transfer_type="AWS Outbound",
    servicename="AWS Data Transfer",
)
TRANSFER_ZONES = listed(
    EC2,
    "Data Transfer",
    "DataTransfer-Regional-Bytes",
    "InterZone-In",
    unit="GB",
    rate=0.01,
    transfer_type="IntraRegion",
    servicename="AWS Data Transfer",
)
BALANCER_HOURS = listed(
    ELB,
    "Load Balancer-Application",
    "LoadBalancerUsage",
    "LoadBalancing:Application",
    unit="Hrs",
    rate=0.0225,
)
BALANCER_UNITS = listed(
    ELB, "Load Balancer-Application", "LCUUsage", "LoadBalancing:Application", unit="LCU-Hrs", rate=0.008
)
ADDRESS_IN_USE = listed(
    VPC, "IP Address", "PublicIPv4:InUseAddress", "AllocateAddressVPC", unit="Hrs", rate=0.005
)
ADDRESS_IDLE = listed(
    VPC, "IP Address", "PublicIPv4:IdleAddress", "AllocateAddressVPC", unit="Hrs", rate=0.005
)
DATABASE_STORAGE_GP2 = listed(
    RDS,
    "Database Storage",
    "RDS:GP2-Storage",
    "CreateDBInstance",
    unit="GB-Mo",
    rate=0.115,
    volume_type="General Purpose",
)
DATABASE_STORAGE_GP3 = listed(
    RDS,
    "Database Storage",
    "RDS:GP3-Storage",
    "CreateDBInstance",
    unit="GB-Mo",
    rate=0.115,
    volume_type="General Purpose-GP3",
)
DATABASE_BACKUP = listed(RDS, "Storage Snapshot", "RDS:ChargedBackupUsage", "", unit="GB-Mo", rate=0.095)
EXTENDED_SUPPORT = listed(
    RDS,
    "RDSExtendedSupport",
    "ExtendedSupport:Yr1-Yr2:MySQL5.7",
    "CreateDBInstance:0002",
    unit="vCPU-hour",
    rate=0.10,
    database_engine="MySQL",
    engine_major_version="5.7",
)
BUCKET_WRITES = listed(S3, "API Request", "Requests-Tier1", "PutObject", unit="Requests", rate=0.000005)
BUCKET_READS = listed(S3, "API Request", "Requests-Tier2", "GetObject", unit="Requests", rate=0.0000004)
FUNCTION_SECONDS = listed(
    LAMBDA, "Serverless", "Lambda-GB-Second", "Invoke", unit="Lambda-GB-Second", rate=0.0000166667
)
FUNCTION_REQUESTS = listed(LAMBDA, "Serverless", "Request", "Invoke", unit="Requests", rate=0.0000002)
EDGE_BYTES = at_the_edge(
    listed(
        CLOUDFRONT,
        "Data Transfer",
        "US-DataTransfer-Out-Bytes",
        "GET",
        unit="GB",
        rate=0.085,
        transfer_type="CloudFront Outbound",
    )
)
EDGE_REQUESTS = at_the_edge(
    listed(CLOUDFRONT, "Request", "US-Requests-Tier2-HTTPS", "GET", unit="Requests", rate=0.000001)
)
LOG_INGESTION = listed(
    CLOUDWATCH, "Data Payload", "DataProcessing-Bytes", "PutLogEvents", unit="GB", rate=0.50
)
LOG_STORAGE = listed(
    CLOUDWATCH, "Storage Snapshot", "TimedStorage-ByteHrs", "HourlyStorageMetering", unit="GB-Mo", rate=0.03
)
METRICS = listed(
    CLOUDWATCH, "Metric", "CW:MetricMonitorUsage", "MetricStorage:AWS/CloudWatch", unit="Metrics", rate=0.30
)
TABLE_READS = listed(
    DYNAMODB,
    "Amazon DynamoDB PayPerRequest Throughput",
    "ReadRequestUnits",
    "PayPerRequestThroughput",
    unit="ReadRequestUnits",
    rate=0.000000125,
)
TABLE_WRITES = listed(
    DYNAMODB,
    "Amazon DynamoDB PayPerRequest Throughput",
    "WriteRequestUnits",
    "PayPerRequestThroughput",
    unit="WriteRequestUnits",
    rate=0.000000625,
)
TABLE_STORAGE = listed(
    DYNAMODB, "Database Storage", "TimedStorage-ByteHrs", "StandardStorage", unit="GB-Mo", rate=0.25
)
PROVISIONED_READS = listed(
    DYNAMODB,
    "Provisioned IOPS",
    "ReadCapacityUnit-Hrs",
    "CommittedThroughput",
    unit="ReadCapacityUnit-Hrs",
    rate=0.00013,
)
PROVISIONED_WRITES = listed(
    DYNAMODB,
    "Provisioned IOPS",
    "WriteCapacityUnit-Hrs",
    "CommittedThroughput",
    unit="WriteCapacityUnit-Hrs",
    rate=0.00065,
)
WAREHOUSE_NODE = listed(
    REDSHIFT, "Compute Instance", "Node:ra3.xlplus", "RunComputeNode:0001", unit="Hrs", rate=1.086
)
WAREHOUSE_OLD_NODE = listed(
    REDSHIFT,
    "Compute Instance",
    "Node:dc2.large",
    "RunComputeNode:0001",
    unit="Hrs",
    rate=0.25,
    current_generation="No",
)
WAREHOUSE_STORAGE = listed(
    REDSHIFT, "Redshift Managed Storage", "RMS:ra3.xlplus", "RMSUsage", unit="GB-Mo", rate=0.024
)
ETL_HOURS = listed(("AWSGlue", "AWS Glue"), "AWS Glue", "ETL-DPU-Hour", "Jobrun", unit="DPU-Hour", rate=0.44)
QUERY_BYTES = listed(
    ("AmazonAthena", "Amazon Athena"),
    "Athena Queries",
    "DataScannedInTB",
    "StartQueryExecution",
    unit="Terabytes",
    rate=5.0,
)
THREAT_EVENTS = listed(
    ("AmazonGuardDuty", "Amazon GuardDuty"),
    "Security Services",
    "PaidEventsAnalyzed",
    "CloudTrailEvent",
    unit="Events",
    rate=0.000004,
)
CONFIG_ITEMS = listed(
    ("AWSConfig", "AWS Config"),
    "Management Tools - AWS Config",
    "ConfigurationItemRecorded",
    "RecordResourceConfiguration",
    unit="ConfigurationItemRecorded",
    rate=0.003,
)
TRAIL_EVENTS = listed(
    ("AWSCloudTrail", "AWS CloudTrail"),
    "Management Tools - AWS CloudTrail",
    "PaidEventsRecorded",
    "PaidEventsRecorded",
    unit="Events",
    rate=0.00002,
)
KEYS = listed(
    ("awskms", "AWS Key Management Service"),
    "Encryption Key",
    "us-east-1-KMS-Keys",
    "Unknown",
    unit="Keys",
    rate=1.0,
)
SECRETS = listed(
    ("AWSSecretsManager", "AWS Secrets Manager"),
    "Secret",
    "USE1-AWSSecretsManager-Secrets",
    "SecretsManager",
    unit="Secrets",
    rate=0.40,
)
QUEUE_REQUESTS = listed(
    ("AWSQueueService", "Amazon Simple Queue Service"),
    "API Request",
    "Requests-RBP",
    "Send",
    unit="Requests",
    rate=0.0000004,
)
IMAGE_STORAGE = listed(
    ("AmazonECR", "Amazon EC2 Container Registry (ECR)"),
    "EC2 Container Registry",
    "TimedStorage-ByteHrs",
    "TimedStorage-ByteHrs",
    unit="GB-Mo",
    rate=0.10,
)
