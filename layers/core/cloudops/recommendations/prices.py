"""Published price ratios, for what the bill itself does not show: facts with their source and date.

Where prices differ by size or region, the ratio kept is the one that saves least.
"""

from collections.abc import Mapping
from decimal import Decimal

from cloudops.recommendations.models import PriceRatio

EC2_ON_DEMAND = "public EC2 Linux on-demand prices, us-east-1 (aws/karpenter-provider-aws)"
EC2_RESERVED = "1-year convertible no-upfront rate, us-east-1 (vantage-sh/ec2instances.info)"
FOCUS_SAMPLE = "list prices seen in the FOCUS sample data (us-east-1, us-west-2, eu-central-1, ap-south-1)"
AWS_LIST = "public AWS list prices, us-east-1 (infracost price tests)"
AWS_PRICING = "AWS pricing pages"
ON_THIS_BILL = "net rate on this bill"


def sizes(names: str) -> frozenset[str]:
    return frozenset(names.split())


# The size sets are those whose successor has the same name.
BURSTABLE = sizes("nano micro small medium large xlarge 2xlarge")
UP_TO_16 = sizes("large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge")
SIX_TO_SEVEN_G = UP_TO_16 | {"medium"}
EIGHTH = UP_TO_16 | {"24xlarge", "48xlarge"}

type Successor = tuple[str, str, frozenset[str]]
"""Family, price ratio (as text, exact), sizes."""

EC2_CURRENT: Mapping[str, Successor] = {
    "t1": ("t3", "0.5200", frozenset({"micro"})),
    "t2": ("t3", "0.9044", BURSTABLE),
    "m1": ("t3", "0.4782", sizes("small medium large xlarge")),
    "m3": ("m6i", "0.7219", sizes("large xlarge 2xlarge")),
    "m4": ("m6i", "0.9600", sizes("large xlarge 2xlarge 4xlarge 16xlarge")),
    "c3": ("c6i", "0.8096", sizes("large xlarge 2xlarge 4xlarge 8xlarge")),
    "c4": ("c6i", "0.8549", sizes("large xlarge 2xlarge 4xlarge 8xlarge")),
    "r3": ("r6i", "0.7591", sizes("large xlarge 2xlarge 4xlarge 8xlarge")),
    "r4": ("r6i", "0.9474", sizes("large xlarge 2xlarge 4xlarge 8xlarge 16xlarge")),
    "i2": ("i4i", "0.4027", sizes("xlarge 2xlarge 4xlarge 8xlarge")),
    "d2": ("d3", "0.7240", sizes("xlarge 2xlarge 4xlarge 8xlarge")),
    "g3s": ("g4dn", "0.7014", frozenset({"xlarge"})),
}

EC2_GRAVITON: Mapping[str, Successor] = {
    "t2": ("t4g", "0.7305", BURSTABLE),
    "t3": ("t4g", "0.8077", BURSTABLE),
    "t3a": ("t4g", "0.8937", BURSTABLE),
    "m4": ("m7g", "0.8160", sizes("large xlarge 2xlarge 4xlarge 16xlarge")),
    "m5": ("m7g", "0.8500", UP_TO_16),
    "m5a": ("m7g", "0.9489", UP_TO_16),
    "m5d": ("m7gd", "0.9452", UP_TO_16),
    "m5n": ("m7g", "0.6858", UP_TO_16),
    "m6i": ("m7g", "0.8500", UP_TO_16),
    "m6a": ("m7g", "0.9445", UP_TO_16),
    "m6id": ("m7gd", "0.9002", UP_TO_16),
    "m7i": ("m7g", "0.8096", UP_TO_16),
    "m7a": ("m7g", "0.7040", SIX_TO_SEVEN_G),
    "m8i": ("m8g", "0.8481", EIGHTH),
    "c4": ("c7g", "0.7292", sizes("large xlarge 2xlarge 4xlarge 8xlarge")),
    "c5": ("c7g", "0.8530", sizes("large xlarge 2xlarge 4xlarge 12xlarge")),
    "c5a": ("c7g", "0.9416", UP_TO_16),
    "c5d": ("c7gd", "0.9451", sizes("large xlarge 2xlarge 4xlarge 12xlarge")),
    "c6i": ("c7g", "0.8530", UP_TO_16),
    "c6a": ("c7g", "0.9478", UP_TO_16),
    "c6id": ("c7gd", "0.9001", UP_TO_16),
    "c7i": ("c7g", "0.8124", UP_TO_16),
    "c7a": ("c7g", "0.7074", SIX_TO_SEVEN_G),
    "c8i": ("c8g", "0.8512", EIGHTH),
    "r4": ("r7g", "0.8053", sizes("large xlarge 2xlarge 4xlarge 8xlarge 16xlarge")),
    "r5": ("r7g", "0.8500", UP_TO_16),
    "r5a": ("r7g", "0.9478", UP_TO_16),
    "r5d": ("r7gd", "0.9452", UP_TO_16),
    "r6i": ("r7g", "0.8500", UP_TO_16),
    "r6a": ("r7g", "0.9445", UP_TO_16),
    "r6id": ("r7gd", "0.9002", UP_TO_16),
    "r7i": ("r7g", "0.8096", UP_TO_16),
    "r7a": ("r7g", "0.7046", SIX_TO_SEVEN_G),
    "r8i": ("r8g", "0.8482", EIGHTH),
}

