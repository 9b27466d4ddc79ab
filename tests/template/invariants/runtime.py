"""What a function runs on: its code, layers, log group, environment and limits."""

import re
from collections.abc import Iterator

from tests.template.imports import files_behind, files_of, foreign_imports, provided
from tests.template.stack import CHECKOUT, UPLOADED, Properties, Stack, alternatives, target, variables_of

DATABASE = CHECKOUT / "layers" / "core" / "cloudops" / "platform" / "database.py"
LONGEST_ANSWER = 29
LONGEST_RUN = 900
EXTRA_LAYERS = {
    "DiscoverDeliveriesFunction": ["ingest"],
    "IngestPartFunction": ["ingest"],
    "DetectAnomaliesFunction": ["detect"],
    "MigrateDatabaseFunction": ["migrate", "migrations"],
    "PublishUiFunction": ["ui"],
    "ArchiveRowsFunction": ["arrow"],
    "ExportEventsFunction": ["arrow"],
    "RestoreArchiveFunction": ["arrow"],
    "NotificationsFunction": ["slack"],
    "SendNotificationsFunction": ["slack"],
    "SlackInteractionsFunction": ["slack"],
}
EXTRA_VARIABLES = {
    "DiscoverDeliveriesFunction": {"INGEST_QUEUE_URL": "IngestPartsQueue"},
    "DispatchJobsFunction": {
        "DETECT_QUEUE_URL": "AnomaliesDetectQueue",
        "FINOPS_QUEUE_URL": "ScansFinopsQueue",
        "COMPLIANCE_QUEUE_URL": "ScansComplianceQueue",
        "POLICY_QUEUE_URL": "ScansPolicyQueue",
        "SECURITY_QUEUE_URL": "ScansSecurityQueue",
        "DISCOVER_QUEUE_URL": "DiscoverDeliveriesQueue",
        "INVENTORY_QUEUE_URL": "InventoryScanQueue",
        "COST_EXPLORER_QUEUE_URL": "IngestCostExplorerQueue",
        "RELIABILITY_QUEUE_URL": "ReliabilityIngestQueue",
        "ATTRIBUTE_QUEUE_URL": "CostsAttributeQueue",
        "VERIFY_QUEUE_URL": "VerifyAccountsQueue",
        "ACTIONS_QUEUE_URL": "ActionsExecuteQueue",
        "SAVINGS_QUEUE_URL": "SavingsMeasureQueue",
        "CHOOSE_QUEUE_URL": "ActionsChooseQueue",
        "NOTIFICATIONS_QUEUE_URL": "NotificationsSendQueue",
    },
    "AttributionFunction": {"ATTRIBUTE_QUEUE_URL": "CostsAttributeQueue"},
    "AccountsFunction": {
        "DISCOVER_QUEUE_URL": "DiscoverDeliveriesQueue",
        "COST_EXPLORER_QUEUE_URL": "IngestCostExplorerQueue",
        "ROLE_TEMPLATE_URL": "${OnboardingTemplates}read-role.yaml",
        "ACTION_ROLE_TEMPLATE_URL": "${OnboardingTemplates}action-role.yaml",
    },
    "ComplianceFunction": {"COMPLIANCE_QUEUE_URL": "ScansComplianceQueue"},
    "PoliciesFunction": {
        "POLICY_QUEUE_URL": "ScansPolicyQueue",
        "SECURITY_QUEUE_URL": "ScansSecurityQueue",
    },
    "TenantsFunction": {"USER_POOL_ID": "UserPool"},
    "ScanInventoryFunction": {"INVENTORY_QUEUE_URL": "InventoryScanQueue"},
    "ActionsFunction": {"ACTIONS_QUEUE_URL": "ActionsExecuteQueue", "EVIDENCE_BUCKET": "EvidenceBucket"},
    "ExecuteActionsFunction": {
        "ACTIONS_QUEUE_URL": "ActionsExecuteQueue",
        "EVIDENCE_BUCKET": "EvidenceBucket",
    },
    "ChooseActionsFunction": {"ACTIONS_QUEUE_URL": "ActionsExecuteQueue"},
    "NotificationsFunction": {
        "WEBHOOK_HOSTS": "WebhookHosts",
        "NOTIFICATIONS_PREFIX": "${AWS::StackName}/notifications",
        "ENCRYPTION_KEY_ARN": "Key",
    },
    "SendNotificationsFunction": {
        "NOTIFICATION_SENDER": "NotificationSender",
        "WEBHOOK_HOSTS": "WebhookHosts",
    },
    "SlackInteractionsFunction": {
        "NOTIFICATIONS_QUEUE_URL": "NotificationsSendQueue",
        "ACTIONS_QUEUE_URL": "ActionsExecuteQueue",
    },
    "EventsFunction": {
        "EVIDENCE_BUCKET": "EvidenceBucket",
        "ARCHIVE_BUCKET": "ArchiveBucket",
        "EXPORT_EVENTS_QUEUE_URL": "ExportEventsQueue",
    },
    "RetentionFunction": {"RESTORE_QUEUE_URL": "RestoreArchiveQueue"},
    "AnchorTrailFunction": {"EVIDENCE_BUCKET": "EvidenceBucket"},
    "ArchiveRowsFunction": {"ARCHIVE_BUCKET": "ArchiveBucket"},
    "ExportEventsFunction": {"ARCHIVE_BUCKET": "ArchiveBucket"},
    "RestoreArchiveFunction": {"ARCHIVE_BUCKET": "ArchiveBucket"},
    "MigrateDatabaseFunction": {"OWNER_SECRET_ARN": "OwnerSecret", "MIGRATIONS_DIRECTORY": "/opt"},
    "PublishUiFunction": {"UI_DIRECTORY": "/opt/ui"},
    "RotateSecretFunction": {"OWNER_SECRET_ARN": "OwnerSecret"},
}


