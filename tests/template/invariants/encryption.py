"""The key of one's own: what it encrypts and who may use it."""

from collections.abc import Iterator

from tests.template.stack import Stack, alternatives

OURS = {"Fn::GetAtt": ["Key", "Arn"]}
ENCRYPTED = {
    "RDS::DBInstance": ("KmsKeyId", "PerformanceInsightsKMSKeyId"),
    "SecretsManager::Secret": ("KmsKeyId",),
    "Logs::LogGroup": ("KmsKeyId",),
    "SNS::Topic": ("KmsMasterKeyId",),
}
ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}


def what_is_kept_is_encrypted_by_our_key(stack: Stack) -> Iterator[str]:
    for kind, properties in ENCRYPTED.items():
        for name, resource in stack.of(kind).items():
            for key in properties:
                if resource.get(key) not in (OURS, {"Ref": "Key"}):
                    yield f"{key} of {name} is {resource.get(key)}"


def the_key_changes_every_year(stack: Stack) -> Iterator[str]:
    for name, key in stack.of("KMS::Key").items():
        if key.get("EnableKeyRotation") is not True:
            yield f"{name} stays the same for ever"


def services_use_the_key_for_this_stack_alone(stack: Stack) -> Iterator[str]:
    for name, key in stack.of("KMS::Key").items():
        for statement in key["KeyPolicy"]["Statement"]:
            services = statement["Principal"].get("Service")
            if services is None and statement["Principal"] != ACCOUNT:
                yield f"{name} may be used by {statement['Principal']}"
            if services is not None and not statement.get("Condition"):
                yield f"{name} may be used by {services} for anybody"
            if services is not None and "kms:*" in alternatives(statement["Action"]):
                yield f"{name} may be deleted by {services}"


def secrets_are_changed_every_month(stack: Stack) -> Iterator[str]:
    rotated = {one["SecretId"]["Ref"]: one for one in stack.of("SecretsManager::RotationSchedule").values()}
    attached = {one["SecretId"]["Ref"] for one in stack.of("SecretsManager::SecretTargetAttachment").values()}
    for name in attached ^ rotated.keys():
        yield f"{name} is never changed"
    for name, schedule in rotated.items():
        # Before the migrations ran, there is no role to give a password to.
        if schedule.get("RotateImmediatelyOnUpdate") is not False:
            yield f"{name} is changed while the stack is made"
        if not schedule["RotationRules"].get("ScheduleExpression", "").startswith("cron("):
            yield f"{name} is changed at any hour"
    callers = [
        one
        for one in stack.of("Lambda::Permission").values()
        if one["Principal"] == "secretsmanager.amazonaws.com"
    ]
    if [one.get("SourceAccount") for one in callers] != [{"Ref": "AWS::AccountId"}]:
        yield "Secrets Manager may not ask for a change, or for that of others"


INVARIANTS = (
    what_is_kept_is_encrypted_by_our_key,
    the_key_changes_every_year,
    services_use_the_key_for_this_stack_alone,
    secrets_are_changed_every_month,
)
