"""What the transformed template says, in the words of the laptop stack."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.intrinsics import ACCOUNT, Resolver
from local.site_headers import page_headers

REGION = "us-east-1"
ANY_METHOD = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
VALIDATORS = "x-amazon-apigateway-request-validators"
VALIDATOR = "x-amazon-apigateway-request-validator"
Resources = Mapping[str, dict[str, Any]]
# What is not enforced or not there on one machine (permissions, the network) may use functions that only
# CloudFormation can answer.
READ = (
    "AWS::Lambda::",
    "AWS::ApiGateway::",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::SQS::",
    "AWS::S3::Bucket",
    "AWS::Events::",
)


@dataclass(frozen=True, kw_only=True)
class Function:
    """`name` is the folder of its handler; `timeout` is in seconds, `memory` in MB; paths are relative."""

    name: str
    handler: str
    environment: Mapping[str, str]
    timeout: int
    memory: int
    code: str
    layers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Route:
    """`function` is None where API Gateway answers by itself with `headers`; `method` is ANY or a name.

    `body` is the schema (JSON Schema, draft 4) that API Gateway holds JSON bodies against, None where it does not.
    """

    path: str
    method: str
    function: str | None
    authorized: bool
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class GatewayResponse:
    status: int | None
    headers: Mapping[str, str]
    template: str | None


@dataclass(frozen=True, kw_only=True)
class Queue:
    name: str
    attributes: Mapping[str, str]

    @property
    def arn(self) -> str:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name}"


@dataclass(frozen=True, kw_only=True)
class EventSource:
    queue_arn: str
    function: str
    batch_size: int
    concurrency: int
    reports_failures: bool

    @property
    def queue(self) -> str:
        return self.queue_arn.rpartition(":")[2]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    name: str
    expression: str
    function: str
    event: Mapping[str, Any]
    enabled: bool


@dataclass(frozen=True, kw_only=True)
class Template:
    functions: Mapping[str, Function]
    routes: tuple[Route, ...]
    gateway_responses: Mapping[str, GatewayResponse]
    stage: str
    queues: tuple[Queue, ...]
    buckets: tuple[str, ...]
    event_sources: tuple[EventSource, ...]
    schedules: tuple[Schedule, ...]
    page_headers: Mapping[str, str]
    """What CloudFront says with every file of the web UI."""


def read(
    document: Mapping[str, Any],
    *,
    parameters: Mapping[str, str],
    endpoint: str,
    standing_in: Mapping[str, str] | None = None,
) -> Template:
    """`endpoint` is the emulated AWS, which the addresses of queues begin with.

    `standing_in` says what takes the place of resources that CloudFormation would make: what a reference to one
    gives, by logical id, or one of its attributes ("Pool.Arn").
    """
    resolver = _resolver(document, parameters, endpoint, standing_in or {})
    resources = {
        name: {"Type": resource["Type"], "Properties": _lazily(resolver, resource)}
        for name, resource in document["Resources"].items()
        if resolver.holds(resource.get("Condition"))
    }
    names = {name: _folder(found) for name, found in _of(resources, "AWS::Lambda::Function")}
    bodies = (found["Body"] for _, found in _of(resources, "AWS::ApiGateway::RestApi"))
    api: dict[str, Any] = next(bodies, {"paths": {}})
    return Template(
        functions={function.name: function for function in _functions(resources)},
        routes=tuple(_routes(api, names)),
        gateway_responses={
            name: _gateway_response(found) for name, found in api.get(GATEWAY_RESPONSES, {}).items()
        },
        stage=next((found["StageName"] for _, found in _of(resources, "AWS::ApiGateway::Stage")), "local"),
        queues=tuple(_queue(name, found) for name, found in _of(resources, "AWS::SQS::Queue")),
        buckets=tuple(
            found.get("BucketName", _bucket_name(name)) for name, found in _of(resources, "AWS::S3::Bucket")
        ),
        event_sources=tuple(
            _event_source(found, names) for _, found in _of(resources, "AWS::Lambda::EventSourceMapping")
        ),
        schedules=tuple(_schedules(resources, names)),
        page_headers={
            name: value
            for _, found in _of(resources, "AWS::CloudFront::ResponseHeadersPolicy")
            for name, value in page_headers(found["ResponseHeadersPolicyConfig"]).items()
        },
    )


def _resolver(
    document: Mapping[str, Any], parameters: Mapping[str, str], endpoint: str, standing_in: Mapping[str, str]
) -> Resolver:
    defaults = {
        name: str(parameter.get("Default", "")) for name, parameter in document.get("Parameters", {}).items()
    }
    references = {"AWS::Region": REGION, **defaults, **parameters, **standing_in}
    conditions = document.get("Conditions", {})
    plain = Resolver(references=references, attributes={}, conditions=conditions)
    attributes = dict(standing_in)
    for name, resource in document["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::SQS::Queue":
            queue = plain.resolve(properties.get("QueueName", name))
            references[name] = f"{endpoint}/{ACCOUNT}/{queue}"
            attributes[f"{name}.Arn"] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
            attributes[f"{name}.QueueName"] = queue
        if resource["Type"] == "AWS::S3::Bucket":
            references[name] = plain.resolve(properties.get("BucketName", _bucket_name(name)))
            attributes[f"{name}.Arn"] = f"arn:aws:s3:::{references[name]}"
    return Resolver(references=references, attributes=attributes, conditions=conditions)


def _lazily(resolver: Resolver, resource: Mapping[str, Any]) -> Any:
    return resolver.resolve(resource.get("Properties", {})) if resource["Type"].startswith(READ) else {}


def _of(resources: Resources, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, found["Properties"]) for name, found in resources.items() if found["Type"] == kind)


def _folder(function: Mapping[str, Any]) -> str:
    return str(function["Handler"]).partition(".")[0]


def _functions(resources: Resources) -> Iterator[Function]:
    content = {name: found["Content"]["S3Key"] for name, found in _of(resources, "AWS::Lambda::LayerVersion")}
    for _, found in _of(resources, "AWS::Lambda::Function"):
        yield Function(
            name=_folder(found),
            handler=found["Handler"],
            environment={
                key: str(value) for key, value in found.get("Environment", {}).get("Variables", {}).items()
            },
            timeout=int(found.get("Timeout", 3)),
            memory=int(found.get("MemorySize", 128)),
            code=found["Code"]["S3Key"],
            layers=tuple(content[layer] for layer in found.get("Layers", []) if layer in content),
        )


def _routes(api: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Route]:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            integration = operation[INTEGRATION]
            schemes = [name for scheme in operation.get("security", []) for name in scheme]
            yield Route(
                path=path,
                method="ANY" if method == ANY_METHOD else method.upper(),
                function=_integrated(integration.get("uri"), names),
                authorized=bool(set(schemes) - {"NONE"}),
                headers=_headers(
                    integration.get("responses", {}).get("default", {}).get("responseParameters", {})
                ),
                body=_body(api, operation),
            )


def _body(api: Mapping[str, Any], operation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    validator = api.get(VALIDATORS, {}).get(operation.get(VALIDATOR), {})
    if not validator.get("validateRequestBody"):
        return None
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema: Mapping[str, Any] = api["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def _integrated(uri: str | None, names: Mapping[str, str]) -> str | None:
    if uri is None:
        return None
    return names[_function_of(uri.rpartition("functions/")[2].removesuffix("/invocations"))]


def _function_of(reference: str) -> str:
    """The logical name behind `Function`, `Function.Arn` or the alias that the transform makes of it."""
    return re.sub(r"(\.Arn|Alias\w+)$", "", reference)


def _headers(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name.rpartition(".header.")[2]: value.strip("'") for name, value in parameters.items()}


def _gateway_response(found: Mapping[str, Any]) -> GatewayResponse:
    status = found.get("statusCode")
    return GatewayResponse(
        status=int(status) if status else None,
        headers={
            name.rpartition(".header.")[2]: value.strip("'")
            for name, value in found.get("responseParameters", {}).items()
        },
        template=found.get("responseTemplates", {}).get("application/json"),
    )


def _queue(name: str, found: Mapping[str, Any]) -> Queue:
    attributes = {
        key: json.dumps(value) if isinstance(value, dict) else str(value).lower()
        for key, value in found.items()
        if key in {"VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy", "DelaySeconds"}
    }
    return Queue(name=found.get("QueueName", name), attributes=attributes)


def _bucket_name(logical: str) -> str:
    return f"cloudops-{logical.lower()}"


def _event_source(found: Mapping[str, Any], names: Mapping[str, str]) -> EventSource:
    return EventSource(
        queue_arn=found["EventSourceArn"],
        function=names[_function_of(found["FunctionName"])],
        batch_size=int(found.get("BatchSize", 10)),
        concurrency=int(found.get("ScalingConfig", {}).get("MaximumConcurrency", 10)),
        reports_failures="ReportBatchItemFailures" in found.get("FunctionResponseTypes", []),
    )


def _schedules(resources: Resources, names: Mapping[str, str]) -> Iterator[Schedule]:
    for name, found in _of(resources, "AWS::Events::Rule"):
        for target in found.get("Targets", []):
            function = _function_of(target["Arn"])
            if "ScheduleExpression" in found and function in names:
                yield Schedule(
                    name=name,
                    expression=found["ScheduleExpression"],
                    function=names[function],
                    event=json.loads(target.get("Input", "{}")),
                    enabled=found.get("State", "ENABLED") == "ENABLED",
                )
