"""Who may call what: routes, the authorizer, roles and their permissions."""

import re
from collections.abc import Iterator

from tests.template.stack import Document, Stack, alternatives, target, variables_of

# Every route that asks for no token, with the reason.
PUBLIC = {
    "/health": "An uptime monitor has no account here, and learns no more than whether we are up.",
    "/api/v1/slack/interactions": "Slack has no token of ours; the function verifies its signature instead.",
}
ROUTES = {
    "/health": ("get", "HealthFunction"),
    "/api/dashboard/{proxy+}": ("any", "DashboardFunction"),
    "/api/autopilot/{proxy+}": ("any", "AutopilotFunction"),
    "/api/v1/openapi.json": ("get", "DocumentationFunction"),
    "/api/v1/me": ("any", "TenantsFunction"),
    "/api/v1/slack/interactions": ("post", "SlackInteractionsFunction"),
    **{
        path: ("any", function)
        for name, function in {
            "costs": "CostsFunction",
            "deliveries": "CostsFunction",
            "alerts": "AlertsFunction",
            "limits": "AlertsFunction",
            "compliance": "ComplianceFunction",
            "attribution": "AttributionFunction",
            "attribution-rules": "AttributionFunction",
            "split-rules": "AttributionFunction",
            "tag-rules": "AttributionFunction",
            "recommendations": "RecommendationsFunction",
            "events": "EventsFunction",
            "cloud-accounts": "AccountsFunction",
            "data-sources": "AccountsFunction",
            "policies": "PoliciesFunction",
            "violations": "PoliciesFunction",
            "exceptions": "PoliciesFunction",
            "business-groups": "OrganizationFunction",
            "business-units": "OrganizationFunction",
            "teams": "OrganizationFunction",
            "services": "OrganizationFunction",
            "organization": "OrganizationFunction",
            "tenants": "TenantsFunction",
            "projects": "TenantsFunction",
            "users": "TenantsFunction",
            "saved-views": "TenantsFunction",
            "monitored-targets": "ReliabilityFunction",
            "metrics": "ReliabilityFunction",
            "retention": "RetentionFunction",
            "actions": "ActionsFunction",
            "approvals": "ActionsFunction",
            "automation": "ActionsFunction",
            "notification-channels": "NotificationsFunction",
            "notification-deliveries": "NotificationsFunction",
        }.items()
        for path in (f"/api/v1/{name}", f"/api/v1/{name}/{{proxy+}}")
    },
}
# The public route that anybody may post to, as settings of methods write it.
OPEN_TO_POST = ("/~1api~1v1~1slack~1interactions", "POST")
CHANGES_OF_INTERFACES = {
    "CreateNetworkInterface",
    "DeleteNetworkInterface",
    "AssignPrivateIpAddresses",
    "UnassignPrivateIpAddresses",
}
HEADS = "${EvidenceBucket.Arn}/tenants/*/trail/*"
ARCHIVES = "${ArchiveBucket.Arn}/archives/*"
PROOFS = "${EvidenceBucket.Arn}/tenants/*/evidence/*"
OURS = "${AWS::Region}:${AWS::AccountId}"
SIGNING_SECRETS = f"arn:${{AWS::Partition}}:secretsmanager:{OURS}:secret:${{AWS::StackName}}/notifications/*"
SENDERS = f"arn:${{AWS::Partition}}:ses:{OURS}:identity/*"
FILES = "${ArchiveBucket.Arn}/exports/*"
SITE = "${UiBucket.Arn}/*"
REST_APIS = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/*"
INTERFACES = CHANGES_OF_INTERFACES | {"DescribeNetworkInterfaces", "DescribeSubnets"}
CUSTOMERS_ROLES = ("sts:AssumeRole", "arn:${AWS::Partition}:iam::*:role/*")
# Every place where a permission names no single resource, with the reason.
WIDE = {
    ("xray:PutTraceSegments", "*"): "X-Ray has no resources to name.",
    ("xray:PutTelemetryRecords", "*"): "X-Ray has no resources to name.",
    ("s3:GetObject", "arn:${AWS::Partition}:s3:::${ExportBucket}/${ExportPrefix}*"): "AWS names the objects.",
    ("s3:GetObjectVersion", HEADS): "Each tenant's heads, and nothing else of the evidence.",
    ("s3:PutObject", HEADS): "Each tenant's heads, and nothing else of the evidence.",
    ("s3:GetObject", ARCHIVES): "Archives, and no files that people asked for.",
    ("s3:PutObject", ARCHIVES): "Archives, and no files that people asked for.",
    ("s3:GetObject", FILES): "Files that people asked for, and no archives.",
    ("s3:PutObject", FILES): "Files that people asked for, and no archives.",
    (
        "secretsmanager:CreateSecret",
        SIGNING_SECRETS,
    ): "One for each webhook and Slack channel, named by tenant and channel.",
    (
        "secretsmanager:DeleteSecret",
        SIGNING_SECRETS,
    ): "One for each webhook and Slack channel, named by tenant and channel.",
    (
        "secretsmanager:GetSecretValue",
        SIGNING_SECRETS,
    ): "One for each webhook and Slack channel, named by tenant and channel.",
    ("ses:SendEmail", SENDERS): "SES also asks for the identities of recipients while it is in its sandbox.",
    ("s3:GetObjectVersion", PROOFS): "Each action's evidence, and no heads.",
    ("s3:PutObject", PROOFS): "Each action's evidence, and no heads.",
    ("s3:PutObject", SITE): "All of the web UI.",
    ("s3:DeleteObjectVersion", SITE): "All of the web UI, when the stack goes.",
    CUSTOMERS_ROLES: "Customers name their role; its trust asks for the external id that we issued.",
    ("ce:GetCostAndUsage", "*"): "Cost Explorer has no resources to name.",
    ("cloudwatch:GetMetricData", "*"): "CloudWatch has no resources to name.",
    ("apigateway:GET", REST_APIS): "A parameter names the APIs that are looked up, each with its stages.",
    **{
        (f"ec2:{action}", "*"): "Lambda asks for exactly this before it makes interfaces."
        for action in INTERFACES
    },
}
# Every policy that AWS writes and may widen, with the reason.
FOREIGN_POLICIES = {
    "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole": (
        "RDS writes to a log group of its own, which exists once per account and region."
    ),
    "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs": (
        "API Gateway refuses a role that cannot create log groups anywhere in the account."
    ),
}
EXPORTS = "arn:${AWS::Partition}:s3:::${ExportBucket}"
EXPORTED = EXPORTS + "/${ExportPrefix}*"
TRAILS_ONLY = {"StringLike": {"s3:prefix": "tenants/*/trail/"}}
ROTATION = ("DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")
ROTATED = ("OwnerSecret", "ApplicationSecret")
# Secrets Manager and SQS use the key in the name of whoever calls them. To read a secret takes less than to write one.
SECRETS, QUEUES = (f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}" for service in ("secretsmanager", "sqs"))
READS_SECRETS = {("kms:Decrypt", f"Key through {SECRETS}")}
WRITES_SECRETS = READS_SECRETS | {("kms:GenerateDataKey", f"Key through {SECRETS}")}
USES_QUEUES = {(action, f"Key through {QUEUES}") for action in ("kms:Decrypt", "kms:GenerateDataKey")}
KEYS = {
    "secretsmanager:GetSecretValue": READS_SECRETS,
    "secretsmanager:CreateSecret": WRITES_SECRETS,
    "secretsmanager:PutSecretValue": WRITES_SECRETS,
    "sqs:SendMessage": USES_QUEUES,
    "sqs:ReceiveMessage": USES_QUEUES,
}
READS = {
    "AccountsFunction": {CUSTOMERS_ROLES},
    "DiscoverDeliveriesFunction": {("s3:ListBucket", EXPORTS), ("s3:GetObject", EXPORTED), CUSTOMERS_ROLES},
    "IngestPartFunction": {("s3:GetObject", EXPORTED), CUSTOMERS_ROLES},
    "ScanInventoryFunction": {CUSTOMERS_ROLES},
    "EventsFunction": {
        ("s3:ListBucketVersions", "EvidenceBucket"),
        ("s3:GetObjectVersion", HEADS),
        ("s3:GetObject", FILES),
    },
    "AnchorTrailFunction": {
        ("s3:ListBucketVersions", "EvidenceBucket"),
        ("s3:GetObjectVersion", HEADS),
        ("s3:PutObject", HEADS),
    },
    "ExportEventsFunction": {("s3:PutObject", FILES)},
    "ArchiveRowsFunction": {("s3:PutObject", ARCHIVES), ("s3:GetObject", ARCHIVES)},
    "RestoreArchiveFunction": {("s3:GetObject", ARCHIVES)},
    "IngestCostExplorerFunction": {("ce:GetCostAndUsage", "*"), CUSTOMERS_ROLES},
    "IngestMetricsFunction": {("cloudwatch:GetMetricData", "*"), CUSTOMERS_ROLES},
    "VerifyAccountsFunction": {CUSTOMERS_ROLES},
    "ActionsFunction": {("s3:GetObjectVersion", PROOFS), CUSTOMERS_ROLES},
    "ExecuteActionsFunction": {("s3:PutObject", PROOFS), CUSTOMERS_ROLES},
    "NotificationsFunction": {
        ("secretsmanager:CreateSecret", SIGNING_SECRETS),
        ("secretsmanager:DeleteSecret", SIGNING_SECRETS),
    },
    "SlackInteractionsFunction": {("secretsmanager:GetSecretValue", SIGNING_SECRETS)},
    "SendNotificationsFunction": {
        ("secretsmanager:GetSecretValue", SIGNING_SECRETS),
        ("ses:SendEmail", SENDERS),
    },
    "MigrateDatabaseFunction": {
        ("cognito-idp:AdminCreateUser", "UserPool"),
        ("cognito-idp:AdminGetUser", "UserPool"),
        ("apigateway:GET", REST_APIS),
    },
    "PublishUiFunction": {
        ("s3:PutObject", SITE),
        ("s3:DeleteObjectVersion", SITE),
        ("s3:ListBucketVersions", "UiBucket"),
    },
    "RotateSecretFunction": {
        (f"secretsmanager:{action}", secret) for action in ROTATION for secret in ROTATED
    },
    "TenantsFunction": {
        ("cognito-idp:AdminCreateUser", "UserPool"),
        ("cognito-idp:AdminGetUser", "UserPool"),
    },
}
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
NETWORK = {(f"ec2:{action}", "*") for action in INTERFACES}
TRACES = {("xray:PutTraceSegments", "*"), ("xray:PutTelemetryRecords", "*")}
CONSUMES = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def every_route_that_is_not_public_for_a_reason_asks_for_a_token(stack: Stack) -> Iterator[str]:
    for path, method, operation in stack.routes:
        expected: list[dict[str, list[str]]] = [{"NONE": []}] if path in PUBLIC else [{"Cognito": []}]
        if operation.get("security") != expected:
            yield f"{method} {path} asks for {operation.get('security')}"


