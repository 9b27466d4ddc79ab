"""The roles of the templates with everything resolved; what the stack makes is called by its logical id."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.intrinsics import Resolver
from tests.permissions.policies import Grant, Policy
from tests.template.invariants.access import CONSUMES, LOGS, NETWORK, TRACES
from tests.template.stack import CHECKOUT, Document, Stack, target

EXPORT_BUCKET = "acme-exports"
# Secrets Manager and SQS use it in the name of whoever calls them.
USES_KEY = {("kms:Decrypt", "Key"), ("kms:GenerateDataKey", "Key")}
CUSTOMERS_TEMPLATE = CHECKOUT / "onboarding" / "read-role.yaml"
ACTORS_TEMPLATE = CHECKOUT / "onboarding" / "action-role.yaml"


@dataclass(frozen=True, kw_only=True)
class Role:
    """What a function may do; `environment` is what its variables hold by the template, `rotated` are secrets."""

    policy: Policy
    environment: Mapping[str, str]
    of_lambda: frozenset[Grant]
    deployment: Mapping[str, str]
    rotated: frozenset[str]

    def name(self, known: str, event: Mapping[str, Any]) -> str:
        """The template's name for what the function read from its environment, or was told by its event."""
        told = event.get("ResourceProperties", {})
        named = {os.environ.get(variable): value for variable, value in self.environment.items()}
        named |= {told.get(field): value for field, value in self.deployment.items()}
        if known == event.get("SecretId"):
            # CloudFormation begins the name of a secret with its logical id.
            return next((secret for secret in self.rotated if f"{secret}-" in known), known)
        return named.get(known, known)


def roles_of_functions(template: Document) -> dict[str, Role]:
    """By the function's folder. `template` is transformed."""
    stack, resolver = Stack(template), resolver_of(template, ExportBucket=EXPORT_BUCKET)
    return {
        properties["Handler"].partition(".")[0]: Role(
            policy=policy_of(stack, resolver, target(properties["Role"])),
            environment=resolver.resolve(properties.get("Environment", {}).get("Variables", {})),
            of_lambda=frozenset(made_by_lambda(stack, name)),
            deployment=resolver.resolve(told_by_cloudformation(stack, name)),
            rotated=frozenset(rotated_by(stack, name)),
        )
        for name, properties in stack.functions.items()
    }


def role_of_customers(export_bucket: str = EXPORT_BUCKET, *, export_key: str = "") -> Policy:
    template = yaml_parse(CUSTOMERS_TEMPLATE.read_text(encoding="utf-8"))
    resolver = resolver_of(template, ExportBucket=export_bucket, ExportKeyArn=export_key)
    return policy_of(Stack(template), resolver, "Reader")


def role_of_actors(**parameters: str) -> Policy:
    """The role that changes are made by, with every family of changes opted in to unless told otherwise."""
    template = yaml_parse(ACTORS_TEMPLATE.read_text(encoding="utf-8"))
    told = {name: "true" for name in template["Parameters"] if name.startswith("Allow")}
    resolver = Resolver(
        references={**told, "AWS::AccountId": "*", **parameters},
        attributes={"Scheduler.Arn": "arn:aws:iam::*:role/cloudops-scheduler"},
        conditions=template["Conditions"],
    )
    return policy_of(Stack(template), resolver, "Actor")


def policy_of(stack: Stack, resolver: Resolver, role: str) -> Policy:
    properties = stack.properties(role)
    attached = [stack.properties(one) for one in properties.get("ManagedPolicyArns", [])]
    return Policy(
        statements=tuple(
            statement
            for policy in [*properties.get("Policies", []), *attached]
            for statement in resolver.resolve(policy["PolicyDocument"]["Statement"])
        )
    )


def resolver_of(template: Document, **parameters: str) -> Resolver:
    defaults = {name: str(one.get("Default", "")) for name, one in template.get("Parameters", {}).items()}
    return Resolver(
        references={"AWS::Region": "eu-west-1", **defaults, **parameters},
        attributes={f"{name}.Arn": arn_of(name, one["Type"]) for name, one in template["Resources"].items()},
        conditions=template.get("Conditions", {}),
    )


def arn_of(name: str, kind: str) -> str:
    """A bucket's objects are named by its ARN; of everything else the name says enough."""
    return f"arn:aws:s3:::{name}" if kind == "AWS::S3::Bucket" else name


def made_by_lambda(stack: Stack, name: str) -> Iterator[Grant]:
    """What AWS does with a function's role on the way to a call, and no code of ours."""
    yield from TRACES | NETWORK | USES_KEY
    yield from ((action, target(stack.functions[name]["LoggingConfig"]["LogGroup"])) for action in LOGS)
    if queue := stack.queue_of.get(name):
        yield from ((action, queue) for action in CONSUMES)
    for invocation in stack.of("Lambda::EventInvokeConfig").values():
        if target(invocation["FunctionName"]) == name:
            yield "sqs:SendMessage", target(invocation["DestinationConfig"]["OnFailure"]["Destination"])


def told_by_cloudformation(stack: Stack, name: str) -> dict[str, Any]:
    """What the UI is told names nothing that a function asks for."""
    return {
        field: value
        for properties in stack.custom.values()
        if target(properties["ServiceToken"]) == name
        for field, value in properties.items()
        if field != "Config"
    }


def rotated_by(stack: Stack, name: str) -> Iterator[str]:
    for schedule in stack.of("SecretsManager::RotationSchedule").values():
        if target(schedule["RotationLambdaARN"]) == name:
            yield target(schedule["SecretId"])
