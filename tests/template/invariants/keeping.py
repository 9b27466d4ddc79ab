"""What each stage is protected from, what stays when a stack goes, and that another can take its place."""

import json
from collections.abc import Iterator

from tests.template.stack import Stack, of_stage

PROTECTION = (
    "MultiAz",
    "DatabaseDeletionProtection",
    "UserPoolDeletionProtection",
    "EvidenceLockMode",
)
UNPROTECTED = [False, False, "INACTIVE", "GOVERNANCE"]
PROTECTED = [True, True, "ACTIVE", "COMPLIANCE"]
FEWEST_BACKUPS = 7
# Every resource that stays when the stack goes, with the reason. What a first deployment made in vain goes, but for the
# account's setting.
STAYS = {
    "Key": "Snapshots of the database can be read by nothing else.",
    "EvidenceBucket": "Locked objects outlive whoever would delete them.",
    "ArchiveBucket": "Archives are all that is left of old rows.",
    "ApiAccount": "It is the account's setting, on which other APIs may rely.",
    "ApiLogsRole": "The account's setting names it.",
}
THE_ACCOUNTS = {"ApiAccount", "ApiLogsRole"}
STAYS_WHEN_REPLACED = {"UserPool": "A pool cannot be made anew: nobody gets their passwords out of it."}
# What a resource is called, where the template may choose it.
NAMES = {
    "ApiGateway::RestApi": "Name",
    "CloudWatch::Alarm": "AlarmName",
    "CloudWatch::Dashboard": "DashboardName",
    "Cognito::UserPool": "UserPoolName",
    "IAM::ManagedPolicy": "ManagedPolicyName",
    "IAM::Role": "RoleName",
    "KMS::Alias": "AliasName",
    "Lambda::Function": "FunctionName",
    "Lambda::LayerVersion": "LayerName",
    "Logs::LogGroup": "LogGroupName",
    "RDS::DBInstance": "DBInstanceIdentifier",
    "S3::Bucket": "BucketName",
    "SNS::Topic": "TopicName",
    "SQS::Queue": "QueueName",
    "SecretsManager::Secret": "Name",
}
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MOST_RESOURCES, MOST_BYTES = 500, 1_000_000


def a_stage_protects_what_it_says(stack: Stack) -> Iterator[str]:
    stages = stack.template["Mappings"]["Stages"]
    parameter = stack.template["Parameters"]["Stage"]
    if (parameter["Default"], parameter["AllowedValues"]) != ("dev", list(stages)):
        yield f"a deployment may choose {parameter}"
    for stage, wanted in {"dev": UNPROTECTED, "prod": PROTECTED}.items():
        if (found := [stages[stage][name] for name in PROTECTION]) != wanted:
            yield f"{stage} is protected by {found}"
    days = [one["EvidenceRetentionDays"] for one in stages.values()]
    if days != sorted(days) or days[0] != 1:
        yield f"evidence is locked for {days} days"
    if any(one["BackupDays"] < FEWEST_BACKUPS for one in stages.values()):
        yield "a stage has no backups of a week"


def protection_follows_the_stage(stack: Stack) -> Iterator[str]:
    if stack.template["Conditions"].get("KeepsData") != {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "dev"]}]
    }:
        yield "another stage than dev loses its data"
    for name, pool in stack.of("Cognito::UserPool").items():
        if pool.get("DeletionProtection") != of_stage("UserPoolDeletionProtection"):
            yield f"{name} is protected by {pool.get('DeletionProtection')}"


def what_stays_is_known(stack: Stack) -> Iterator[str]:
    for policy, known in {
        "DeletionPolicy": STAYS,
        "UpdateReplacePolicy": {**STAYS, **STAYS_WHEN_REPLACED},
    }.items():
        found = {name for name, one in stack.resources.items() if "Retain" in str(one.get(policy))}
        if found != known.keys():
            yield f"{policy} keeps {sorted(found ^ known.keys())}, or does not"
    for name in STAYS.keys() - THE_ACCOUNTS:
        if stack.resources.get(name, {}).get("DeletionPolicy") != "RetainExceptOnCreate":
            yield f"each deployment that fails at first leaves a {name} behind"


def what_stays_is_in_nobodys_way(stack: Stack) -> Iterator[str]:
    # The next stack of this name makes its own.
    for kind, name in NAMES.items():
        for logical in STAYS.keys() & stack.of(kind).keys():
            if name in stack.properties({"Ref": logical}):
                yield f"{logical} keeps the name that the next stack wants"


def names_are_the_stacks_own(stack: Stack) -> Iterator[str]:
    """Two stacks live in one account and region."""
    for kind, name in NAMES.items():
        for logical, properties in stack.of(kind).items():
            if name in properties and "AWS::StackName" not in json.dumps(properties[name]):
                yield f"{logical} has the fixed name {properties[name]}"


def the_stack_fits_into_cloudformation(stack: Stack) -> Iterator[str]:
    if len(stack.resources) > MOST_RESOURCES:
        yield f"there are {len(stack.resources)} resources"
    if (size := len(json.dumps(stack.template))) > MOST_BYTES:
        yield f"the template has {size} bytes"


INVARIANTS = (
    a_stage_protects_what_it_says,
    protection_follows_the_stage,
    what_stays_is_known,
    what_stays_is_in_nobodys_way,
    names_are_the_stacks_own,
    the_stack_fits_into_cloudformation,
)
