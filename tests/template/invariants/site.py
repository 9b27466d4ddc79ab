"""The web UI's address: what is served there, to whom, and what browsers are told with it."""

import re
from collections.abc import Iterator
from typing import Any

from tests.template.stack import Document, Properties, Stack, target

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
TO_THE_API = {
    "/api/*": {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
    "/health": {"GET", "HEAD"},
}
YEAR = 365 * 24 * 3600
STRICT = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "base-uri": {"'none'"},
    "form-action": {"'none'"},
    "frame-ancestors": {"'none'"},
}
OURS_AND_COGNITOS = {
    "'self'",
    "https://${UserPoolDomain}.auth.${AWS::Region}.amazoncognito.com",
    "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}",
}


def the_ui_is_read_by_its_distribution_alone(stack: Stack) -> Iterator[str]:
    allowed = [
        (statement["Principal"], statement["Action"], statement.get("Condition"))
        for policy in stack.of("S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    arn = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    ours = {"StringEquals": {"aws:SourceArn": {"Fn::Sub": arn}}}
    if allowed != [({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject", ours)]:
        yield f"bucket policies allow {allowed}"
    origin = origins(stack).get("ui", {})
    control = stack.properties(origin.get("OriginAccessControlId", ""))
    if control.get("OriginAccessControlConfig", {}).get("SigningBehavior") != "always":
        yield "the distribution does not say who it is"


def the_site_speaks_tls_only(stack: Stack) -> Iterator[str]:
    for behavior in behaviors(stack):
        if behavior.get("ViewerProtocolPolicy") not in {"redirect-to-https", "https-only"}:
            yield f"{path_of(behavior)} is served without TLS"
    if distribution(stack)["DefaultCacheBehavior"].get("ViewerProtocolPolicy") != "redirect-to-https":
        yield "whoever types the address by hand is turned away"
    api = origins(stack).get("api", {}).get("CustomOriginConfig", {})
    if (api.get("OriginProtocolPolicy"), api.get("OriginSSLProtocols")) != ("https-only", ["TLSv1.2"]):
        yield "the API is asked without TLS, or with an old one"


def the_api_has_the_address_of_the_ui(stack: Stack) -> Iterator[str]:
    (stage,) = stack.of("ApiGateway::Stage").values()
    if origins(stack).get("api", {}).get("OriginPath") != f"/{stage['StageName']}":
        yield "the API is asked for another stage"
    found = {path_of(one): set(one["AllowedMethods"]) for one in behaviors(stack) if to_api(one)}
    if found != TO_THE_API:
        yield f"the API gets {found}"
    for behavior in filter(to_api, behaviors(stack)):
        policies = (behavior.get("CachePolicyId"), behavior.get("OriginRequestPolicyId"))
        if policies != (CACHING_DISABLED, ALL_VIEWER_EXCEPT_HOST):
            yield f"{path_of(behavior)} keeps answers for others, or drops what they depend on"


def errors_of_the_api_stay_errors(stack: Stack) -> Iterator[str]:
    if distribution(stack).get("CustomErrorResponses"):
        yield "an error of the API becomes a page"
    for behavior in behaviors(stack):
        rewritten = [one["EventType"] for one in behavior.get("FunctionAssociations", [])]
        if rewritten != ([] if to_api(behavior) else ["viewer-request"]):
            yield f"{path_of(behavior)} is rewritten at {rewritten}"


def browsers_are_told_to_be_strict(stack: Stack) -> Iterator[str]:
    for behavior in behaviors(stack):
        found = stack.properties(behavior.get("ResponseHeadersPolicyId", ""))
        headers = found.get("ResponseHeadersPolicyConfig", {}).get("SecurityHeadersConfig", {})
        yield from (f"{path_of(behavior)} {fault}" for fault in lax(headers))


def lax(headers: Properties) -> Iterator[str]:
    csp = directives(target(headers.get("ContentSecurityPolicy", {}).get("ContentSecurityPolicy", "")))
    for name, sources in STRICT.items():
        if csp.get(name) != sources:
            yield f"has {name} {csp.get(name)}"
    if csp.get("connect-src") != OURS_AND_COGNITOS:
        yield f"lets pages ask {csp.get('connect-src')}"
    if headers.get("StrictTransportSecurity", {}).get("AccessControlMaxAgeSec", 0) < YEAR:
        yield "may be asked for without TLS again"
    if headers.get("FrameOptions", {}).get("FrameOption") != "DENY" or "ContentTypeOptions" not in headers:
        yield "may be framed, or taken for another type"
    yield from (
        f"lets an origin replace {name}" for name, one in headers.items() if one["Override"] is not True
    )


def directives(policy: str) -> dict[str, set[str]]:
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: set(sources) for name, *sources in parts}


def names_at_the_edge_are_the_stacks_own(stack: Stack) -> Iterator[str]:
    # CloudFront and dashboards know no regions: two stacks of one name must not meet there.
    for kind, path in {
        "CloudFront::Function": ["Name"],
        "CloudFront::OriginAccessControl": ["OriginAccessControlConfig", "Name"],
        "CloudFront::ResponseHeadersPolicy": ["ResponseHeadersPolicyConfig", "Name"],
        "CloudWatch::Dashboard": ["DashboardName"],
    }.items():
        for logical, properties in stack.of(kind).items():
            name: Any = properties
            for step in path:
                name = name[step]
            if not {"AWS::StackName", "AWS::Region"} <= set(re.findall(r"\$\{([\w:]+)\}", target(name))):
                yield f"{logical} is called {name}"


def distribution(stack: Stack) -> Properties:
    (found,) = stack.of("CloudFront::Distribution").values()
    config: Properties = found["DistributionConfig"]
    return config


def origins(stack: Stack) -> dict[str, Properties]:
    return {origin["Id"]: origin for origin in distribution(stack)["Origins"]}


def behaviors(stack: Stack) -> list[Document]:
    config = distribution(stack)
    return [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]


def to_api(behavior: Document) -> bool:
    return bool(behavior["TargetOriginId"] == "api")


def path_of(behavior: Document) -> str:
    return str(behavior.get("PathPattern", "/*"))


INVARIANTS = (
    the_ui_is_read_by_its_distribution_alone,
    the_site_speaks_tls_only,
    the_api_has_the_address_of_the_ui,
    errors_of_the_api_stay_errors,
    browsers_are_told_to_be_strict,
    names_at_the_edge_are_the_stacks_own,
)
