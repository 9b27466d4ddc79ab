"""The IAM actions that an operation of an AWS API asks for, and the resource that it names.

After the Service Authorization Reference: most actions are called like their operation, and S3's often are not.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.permissions.policies import Call

type Parameters = Mapping[str, Any]
type Names = Callable[[str], str]

# Services that sign by another name than IAM knows them by.
PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
# Nobody needs a permission for it, and no policy can take it away.
FREE = {("sts", "GetCallerIdentity")}
IRREGULAR: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("apigateway", "GetRestApi"): ("apigateway:GET",),
    ("apigateway", "GetStages"): ("apigateway:GET",),
    ("lambda", "Invoke"): ("lambda:InvokeFunction",),
    ("s3", "AbortMultipartUpload"): ("s3:AbortMultipartUpload",),
    ("s3", "CompleteMultipartUpload"): ("s3:PutObject",),
    ("s3", "CopyObject"): ("s3:GetObject", "s3:PutObject"),
    ("s3", "CreateMultipartUpload"): ("s3:PutObject",),
    ("s3", "DeleteBucketLifecycle"): ("s3:PutLifecycleConfiguration",),
    ("s3", "GetBucketEncryption"): ("s3:GetEncryptionConfiguration",),
    ("s3", "GetBucketLifecycleConfiguration"): ("s3:GetLifecycleConfiguration",),
    ("s3", "GetPublicAccessBlock"): ("s3:GetBucketPublicAccessBlock",),
    ("s3", "HeadBucket"): ("s3:ListBucket",),
    ("s3", "HeadObject"): ("s3:GetObject",),
    ("s3", "ListBuckets"): ("s3:ListAllMyBuckets",),
    ("s3", "ListObjectVersions"): ("s3:ListBucketVersions",),
    ("s3", "ListObjects"): ("s3:ListBucket",),
    ("s3", "ListObjectsV2"): ("s3:ListBucket",),
    ("s3", "PutBucketLifecycleConfiguration"): ("s3:PutLifecycleConfiguration",),
    ("s3", "UploadPart"): ("s3:PutObject",),
    ("sqs", "DeleteMessageBatch"): ("sqs:DeleteMessage",),
    ("sqs", "SendMessageBatch"): ("sqs:SendMessage",),
}
LISTS = frozenset(("s3:ListBucket", "s3:ListBucketVersions"))
REGION = "eu-west-1"
SECRETS = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:"
REST_APIS = f"arn:aws:apigateway:{REGION}::/restapis/"
# What follows the API in the name of what is asked for.
BELOW = {("apigateway", "GetStages"): "/stages"}
IDENTITIES = f"arn:aws:ses:{REGION}:123456789012:identity/"
USES_KEY = ("kms:Decrypt", "kms:GenerateDataKey")
# What a further parameter asks for besides.
RETAINS = {"ObjectLockRetainUntilDate": "s3:PutObjectRetention", "Tagging": "s3:PutObjectTagging"}


def calls_of(signing_name: str, operation: str, parameters: Parameters, *, names: Names = str) -> list[Call]:
    """`names` turns what a function knows from its environment into the template's name for it."""
    service = prefix_of(signing_name)
    if (service, operation) in FREE:
        return []
    resource = resource_of(service, parameters, names) + BELOW.get((service, operation), "")
    if (service, operation) == ("s3", "DeleteObjects"):
        return [deletion_of(resource, one) for one in parameters["Delete"]["Objects"]]
    actions = IRREGULAR.get((service, operation), (f"{service}:{operation}",))
    if operation == "GetObject" and "VersionId" in parameters:
        actions = ("s3:GetObjectVersion",)
    if operation == "PutObject":
        actions += tuple(action for parameter, action in RETAINS.items() if parameter in parameters)
    lists = LISTS.intersection(actions) and "Prefix" in parameters
    context = {"s3:prefix": parameters["Prefix"]} if lists else {}
    calls = [Call(action=action, resource=resource, context=context) for action in actions]
    if "KmsKeyId" in parameters:
        calls += uses_of_key(service, names(parameters["KmsKeyId"]))
    return calls


def uses_of_key(service: str, key: str) -> list[Call]:
    """What a service that is told a key asks of it in the caller's name.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    through = {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}
    return [Call(action=action, resource=key, context=through) for action in USES_KEY]


def deletion_of(bucket: str, stored: Parameters) -> Call:
    action = "s3:DeleteObjectVersion" if "VersionId" in stored else "s3:DeleteObject"
    return Call(action=action, resource=f"{bucket}/{stored['Key']}")


def prefix_of(signing_name: str) -> str:
    return PREFIXES.get(signing_name, signing_name)


def resource_of(service: str, parameters: Parameters, names: Names) -> str:
    """Calls on anything else have to be allowed on "*"."""
    match service, parameters:
        case "s3", {"Bucket": str(bucket), **further}:
            key = f"/{further['Key']}" if "Key" in further else ""
            return f"arn:aws:s3:::{names(bucket)}{key}"
        case (
            ("sqs", {"QueueUrl": str(named)})
            | ("secretsmanager", {"SecretId": str(named)})
            | ("sts", {"RoleArn": str(named)})
            | ("cognito-idp", {"UserPoolId": str(named)})
        ):
            return names(named)
        case "secretsmanager", {"Name": str(named)}:
            return f"{SECRETS}{named}-AbCdEf"
        case "apigateway", {"restApiId": str(api)}:
            return f"{REST_APIS}{api}"
        case "ses", {"FromEmailAddress": str(sender)}:
            return f"{IDENTITIES}{sender.rpartition('@')[2]}"
        case _:
            return "*"
