"""What lies in the stack's own buckets: kept, private, encrypted, and for the trail's heads out of anybody's reach."""

import re
from collections.abc import Iterator

from tests.template.stack import Stack, alternatives, of_stage

# Made anew by every deployment, so that nobody needs it once the stack is gone.
MADE_ANEW = {"UiBucket"}
PRIVATE = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def buckets_are_private(stack: Stack) -> Iterator[str]:
    for name, bucket in stack.of("S3::Bucket").items():
        blocked = bucket.get("PublicAccessBlockConfiguration", {})
        if not all(blocked.get(way) is True for way in PRIVATE):
            yield f"{name} may be opened to the public"
        owners = bucket.get("OwnershipControls", {}).get("Rules")
        if owners != [{"ObjectOwnership": "BucketOwnerEnforced"}]:
            yield f"{name} takes objects that are not ours"


def buckets_are_encrypted_and_versioned(stack: Stack) -> Iterator[str]:
    for name, bucket in stack.of("S3::Bucket").items():
        if not bucket.get("BucketEncryption"):
            yield f"{name} is not encrypted"
        if bucket.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield f"{name} forgets what was written over"


def buckets_speak_tls_only(stack: Stack) -> Iterator[str]:
    for name in stack.of("S3::Bucket"):
        refusing = [
            statement
            for policy in stack.of("S3::BucketPolicy").values()
            if policy["Bucket"] == {"Ref": name}
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny"
            and statement["Principal"] == "*"
            and statement["Action"] == "s3:*"
            and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            and statement["Resource"] == [{"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"${{{name}.Arn}}/*"}]
        ]
        if not refusing:
            yield f"{name} is reached without TLS"


def buckets_outlive_their_stack(stack: Stack) -> Iterator[str]:
    for name in stack.of("S3::Bucket").keys() - MADE_ANEW:
        resource = stack.resources[name]
        if not all(
            "Retain" in resource.get(policy, "") for policy in ("DeletionPolicy", "UpdateReplacePolicy")
        ):
            yield f"{name} goes with the stack"


def heads_cannot_be_changed(stack: Stack) -> Iterator[str]:
    bucket = stack.properties({"Ref": "EvidenceBucket"})
    rule = bucket.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention")
    if bucket.get("ObjectLockEnabled") is not True:
        yield "evidence is not locked"
    if rule != {"Mode": of_stage("EvidenceLockMode"), "Days": of_stage("EvidenceRetentionDays")}:
        yield "evidence is locked for no time by itself"
    if bucket.get("LifecycleConfiguration"):
        yield "evidence is removed by rule"
    for role in stack.of("IAM::Role"):
        for statement in stack.statements({"Ref": role}):
            for action in alternatives(statement["Action"]):
                of_the_ui = "UiBucket" in str(statement["Resource"])
                if re.match(r"s3:(\*|Bypass|Put\w*(Retention|Hold|Lock|Lifecycle))", action) or (
                    action.startswith("s3:Delete") and not of_the_ui
                ):
                    yield f"{role} may {action}"


def files_are_removed_and_archives_are_not(stack: Stack) -> Iterator[str]:
    rules = stack.properties({"Ref": "ArchiveBucket"}).get("LifecycleConfiguration", {}).get("Rules", [])
    expiring = {rule.get("Prefix"): rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    if expiring != {"exports/": 7}:
        yield f"objects expire as {expiring}"


INVARIANTS = (
    buckets_are_private,
    buckets_are_encrypted_and_versioned,
    buckets_speak_tls_only,
    buckets_outlive_their_stack,
    heads_cannot_be_changed,
    files_are_removed_and_archives_are_not,
)