def tokens_come_from_the_user_pool(stack: Stack) -> Iterator[str]:
    scheme = stack.api.get("components", {}).get("securitySchemes", {}).get("Cognito", {})
    authorizer = {"type": "cognito_user_pools", "providerARNs": [{"Fn::GetAtt": ["UserPool", "Arn"]}]}
    if scheme.get("x-amazon-apigateway-authorizer") != authorizer or scheme.get("name") != "Authorization":
        yield f"the authorizer is {scheme}"


def routes_are_those_of_the_domains(stack: Stack) -> Iterator[str]:
    found = {}
    for path, method, operation in stack.routes:
        uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        invoked = re.findall(r"\$\{(\w+)(?:\.Arn)?\}/invocations", uri)
        found[path] = (method, *map(stack.function_behind, invoked))
    for path in ROUTES.keys() | found.keys():
        if found.get(path) != ROUTES.get(path):
            yield f"{path} leads to {found.get(path)}, not {ROUTES.get(path)}"


def browsers_may_read_answers_from_our_own_origin_alone(stack: Stack) -> Iterator[str]:
    # The web UI and the API share an address: whoever asks from another has no business here.
    for path, operations in stack.api["paths"].items():
        if "options" in operations:
            yield f"{path} answers the preflight requests of other origins"
    for kind, response in stack.api.get("x-amazon-apigateway-gateway-responses", {}).items():
        if any("access-control-" in name.lower() for name in response.get("responseParameters", {})):
            yield f"{kind} may be read from other origins"


