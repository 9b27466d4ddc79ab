"""AWS usage types without their region, and the service a line belongs to whatever the export calls it."""

import re

# "USW2-", "EU-", "us-east-1-": usage in us-east-1 mostly carries none.
REGION_PREFIX = re.compile(
    r"^(?:EU|(?:US|UG|CA|EU|AP|SA|AF|ME|IL|MX|CN)[A-Z]\d{1,2}|[a-z]{2}(?:-[a-z]+)+-\d)-"
)

# Product codes (CUR) and service names (FOCUS) of one service share a word.
SERVICE_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("savingsplans", ("savingsplan", "savings plan")),
    ("marketplace", ("marketplace",)),
    ("eks", ("amazoneks", "kubernetes")),
    ("ecs", ("amazonecs", "elastic container service")),
    ("ecr", ("amazonecr", "container registry")),
    ("ec2", ("amazonec2", "elastic compute", "ec2")),
    ("s3", ("amazons3", "simple storage")),
    ("rds", ("amazonrds", "relational database", "aurora")),
    ("dynamodb", ("dynamodb",)),
    ("elasticache", ("elasticache",)),
    ("redshift", ("redshift",)),
    ("opensearch", ("opensearch", "elasticsearch", "amazones")),
    ("efs", ("amazonefs", "elastic file")),
    ("cloudwatch", ("cloudwatch",)),
    ("cloudtrail", ("cloudtrail",)),
    ("config", ("awsconfig", "aws config")),
    ("security", ("guardduty", "macie", "inspector", "securityhub", "security hub", "detective")),
    ("lambda", ("lambda",)),
    ("kms", ("awskms", "key management")),
    ("sagemaker", ("sagemaker",)),
)


def meter(usage_type: str | None) -> str:
    """The usage type without its region prefix; empty where the export has none."""
    return REGION_PREFIX.sub("", usage_type or "")


def service_family(service: str) -> str:
    """A short name for a service, or the service itself in lower case where no check knows it."""
    lowered = service.lower()
    for family, words in SERVICE_WORDS:
        if any(word in lowered for word in words):
            return family
    return lowered