def handlers_exist(stack: Stack) -> Iterator[str]:
    for name, function in stack.functions.items():
        root = CHECKOUT / code(function["Code"])
        module, _, attribute = function["Handler"].rpartition(".")
        file = root.joinpath(*module.split(".")).with_suffix(".py")
        if not file.is_file():
            yield f"{name} needs {file.relative_to(CHECKOUT)}"
        elif f"def {attribute}(" not in file.read_text():
            yield f"{file.relative_to(CHECKOUT)} has no {attribute}"


def layers_have_their_content(stack: Stack) -> Iterator[str]:
    for name, layer in stack.of("Lambda::LayerVersion").items():
        if not (CHECKOUT / code(layer["Content"])).is_dir():
            yield f"{name} has no content"


def functions_carry_their_layers(stack: Stack) -> Iterator[str]:
    for name, function in stack.functions.items():
        layers = [layer_name(stack, layer) for layer in function.get("Layers", [])]
        if layers != ["core", *EXTRA_LAYERS.get(name, [])]:
            yield f"{name} carries {layers}"


def handlers_find_in_their_layers_what_they_import(stack: Stack) -> Iterator[str]:
    for name, function in stack.functions.items():
        module = function["Handler"].rpartition(".")[0]
        found = set().union(*(provided(layer_name(stack, layer)) for layer in function.get("Layers", [])))
        for file in files_of(module):
            if missing := foreign_imports(file) - found:
                yield f"{name} imports {sorted(missing)}, which none of its layers has"


def functions_log_to_groups_of_their_own_for_seven_days(stack: Stack) -> Iterator[str]:
    groups = [target(f.get("LoggingConfig", {}).get("LogGroup", "")) for f in stack.functions.values()]
    for name, function in stack.functions.items():
        logging = function.get("LoggingConfig", {})
        group = stack.properties(logging.get("LogGroup", ""))
        if group.get("RetentionInDays") != 7 or groups.count(target(logging["LogGroup"])) != 1:
            yield f"{name} has no log group of its own with seven days"
        if logging.get("LogFormat") != "JSON":
            yield f"{name} logs plain text"