def bodies_are_objects_before_a_function_sees_them(stack: Stack) -> Iterator[str]:
    validators = stack.api.get("x-amazon-apigateway-request-validators", {})
    schemas = stack.api.get("components", {}).get("schemas", {})
    for path, method, operation in stack.routes:
        if method != "any":
            continue
        validator = validators.get(operation.get("x-amazon-apigateway-request-validator"), {})
        if validator.get("validateRequestBody") is not True:
            yield f"{path} validates no body"
        content = operation.get("requestBody", {}).get("content", {})
        reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        if schemas.get(reference.rpartition("/")[2]) != {"type": "object"}:
            yield f"{path} takes what is no JSON object"


def refusals_are_problems(stack: Stack) -> Iterator[str]:
    responses = stack.api.get("x-amazon-apigateway-gateway-responses", {})
    for missing in {"DEFAULT_4XX", "DEFAULT_5XX", "BAD_REQUEST_BODY", "UNAUTHORIZED", "THROTTLED"} - set(
        responses
    ):
        yield f"{missing} has API Gateway's own shape"
    for kind, response in responses.items():
        headers = response.get("responseParameters", {})
        if headers.get("gatewayresponse.header.Content-Type") != "'application/problem+json'":
            yield f"{kind} is no problem"


def the_stage_is_throttled_logged_and_traced(stack: Stack) -> Iterator[str]:
    for name, stage in stack.of("ApiGateway::Stage").items():
        settings = {(s["ResourcePath"], s["HttpMethod"]): s for s in stage.get("MethodSettings", [])}
        if not {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= settings.get(("/*", "*"), {}).keys():
            yield f"{name} is not throttled"
        if "ThrottlingRateLimit" not in settings.get(OPEN_TO_POST, {}):
            yield f"who floods a public route of {name} takes the others'"
        for path, _ in settings.keys() - {("/*", "*")}:
            if not path.startswith("/") or "/" in path[1:]:
                yield f"API Gateway wants ~1 for each / of {path} but the first"
        if not stack.properties(stage.get("AccessLogSetting", {}).get("DestinationArn", "")):
            yield f"{name} has no access log"
        if stage.get("TracingEnabled") is not True:
            yield f"{name} is not traced"


def functions_have_roles_of_their_own(stack: Stack) -> Iterator[str]:
    roles = [target(function["Role"]) for function in stack.functions.values()]
    for name, function in stack.functions.items():
        role = target(function["Role"])
        trust = stack.properties(function["Role"]).get("AssumeRolePolicyDocument", {}).get("Statement", [])
        if roles.count(role) != 1:
            yield f"{name} shares {role}"
        if [statement.get("Principal") for statement in trust] != [{"Service": "lambda.amazonaws.com"}]:
            yield f"{role} may be assumed by {trust}"


def wide_permissions_have_a_reason(stack: Stack) -> Iterator[str]:
    for role in stack.of("IAM::Role"):
        for action, resource in granted(stack, {"Ref": role}):
            if "*" in action or ("*" in resource and (action, resource) not in WIDE):
                yield f"{role} may {action} on {resource}"


def policies_of_aws_have_a_reason(stack: Stack) -> Iterator[str]:
    for name, role in stack.of("IAM::Role").items():
        for policy in map(target, role.get("ManagedPolicyArns", [])):
            if policy not in stack.resources and policy not in FOREIGN_POLICIES:
                yield f"{name} takes whatever {policy} allows"


def functions_may_do_what_they_are_wired_to_and_nothing_else(stack: Stack) -> Iterator[str]:
    for name, function in stack.functions.items():
        allowed, wanted = granted(stack, function["Role"]), needed(stack, name)
        if lacking := wanted - allowed:
            yield f"{name} may not {sorted(lacking)}"
        if spare := allowed - wanted:
            yield f"{name} has no use for {sorted(spare)}"


def listing_stays_below_the_prefix(stack: Stack) -> Iterator[str]:
    for role in stack.of("IAM::Role"):
        for statement in stack.statements({"Ref": role}):
            below = {"StringLike": {"s3:prefix": {"Fn::Sub": "${ExportPrefix}*"}}}
            actions = set(alternatives(statement["Action"]))
            if "s3:ListBucket" in actions and statement.get("Condition") != below:
                yield f"{role} may list the whole bucket"
            of_the_ui = statement["Resource"] == {"Fn::GetAtt": ["UiBucket", "Arn"]}
            narrowed = of_the_ui or statement.get("Condition") == TRAILS_ONLY
            if "s3:ListBucketVersions" in actions and not narrowed:
                yield f"{role} may list more than heads"


def code_cannot_change_the_network(stack: Stack) -> Iterator[str]:
    # The role's permissions are for Lambda itself; the key of the condition is set where a function's code calls.
    for name, function in stack.functions.items():
        refused = {
            action
            for statement in stack.statements(function["Role"])
            if statement["Effect"] == "Deny"
            and statement.get("Condition") == {"Null": {"lambda:SourceFunctionArn": "false"}}
            and statement["Resource"] == "*"
            for action in alternatives(statement["Action"])
        }
        if open_to_code := {f"ec2:{action}" for action in CHANGES_OF_INTERFACES} - refused:
            yield f"the code of {name} may {sorted(open_to_code)}"


def the_key_is_used_through_its_services_alone(stack: Stack) -> Iterator[str]:
    through = [{"StringEquals": {"kms:ViaService": {"Fn::Sub": service}}} for service in (SECRETS, QUEUES)]
    for role in stack.of("IAM::Role"):
        for statement in stack.statements({"Ref": role}):
            keys = [action for action in alternatives(statement["Action"]) if action.startswith("kms:")]
            if keys and statement.get("Condition") not in through:
                yield f"{role} may {keys} by itself"


def granted(stack: Stack, role: object) -> set[tuple[str, str]]:
    return {
        (action, resource)
        for statement in stack.statements(role)
        if statement["Effect"] == "Allow"
        for action in alternatives(statement["Action"])
        for resource in resources_of(statement)
    }


def resources_of(statement: Document) -> Iterator[str]:
    """A key that is to be used through services alone counts once for each of them."""
    services = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService")
    for resource in map(target, alternatives(statement["Resource"])):
        if services is None:
            yield resource
        else:
            yield from (f"{resource} through {target(service)}" for service in alternatives(services))


def needed(stack: Stack, name: str) -> set[tuple[str, str]]:
    """Pairs of action and resource that follow from a function's environment, trigger and destination."""
    function = stack.functions[name]
    pairs = TRACES | NETWORK | READS.get(name, set())
    pairs |= {(action, target(function.get("LoggingConfig", {}).get("LogGroup", ""))) for action in LOGS}
    for variable, value in variables_of(function).items():
        if variable.endswith("_SECRET_ARN"):
            pairs |= {("secretsmanager:GetSecretValue", target(value))}
        if variable.endswith("_QUEUE_URL"):
            pairs |= {("sqs:SendMessage", target(value))}
    if queue := stack.queue_of.get(name):
        pairs |= {(action, queue) for action in CONSUMES}
    for invocation in stack.of("Lambda::EventInvokeConfig").values():
        if target(invocation["FunctionName"]) == name:
            failed = invocation["DestinationConfig"]["OnFailure"]["Destination"]
            pairs |= {("sqs:SendMessage", target(failed))}
    # Under our key are the stack's own, and the secrets of channels that a function makes.
    ours = {action for action, resource in pairs if resource in {*stack.resources, SIGNING_SECRETS}}
    return pairs.union(*(KEYS[action] for action in ours & KEYS.keys()))


INVARIANTS = (
    every_route_that_is_not_public_for_a_reason_asks_for_a_token,
    tokens_come_from_the_user_pool,
    routes_are_those_of_the_domains,
    browsers_may_read_answers_from_our_own_origin_alone,
    bodies_are_objects_before_a_function_sees_them,
    refusals_are_problems,
    the_stage_is_throttled_logged_and_traced,
    functions_have_roles_of_their_own,
    wide_permissions_have_a_reason,
    policies_of_aws_have_a_reason,
    functions_may_do_what_they_are_wired_to_and_nothing_else,
    listing_stays_below_the_prefix,
    code_cannot_change_the_network,
    the_key_is_used_through_its_services_alone,
)
