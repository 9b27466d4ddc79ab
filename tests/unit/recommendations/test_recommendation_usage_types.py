import pytest
from recommendation_bills import usage

from cloudops.recommendations.instance_types import instance_type_of
from cloudops.recommendations.usage_types import meter, service_family


@pytest.mark.parametrize(
    ("usage_type", "expected"),
    [
        ("USW2-EBS:VolumeUsage.gp2", "EBS:VolumeUsage.gp2"),
        ("EBS:VolumeUsage.gp2", "EBS:VolumeUsage.gp2"),
        ("EU-BoxUsage:m4.large", "BoxUsage:m4.large"),
        ("EUC1-BoxUsage:m4.large", "BoxUsage:m4.large"),
        ("APS3-RDS:GP2-Storage", "RDS:GP2-Storage"),
        ("UGW1-NatGateway-Hours", "NatGateway-Hours"),
        ("ca-central-1-KMS-Requests", "KMS-Requests"),
        ("us-gov-west-1-KMS-Requests", "KMS-Requests"),
        ("IA-TimedStorage-ByteHrs", "IA-TimedStorage-ByteHrs"),
        ("CW:MetricMonitorUsage", "CW:MetricMonitorUsage"),
        ("DataTransfer-Out-Bytes", "DataTransfer-Out-Bytes"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_region_is_taken_off_and_nothing_else(usage_type: str | None, expected: str) -> None:
    assert meter(usage_type) == expected


@pytest.mark.parametrize(
    ("service", "family"),
    [
        ("AmazonEC2", "ec2"),
        ("Amazon Elastic Compute Cloud", "ec2"),
        ("AmazonRDS", "rds"),
        ("Amazon Relational Database Service", "rds"),
        ("AmazonCloudWatch", "cloudwatch"),
        ("Amazon Simple Storage Service", "s3"),
        ("AmazonEKS", "eks"),
        ("Amazon EC2 Container Registry (ECR)", "ecr"),
        ("ComputeSavingsPlans", "savingsplans"),
        ("Virtual Machines", "virtual machines"),
    ],
)
def test_a_service_has_one_name_in_every_export(service: str, family: str) -> None:
    assert service_family(service) == family


@pytest.mark.parametrize(
    ("usage_type", "attribute", "expected"),
    [
        ("USW2-BoxUsage:m4.large", None, "m4.large"),
        ("InstanceUsage:db.r5.4xlarge", None, "db.r5.4xlarge"),
        ("ESInstance:m4.large.search", None, "m4.large.search"),
        ("BoxUsage:m5.xlarge", "t3.small", "m5.xlarge"),
        (None, "cache.r5.large", "cache.r5.large"),
        ("DataTransfer-Out-Bytes", None, "None"),
    ],
)
def test_the_instance_type_is_what_is_metered(
    usage_type: str | None, attribute: str | None, expected: str
) -> None:
    assert str(instance_type_of(usage(usage_type, instance_type=attribute))) == expected