# Managed services: families only, since their prices do not follow EC2's and the bill has to show them.
RDS_CURRENT: Mapping[str, str] = {
    "t1": "t3", "t2": "t3", "m1": "m6i", "m2": "r6i", "m3": "m6i", "m4": "m6i", "r3": "r6i", "r4": "r6i",
}  # fmt: skip
RDS_GRAVITON: Mapping[str, str] = {
    "t2": "t4g", "t3": "t4g", "m4": "m6g", "m5": "m6g", "m6i": "m7g", "r4": "r6g", "r5": "r6g", "r6i": "r7g",
}  # fmt: skip
ELASTICACHE_CURRENT: Mapping[str, str] = {
    "t1": "t4g", "t2": "t4g", "t3": "t4g", "m1": "m6g", "m3": "m6g", "m4": "m6g", "m5": "m6g",
    "r3": "r6g", "r4": "r6g", "r5": "r6g",
}  # fmt: skip
OPENSEARCH_CURRENT: Mapping[str, str] = {
    "t2": "t3", "m3": "m6g", "m4": "m6g", "m5": "m6g", "c4": "c6g", "c5": "c6g",
    "r3": "r6g", "r4": "r6g", "r5": "r6g", "i2": "i3",
}  # fmt: skip


def published(value: str, source: str, as_of: str, confidence: str) -> PriceRatio:
    return PriceRatio(value=Decimal(value), source=source, as_of=as_of, confidence=Decimal(confidence))


def ec2_ratio(value: str) -> PriceRatio:
    return published(value, EC2_ON_DEMAND, "2026-07-20", "0.7")


# EBS, per unit of the volume's own storage rate.
GP3_STORAGE_PER_GP2 = published("0.80", FOCUS_SAMPLE, "2024-09", "0.9")
GP3_IOPS_PER_GP2 = published("0.0505", FOCUS_SAMPLE, "2024-09", "0.9")
GP3_THROUGHPUT_PER_GP2 = published("0.40", FOCUS_SAMPLE, "2024-09", "0.9")
GP3_STORAGE_PER_IO1 = published("0.64", AWS_LIST, "2024", "0.6")
GP3_IOPS_PER_IO1_STORAGE = published("0.04", AWS_LIST, "2024", "0.6")
ST1_PER_MAGNETIC = published("0.90", AWS_LIST, "2024", "0.5")
GP3_PER_MAGNETIC = published("1.60", FOCUS_SAMPLE, "2024-09", "0.6")

S3_INFREQUENT_PER_STANDARD = published("0.544", AWS_LIST, "2024", "0.6")
LAMBDA_ARM = published("0.8001", AWS_LIST, "2024", "0.7")
FARGATE_ARM = published("0.8009", FOCUS_SAMPLE, "2024-09", "0.7")
RDS_SINGLE_AZ = published("0.50", AWS_LIST, "2024", "0.8")
AURORA_IO_COMPUTE = published("1.30", AWS_PRICING, "2023-05", "0.7")
AURORA_IO_STORAGE = published("2.25", AWS_PRICING, "2023-05", "0.7")
DYNAMODB_IA_STORAGE = published("0.40", AWS_PRICING, "2024", "0.7")
DYNAMODB_IA_THROUGHPUT = published("1.25", AWS_PRICING, "2024", "0.7")

# One year, no upfront: the smallest commitment there is.
COMMITTED_EC2 = published(
    "0.7393", "1-year convertible no-upfront rate (vantage-sh/ec2instances.info)", "2026", "0.4"
)
COMMITTED_RDS = published("0.7037", AWS_LIST, "2024", "0.4")
COMMITTED_ELASTICACHE = published("0.6827", AWS_LIST, "2024", "0.4")