def log_groups_expire(stack: Stack) -> Iterator[str]:
    for name, group in stack.of("Logs::LogGroup").items():
        if "RetentionInDays" not in group:
            yield f"{name} is kept for ever"


def functions_run_traced_on_python_for_arm(stack: Stack) -> Iterator[str]:
    expected = {"Runtime": "python3.12", "Architectures": ["arm64"], "TracingConfig": {"Mode": "Active"}}
    for name, function in stack.functions.items():
        if different := {key: function.get(key) for key in expected if function.get(key) != expected[key]}:
            yield f"{name} has {different}"


def functions_end_in_time(stack: Stack) -> Iterator[str]:
    for name, function in stack.functions.items():
        limit = LONGEST_ANSWER if name in stack.api_functions else LONGEST_RUN
        if not 0 < function.get("Timeout", 0) <= limit:
            yield f"{name} may run for {function.get('Timeout')} s"


def api_functions_start_from_a_snapshot(stack: Stack) -> Iterator[str]:
    for name in stack.api_functions:
        if stack.functions[name].get("SnapStart") != {"ApplyOn": "PublishedVersions"}:
            yield f"{name} starts cold"


def snapshots_go_with_their_version(stack: Stack) -> Iterator[str]:
    for name in stack.of("Lambda::Version"):
        if stack.resources[name].get("DeletionPolicy") != "Delete":
            yield f"{name} keeps its snapshot, and the bill for it, after it is replaced"


def functions_know_the_database_that_they_open_and_their_own_name(stack: Stack) -> Iterator[str]:
    for name, function in stack.functions.items():
        variables = variables_of(function).items()
        found = {key: target(next(alternatives(value))) for key, value in variables}
        expected = {
            **({"DATABASE_SECRET_ARN": "ApplicationSecret"} if opens_the_database(function) else {}),
            "LOG_LEVEL": "INFO",
            "POWERTOOLS_SERVICE_NAME": function["Handler"].partition(".")[0].replace("_", "-"),
            **EXTRA_VARIABLES.get(name, {}),
        }
        if found != expected:
            yield f"{name} has the environment {found}"


def opens_the_database(function: Properties) -> bool:
    handlers = files_of(function["Handler"].rpartition(".")[0])
    return any(DATABASE in files_behind(handler) for handler in handlers)


def secrets_stay_out_of_environments(stack: Stack) -> Iterator[str]:
    """Whoever may look at a function reads its environment: it says where a secret is, never what."""
    kept = {*stack.of("SecretsManager::Secret"), *stack.of("KMS::Key")}
    for name, function in stack.functions.items():
        for variable, value in variables_of(function).items():
            if "{{resolve:" in str(value):
                yield f"{variable} of {name} holds a secret"
            if re.search("SECRET|PASSWORD|KEY|TOKEN", variable) and not (
                variable.endswith("_ARN") and target(value) in kept
            ):
                yield f"{variable} of {name} may hold a secret"


def parameters_are_checked_before_anything_is_made(stack: Stack) -> Iterator[str]:
    for name, parameter in stack.template["Parameters"].items():
        if not {"AllowedPattern", "AllowedValues"} & parameter.keys() or "Description" not in parameter:
            yield f"{name} takes anything"


def code(location: dict[str, str]) -> str:
    return f"s3://{location['S3Bucket']}/{location['S3Key']}".removeprefix(UPLOADED)


def layer_name(stack: Stack, layer: object) -> str:
    return target(stack.properties(layer)["LayerName"]).removeprefix("${AWS::StackName}-")


INVARIANTS = (
    handlers_exist,
    layers_have_their_content,
    functions_carry_their_layers,
    handlers_find_in_their_layers_what_they_import,
    functions_log_to_groups_of_their_own_for_seven_days,
    log_groups_expire,
    functions_run_traced_on_python_for_arm,
    functions_end_in_time,
    api_functions_start_from_a_snapshot,
    snapshots_go_with_their_version,
    functions_know_the_database_that_they_open_and_their_own_name,
    secrets_stay_out_of_environments,
    parameters_are_checked_before_anything_is_made,
)
