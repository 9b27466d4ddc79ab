"""A lifecycle rule for a bucket, beside those that it has."""

from collections.abc import Iterable, Mapping
from typing import Any

from cloudops.automation.executor import (
    BadParameterError,
    Clients,
    Grant,
    Nature,
    Probe,
    TargetUnfitError,
    planned,
)
from cloudops.automation.executors.parameters import choice, only, optional_whole
from cloudops.automation.executors.reading import GONE, found_or_none, tags_in
from cloudops.automation.models import Target
from cloudops.automation.plans import Call, Plan, Step, Undo
from cloudops.platform.aws_mutations import plain
from cloudops.recommendations.models import RiskClass

RULE_ID = "cloudops-guardrails"
CLASSES = ("INTELLIGENT_TIERING", "STANDARD_IA", "GLACIER_IR")
NO_BUCKET = frozenset(("NoSuchBucket", "404"))
NO_RULES = frozenset(("NoSuchLifecycleConfiguration",))
NO_TAGS = frozenset(("NoSuchTagSet",))
SMALLEST = "TransitionDefaultMinimumObjectSize"
BUCKET = "arn:{partition}:s3:::{resource}"


class AddLifecycleRule:
    """Objects move to another class and unfinished uploads go; no object is ever deleted."""

    nature = Nature(
        type="s3.lifecycle",
        title="Add a lifecycle rule to a bucket",
        risk=RiskClass.B,
        restarts=False,
        loses="nothing at once; objects that have moved stay in their new class, and moving them back costs requests",
        undone_by="taking the rule away again",
        reads=(
            Grant(
                actions=("s3:GetLifecycleConfiguration", "s3:GetBucketTagging", "s3:GetBucketLocation"),
                resources=(BUCKET,),
            ),
        ),
        writes=(Grant(actions=("s3:PutLifecycleConfiguration",), resources=(BUCKET,)),),
        names=r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    )

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only(given, ("storage_class", "after_days", "abort_uploads_after_days"))
        storage_class = choice(given, "storage_class", (*CLASSES, None))
        days = optional_whole(given, "after_days", 0, 3650)
        abort = optional_whole(given, "abort_uploads_after_days", 1, 365)
        if storage_class is None and abort is None:
            raise BadParameterError(
                "a storage class or days for unfinished uploads are asked for", field="storage_class"
            )
        if storage_class == "STANDARD_IA" and (days or 0) < 30:
            raise BadParameterError(
                "S3 moves objects to STANDARD_IA after 30 days at the earliest", field="after_days"
            )
        return {"storage_class": storage_class, "after_days": days or 0, "abort_uploads_after_days": abort}

    def probe(self, clients: Clients, target: Target, params: Mapping[str, Any], action: str) -> Probe:
        s3, bucket = clients("s3"), target.resource_id
        if found_or_none(lambda: s3.get_bucket_location(Bucket=bucket), absent=NO_BUCKET) is None:
            return Probe(state=GONE)
        rules = found_or_none(lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket), absent=NO_RULES)
        tags = found_or_none(lambda: s3.get_bucket_tagging(Bucket=bucket), absent=NO_TAGS)
        return Probe(
            state={"exists": True, "rules": in_order(map(modern, rules["Rules"] if rules else ()))},
            tags=tags_in(tags["TagSet"] if tags else ()),
            configuration={"smallest": rules.get(SMALLEST) if rules else None},
        )

    def plan(self, probe: Probe, target: Target, params: Mapping[str, Any]) -> Plan:
        if not probe.exists:
            raise TargetUnfitError("there is no such bucket")
        present = probe.state["rules"]
        if any(rule.get("ID") == RULE_ID for rule in present):
            raise TargetUnfitError("it has a rule of ours already")
        wanted = in_order([*present, rule_of(params)])
        smallest = probe.configuration.get("smallest")
        step = Step(
            name="add the rule",
            call=put(target, wanted, smallest),
            becomes={**probe.state, "rules": wanted},
            undo=Undo(
                name="take the rule away",
                call=put(target, present, smallest) if present else none(target),
            ),
        )
        return planned(self.nature, target, params, probe, (step,))

    def is_well(self, clients: Clients, target: Target, params: Mapping[str, Any]) -> bool | None:
        return True


def rule_of(params: Mapping[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"ID": RULE_ID, "Status": "Enabled", "Filter": {"Prefix": ""}}
    if params["storage_class"]:
        move = {"Days": params["after_days"], "StorageClass": params["storage_class"]}
        rule["Transitions"] = [move]
    if params["abort_uploads_after_days"]:
        rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": params["abort_uploads_after_days"]}
    return rule


def modern(rule: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON, and with a filter: S3 refuses rules of the old form beside rules of the new one."""
    found: dict[str, Any] = plain(rule)
    if "Prefix" in found:
        found["Filter"] = {"Prefix": found.pop("Prefix")}
    return found


def in_order(rules: Iterable[Mapping[str, Any]]) -> list[Any]:
    return sorted(rules, key=lambda rule: str(rule.get("ID")))


def put(target: Target, rules: list[Any], smallest: str | None) -> Call:
    """All rules at once; which objects are too small to move is kept, where it was said."""
    arguments = {**place(target), "LifecycleConfiguration": {"Rules": rules}}
    return Call(
        service="s3",
        operation="put_bucket_lifecycle_configuration",
        arguments={**arguments, SMALLEST: smallest} if smallest else arguments,
    )


def none(target: Target) -> Call:
    return Call(service="s3", operation="delete_bucket_lifecycle", arguments=place(target))


def place(target: Target) -> dict[str, str]:
    """Bucket names are everybody's: one that was deleted may be somebody else's by now."""
    return {"Bucket": target.resource_id, "ExpectedBucketOwner": target.account_id}
