"""Faults to plant in the template, each with the invariant that must see it."""

from typing import Any

from tests.template.invariants import access, delivery, runtime

DROP = object()
NOTHING = {"Ref": "AWS::NoValue"}
NOBODY = {"Authorizer": "NONE"}
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
COSTS = "Resources/CostsFunction/Properties"
SLACK = "Resources/SlackInteractionsFunction/Properties"
HEALTH = "Resources/HealthFunction/Properties"
INGEST = "Resources/IngestPartFunction/Properties"
DISPATCH = "Resources/DispatchJobsFunction/Properties"
DISCOVER = "Resources/DiscoverDeliveriesFunction/Properties"
MIGRATE = "Resources/MigrateDatabaseFunction/Properties"
PUBLISH = "Resources/PublishUiFunction/Properties"
API = "Resources/Api/Properties"
MESSAGES = f"{INGEST}/Events/Messages/Properties"
DISCOVER_STATEMENTS = "Resources/DiscoverDeliveriesRole/Properties/Policies/0/PolicyDocument/Statement"
INGEST_STATEMENTS = "Resources/IngestPartRole/Properties/Policies/0/PolicyDocument/Statement"
DATABASE_STATEMENTS = "Resources/DatabasePolicy/Properties/PolicyDocument/Statement"
QUEUE_STATEMENTS = "Resources/QueueKeyPolicy/Properties/PolicyDocument/Statement"
COSTS_POLICIES = "Resources/CostsRole/Properties/ManagedPolicyArns"
PUBLISH_POLICIES = "Resources/PublishUiRole/Properties/ManagedPolicyArns"
OF_ALL, OF_DATABASE, OF_QUEUES = ({"Ref": f"{name}Policy"} for name in ("Function", "Database", "QueueKey"))
PARTS = "Resources/IngestPartsQueue/Properties"

# Invariant, path into the source, what to put there (DROP takes it away).
MUTATIONS: tuple[tuple[Any, str, Any], ...] = (
    (
        access.every_route_that_is_not_public_for_a_reason_asks_for_a_token,
        f"{COSTS}/Events/Costs/Properties/Auth",
        NOBODY,
    ),
    (
        access.every_route_that_is_not_public_for_a_reason_asks_for_a_token,
        f"{COSTS}/Events/CostsProxy/Properties/Auth",
        NOBODY,
    ),
    (
        access.every_route_that_is_not_public_for_a_reason_asks_for_a_token,
        f"{HEALTH}/Events/Health/Properties/Auth",
        DROP,
    ),
    (
        access.every_route_that_is_not_public_for_a_reason_asks_for_a_token,
        f"{SLACK}/Events/Interactions/Properties/Auth",
        DROP,
    ),
    (access.tokens_come_from_the_user_pool, f"{API}/Auth/Authorizers/Cognito/UserPoolArn", "arn:aws:other"),
    (access.routes_are_those_of_the_domains, f"{COSTS}/Events/CostsProxy", DROP),
    (access.routes_are_those_of_the_domains, f"{COSTS}/Events/Costs/Properties/Method", "get"),
    (access.routes_are_those_of_the_domains, f"{COSTS}/Events/Costs/Properties/Path", "/api/v1/cost"),
    (
        access.browsers_may_read_answers_from_our_own_origin_alone,
        f"{API}/Cors",
        {"AllowOrigin": "'*'", "AllowMethods": "'GET'"},
    ),
    (
        access.browsers_may_read_answers_from_our_own_origin_alone,
        f"{API}/GatewayResponses/UNAUTHORIZED/ResponseParameters/Headers/Access-Control-Allow-Origin",
        "'*'",
    ),
    (
        access.bodies_are_objects_before_a_function_sees_them,
        f"{COSTS}/Events/CostsProxy/Properties/RequestModel",
        DROP,
    ),
    (
        access.bodies_are_objects_before_a_function_sees_them,
        f"{COSTS}/Events/Costs/Properties/RequestModel/ValidateBody",
        False,
    ),
    (access.bodies_are_objects_before_a_function_sees_them, f"{API}/Models/JsonObject/type", "array"),
    (access.refusals_are_problems, f"{API}/GatewayResponses/UNAUTHORIZED", DROP),
    (access.refusals_are_problems, f"{API}/GatewayResponses/BAD_REQUEST_BODY", DROP),
    (
        access.refusals_are_problems,
        f"{API}/GatewayResponses/THROTTLED/ResponseParameters/Headers/Content-Type",
        DROP,
    ),
    (access.the_stage_is_throttled_logged_and_traced, f"{API}/MethodSettings/0/ThrottlingRateLimit", DROP),
    (access.the_stage_is_throttled_logged_and_traced, f"{API}/MethodSettings/0/ResourcePath", "/health"),
    (access.the_stage_is_throttled_logged_and_traced, f"{API}/MethodSettings/1", DROP),
    (
        access.the_stage_is_throttled_logged_and_traced,
        f"{API}/MethodSettings/1/ResourcePath",
        "/api/v1/slack/interactions",
    ),
    (access.the_stage_is_throttled_logged_and_traced, f"{API}/AccessLogSetting", DROP),
    (access.the_stage_is_throttled_logged_and_traced, f"{API}/TracingEnabled", DROP),
    (access.functions_have_roles_of_their_own, f"{COSTS}/Role", {"Fn::GetAtt": ["AlertsRole", "Arn"]}),
    (
        access.functions_have_roles_of_their_own,
        "Resources/CostsRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal",
        {"AWS": "*"},
    ),
    (access.wide_permissions_have_a_reason, f"{INGEST_STATEMENTS}/0", ANYTHING),
    (access.wide_permissions_have_a_reason, f"{INGEST_STATEMENTS}/1/Action", "sqs:*"),
    (access.wide_permissions_have_a_reason, f"{INGEST_STATEMENTS}/3/Action", "sts:*"),
    (access.wide_permissions_have_a_reason, f"{INGEST_STATEMENTS}/3/Resource", "*"),
    (access.wide_permissions_have_a_reason, f"{INGEST_STATEMENTS}/2/Fn::If/1/Resource", "*"),
    (access.wide_permissions_have_a_reason, f"{DATABASE_STATEMENTS}/0/Resource", "*"),
    (
        access.policies_of_aws_have_a_reason,
        COSTS_POLICIES,
        ["arn:aws:iam::aws:policy/AdministratorAccess"],
    ),
    (
        access.functions_may_do_what_they_are_wired_to_and_nothing_else,
        f"{INGEST_STATEMENTS}/1/Resource",
        {"Fn::GetAtt": ["ScansFinopsQueue", "Arn"]},
    ),
    (
        access.functions_may_do_what_they_are_wired_to_and_nothing_else,
        f"{INGEST_STATEMENTS}/1/Action",
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"],
    ),
    (access.functions_may_do_what_they_are_wired_to_and_nothing_else, f"{DISCOVER_STATEMENTS}/4", DROP),
    (
        access.functions_may_do_what_they_are_wired_to_and_nothing_else,
        f"{COSTS}/Environment/Variables/OWNER_SECRET_ARN",
        {"Ref": "OwnerSecret"},
    ),
    (
        access.functions_may_do_what_they_are_wired_to_and_nothing_else,
        PUBLISH_POLICIES,
        [OF_ALL, OF_DATABASE, OF_QUEUES],
    ),
    (
        access.functions_may_do_what_they_are_wired_to_and_nothing_else,
        f"{PUBLISH}/Environment/Variables/DATABASE_SECRET_ARN",
        {"Ref": "ApplicationSecret"},
    ),
    (access.functions_may_do_what_they_are_wired_to_and_nothing_else, COSTS_POLICIES, [OF_ALL]),
    (
        access.functions_may_do_what_they_are_wired_to_and_nothing_else,
        f"{COSTS}/Environment/Variables/DATABASE_SECRET_ARN",
        NOTHING,
    ),
    (access.functions_may_do_what_they_are_wired_to_and_nothing_else, PUBLISH_POLICIES, [OF_ALL]),
    (
        access.functions_may_do_what_they_are_wired_to_and_nothing_else,
        COSTS_POLICIES,
        [OF_ALL, OF_DATABASE, OF_QUEUES],
    ),
    (access.functions_may_do_what_they_are_wired_to_and_nothing_else, f"{DATABASE_STATEMENTS}/1", DROP),
    (
        access.functions_may_do_what_they_are_wired_to_and_nothing_else,
        f"{DATABASE_STATEMENTS}/1/Action",
        ["kms:Decrypt", "kms:GenerateDataKey"],
    ),
    (
        access.functions_may_do_what_they_are_wired_to_and_nothing_else,
        f"{QUEUE_STATEMENTS}/0/Condition/StringEquals/kms:ViaService",
        {"Fn::Sub": access.SECRETS},
    ),
    (access.listing_stays_below_the_prefix, f"{DISCOVER_STATEMENTS}/2/Fn::If/1/Condition", DROP),
    (delivery.functions_read_the_queues_that_are_theirs, f"{INGEST}/Events", DROP),
    (
        delivery.functions_read_the_queues_that_are_theirs,
        f"{MESSAGES}/Queue",
        {"Fn::GetAtt": ["ScansFinopsQueue", "Arn"]},
    ),
    (delivery.messages_that_keep_failing_reach_a_dead_letter_queue, f"{PARTS}/RedrivePolicy", DROP),
    (
        delivery.messages_that_keep_failing_reach_a_dead_letter_queue,
        f"{PARTS}/RedrivePolicy/maxReceiveCount",
        1,
    ),
    (
        delivery.messages_that_keep_failing_reach_a_dead_letter_queue,
        "Resources/IngestPartsDeadLetterQueue/Properties/MessageRetentionPeriod",
        DROP,
    ),
    (
        delivery.dead_letter_queues_serve_one_queue_each,
        f"{PARTS}/RedrivePolicy/deadLetterTargetArn",
        {"Fn::GetAtt": ["ScansFinopsDeadLetterQueue", "Arn"]},
    ),
    (delivery.queues_are_encrypted, f"{PARTS}/KmsMasterKeyId", DROP),
    (delivery.a_slow_run_is_not_started_twice, f"{PARTS}/VisibilityTimeout", 5399),
    (delivery.a_slow_run_is_not_started_twice, f"{INGEST}/Timeout", 901),
    (delivery.one_bad_message_does_not_repeat_the_others, f"{MESSAGES}/FunctionResponseTypes", DROP),
    (delivery.one_bad_message_does_not_repeat_the_others, f"{MESSAGES}/BatchSize", DROP),
    (delivery.one_bad_message_does_not_repeat_the_others, f"{MESSAGES}/ScalingConfig", DROP),
    (delivery.failed_runs_are_kept, f"{DISPATCH}/EventInvokeConfig", DROP),
    (delivery.failed_runs_are_kept, f"{MIGRATE}/EventInvokeConfig", DROP),
    (delivery.failed_runs_are_kept, f"{DISCOVER}/EventInvokeConfig", DROP),
    (delivery.failed_runs_are_kept, f"{INGEST}/EventInvokeConfig", {"MaximumRetryAttempts": 2}),
    (
        delivery.failed_runs_are_kept,
        f"{INGEST}/Events/Hourly",
        {"Type": "Schedule", "Properties": {"Schedule": "rate(1 hour)"}},
    ),
    (delivery.failed_runs_are_kept, "Resources/FailedJobsQueue/Properties/MessageRetentionPeriod", DROP),
    (delivery.schedules_are_those_of_the_jobs, f"{DISPATCH}/Events/DetectDaily", DROP),
    (delivery.schedules_are_those_of_the_jobs, f"{DISPATCH}/Events/DetectDaily/Properties/Input", "{}"),
    (
        delivery.schedules_are_those_of_the_jobs,
        f"{DISPATCH}/Events/DetectDaily/Properties/Schedule",
        "rate(1 minute)",
    ),
    (
        delivery.schedules_that_reach_no_function_are_kept,
        f"{DISPATCH}/Events/DetectDaily/Properties/DeadLetterConfig",
        DROP,
    ),
    (delivery.schedules_that_reach_no_function_are_kept, "Resources/FailedJobsQueuePolicy", DROP),
    (runtime.handlers_exist, f"{COSTS}/Handler", "cost.handler.handler"),
    (runtime.handlers_exist, f"{COSTS}/Handler", "costs.handler.handle_costs"),
    (runtime.layers_have_their_content, "Resources/MigrationsLayer/Properties/ContentUri", "migration/"),
    (runtime.functions_carry_their_layers, f"{INGEST}/Layers", DROP),
    (runtime.functions_carry_their_layers, "Globals/Function/Layers", DROP),
    (runtime.handlers_find_in_their_layers_what_they_import, "Globals/Function/Layers", DROP),
    (runtime.handlers_find_in_their_layers_what_they_import, f"{MIGRATE}/Layers", DROP),
    (
        runtime.functions_log_to_groups_of_their_own_for_seven_days,
        f"{COSTS}/LoggingConfig/LogGroup",
        {"Ref": "AlertsLogGroup"},
    ),
    (
        runtime.functions_log_to_groups_of_their_own_for_seven_days,
        "Resources/CostsLogGroup/Properties/RetentionInDays",
        30,
    ),
    (runtime.functions_log_to_groups_of_their_own_for_seven_days, f"{COSTS}/LoggingConfig", DROP),
    (
        runtime.functions_log_to_groups_of_their_own_for_seven_days,
        "Globals/Function/LoggingConfig/LogFormat",
        DROP,
    ),
    (runtime.log_groups_expire, "Resources/ApiLogGroup/Properties/RetentionInDays", DROP),
    (runtime.functions_run_traced_on_python_for_arm, f"{COSTS}/Runtime", "python3.9"),
    (runtime.functions_run_traced_on_python_for_arm, "Globals/Function/Tracing", DROP),
    (runtime.functions_run_traced_on_python_for_arm, "Globals/Function/Architectures", DROP),
    (runtime.functions_end_in_time, f"{COSTS}/Timeout", 30),
    (runtime.functions_end_in_time, f"{MIGRATE}/Timeout", 901),
    (runtime.api_functions_start_from_a_snapshot, f"{COSTS}/SnapStart", DROP),
    (runtime.snapshots_go_with_their_version, f"{COSTS}/VersionDeletionPolicy", DROP),
    (
        runtime.functions_know_the_database_that_they_open_and_their_own_name,
        "Globals/Function/Environment/Variables/DATABASE_SECRET_ARN",
        DROP,
    ),
    (
        runtime.functions_know_the_database_that_they_open_and_their_own_name,
        f"{PUBLISH}/Environment/Variables/DATABASE_SECRET_ARN",
        DROP,
    ),
    (
        runtime.functions_know_the_database_that_they_open_and_their_own_name,
        f"{COSTS}/Environment/Variables/DATABASE_SECRET_ARN",
        NOTHING,
    ),
    (
        runtime.functions_know_the_database_that_they_open_and_their_own_name,
        f"{COSTS}/Environment/Variables/POWERTOOLS_SERVICE_NAME",
        "cost",
    ),
    (runtime.parameters_are_checked_before_anything_is_made, "Parameters/ExportBucket/AllowedPattern", DROP),
    (delivery.a_long_wait_is_no_loop, "Resources/ExecuteActionsFunction/Properties/RecursiveLoop", DROP),
    (delivery.a_long_wait_is_no_loop, f"{INGEST}/RecursiveLoop", "Allow"),
)


def plant(document: dict[str, Any], path: str, value: object) -> None:
    *parents, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = document
    for step in parents:
        place = place[step]
    if value is DROP:
        del place[last]
    else:
        place[last] = value
