"""Faults to plant in the web UI, stages, key and alarms, each with the invariant that must see it."""

import json
from typing import Any

from tests.template.infrastructure_mutations import CLIENT, POOL
from tests.template.invariants import access, buckets, deployment, encryption, keeping, site, watching
from tests.template.mutations import COSTS, DATABASE_STATEMENTS, DROP, QUEUE_STATEMENTS

EDGE = "Resources/Distribution/Properties/DistributionConfig"
HEADERS = "Resources/SiteHeaders/Properties/ResponseHeadersPolicyConfig/SecurityHeadersConfig"
CSP = f"{HEADERS}/ContentSecurityPolicy/ContentSecurityPolicy"
UI = "Resources/Ui"
UI_STATEMENTS = "Resources/UiBucketPolicy/Properties/PolicyDocument/Statement"
KEY = "Resources/Key/Properties"
TOPIC_STATEMENTS = "Resources/AlarmTopicPolicy/Properties/PolicyDocument/Statement"
ALARM = "Resources/ApiErrorsAlarm/Properties"
PARAMETER = {"Type": "String", "Default": "", "AllowedPattern": "^$", "Description": "One too many."}
ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}

SEARCHING_FOR_THE_STACK = {
    "type": "metric",
    "properties": {
        "region": "${AWS::Region}",
        "metrics": [[{"expression": "SEARCH('FunctionName=\"${AWS::StackName}\"', 'Sum', 300)"}]],
    },
}

# Invariant, path into the source, what to put there (DROP takes it away).
MUTATIONS: tuple[tuple[Any, str, Any], ...] = (
    (site.the_ui_is_read_by_its_distribution_alone, f"{UI_STATEMENTS}/1/Condition", DROP),
    (site.the_ui_is_read_by_its_distribution_alone, f"{UI_STATEMENTS}/1", ANYBODY),
    (site.the_ui_is_read_by_its_distribution_alone, f"{EDGE}/Origins/0/OriginAccessControlId", DROP),
    (site.the_site_speaks_tls_only, f"{EDGE}/DefaultCacheBehavior/ViewerProtocolPolicy", "allow-all"),
    (site.the_site_speaks_tls_only, f"{EDGE}/DefaultCacheBehavior/ViewerProtocolPolicy", "https-only"),
    (site.the_site_speaks_tls_only, f"{EDGE}/CacheBehaviors/0/ViewerProtocolPolicy", "allow-all"),
    (
        site.the_site_speaks_tls_only,
        f"{EDGE}/Origins/1/CustomOriginConfig/OriginProtocolPolicy",
        "match-viewer",
    ),
    (site.the_site_speaks_tls_only, f"{EDGE}/Origins/1/CustomOriginConfig/OriginSSLProtocols", ["TLSv1"]),
    (site.the_api_has_the_address_of_the_ui, f"{EDGE}/CacheBehaviors/0/PathPattern", "/v1/*"),
    (site.the_api_has_the_address_of_the_ui, f"{EDGE}/CacheBehaviors/0/AllowedMethods", ["GET", "HEAD"]),
    (
        site.the_api_has_the_address_of_the_ui,
        f"{EDGE}/CacheBehaviors/0/CachePolicyId",
        "658327ea-f89d-4fab-a63d-7e88639e58f6",
    ),
    (site.the_api_has_the_address_of_the_ui, f"{EDGE}/Origins/1/OriginPath", "/prod"),
    (
        site.errors_of_the_api_stay_errors,
        f"{EDGE}/CustomErrorResponses",
        [{"ErrorCode": 404, "ResponseCode": 200, "ResponsePagePath": "/index.html"}],
    ),
    (site.errors_of_the_api_stay_errors, f"{EDGE}/DefaultCacheBehavior/FunctionAssociations", DROP),
    (site.browsers_are_told_to_be_strict, f"{EDGE}/DefaultCacheBehavior/ResponseHeadersPolicyId", DROP),
    (site.browsers_are_told_to_be_strict, CSP, "default-src 'none'; script-src 'self' 'unsafe-inline'"),
    (site.browsers_are_told_to_be_strict, f"{HEADERS}/StrictTransportSecurity/AccessControlMaxAgeSec", 60),
    (site.browsers_are_told_to_be_strict, f"{HEADERS}/FrameOptions", DROP),
    (site.browsers_are_told_to_be_strict, f"{HEADERS}/ReferrerPolicy/Override", False),
    (site.names_at_the_edge_are_the_stacks_own, "Resources/Pages/Properties/Name", "pages"),
    (
        site.names_at_the_edge_are_the_stacks_own,
        "Resources/Dashboard/Properties/DashboardName",
        {"Ref": "AWS::StackName"},
    ),
    (deployment.only_what_cannot_be_guessed_is_asked_for, "Parameters/Another", PARAMETER),
    (deployment.people_come_back_to_our_page_only, f"{CLIENT}/LogoutURLs/0", "https://elsewhere.example/"),
    (
        deployment.functions_do_not_wait_for_what_waits_for_them,
        f"{COSTS}/Environment/Variables/ADDRESS",
        {"Fn::GetAtt": ["Distribution", "DomainName"]},
    ),
    (deployment.the_ui_is_uploaded_whenever_it_changed, f"{UI}/Properties/Build", "1"),
    (deployment.the_ui_is_uploaded_whenever_it_changed, f"{UI}/Properties/Config/client_id", DROP),
    (deployment.functions_find_the_schema_that_they_know, "Resources/CostsFunction/DependsOn", DROP),
    (
        deployment.functions_find_the_schema_that_they_know,
        "Resources/DispatchJobsFunction/DependsOn",
        "Database",
    ),
    (
        deployment.people_turn_their_second_factor_on_by_themselves,
        f"{UI}/Properties/Config/scope",
        "openid email profile",
    ),
    (
        deployment.people_turn_their_second_factor_on_by_themselves,
        f"{UI}/Properties/Config/user_pool",
        {"Fn::GetAtt": ["UserPool", "ProviderURL"]},
    ),
    (
        deployment.people_turn_their_second_factor_on_by_themselves,
        f"{CLIENT}/AllowedOAuthScopes",
        ["openid", "email", "profile"],
    ),
    (deployment.a_stolen_token_moves_no_address, f"{CLIENT}/WriteAttributes", DROP),
    (deployment.a_stolen_token_moves_no_address, f"{CLIENT}/WriteAttributes", ["locale", "email"]),
    (
        deployment.the_ui_is_uploaded_whenever_it_changed,
        f"{UI}/Properties/ServiceToken",
        {"Fn::GetAtt": ["MigrateDatabaseFunction", "Arn"]},
    ),
    (deployment.a_function_that_hangs_fails_the_deployment, f"{UI}/Properties/ServiceTimeout", DROP),
    (buckets.buckets_are_private, "Resources/UiBucket/Properties/PublicAccessBlockConfiguration", DROP),
    (buckets.buckets_speak_tls_only, f"{UI_STATEMENTS}/0", DROP),
    (
        buckets.heads_cannot_be_changed,
        "Resources/EvidenceBucket/Properties/ObjectLockConfiguration/Rule/DefaultRetention/Days",
        1,
    ),
    (
        buckets.heads_cannot_be_changed,
        "Resources/PublishUiRole/Properties/Policies/0/PolicyDocument/Statement/1/Resource",
        {"Fn::Sub": "${EvidenceBucket.Arn}/*"},
    ),
    (keeping.a_stage_protects_what_it_says, "Mappings/Stages/prod/DatabaseDeletionProtection", False),
    (keeping.a_stage_protects_what_it_says, "Mappings/Stages/dev/EvidenceLockMode", "COMPLIANCE"),
    (keeping.a_stage_protects_what_it_says, "Mappings/Stages/staging/BackupDays", 0),
    (keeping.a_stage_protects_what_it_says, "Parameters/Stage/Default", "prod"),
    (
        keeping.protection_follows_the_stage,
        "Conditions/KeepsData",
        {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
    ),
    (keeping.protection_follows_the_stage, f"{POOL}/DeletionProtection", "INACTIVE"),
    (keeping.what_stays_is_known, "Resources/Key/DeletionPolicy", DROP),
    (keeping.what_stays_is_known, "Resources/UiBucket/DeletionPolicy", "Retain"),
    (keeping.what_stays_is_known, "Resources/EvidenceBucket/DeletionPolicy", "Retain"),
    (keeping.what_stays_is_in_nobodys_way, "Resources/ArchiveBucket/Properties/BucketName", "archive"),
    (keeping.names_are_the_stacks_own, "Resources/CostsRole/Properties/RoleName", "costs"),
    (keeping.names_are_the_stacks_own, "Resources/IngestPartsQueue/Properties/QueueName", "parts"),
    (encryption.what_is_kept_is_encrypted_by_our_key, "Resources/Database/Properties/KmsKeyId", DROP),
    (encryption.what_is_kept_is_encrypted_by_our_key, "Resources/CostsLogGroup/Properties/KmsKeyId", DROP),
    (encryption.what_is_kept_is_encrypted_by_our_key, "Resources/OwnerSecret/Properties/KmsKeyId", DROP),
    (encryption.the_key_changes_every_year, f"{KEY}/EnableKeyRotation", False),
    (encryption.services_use_the_key_for_this_stack_alone, f"{KEY}/KeyPolicy/Statement/1/Condition", DROP),
    (
        encryption.services_use_the_key_for_this_stack_alone,
        f"{KEY}/KeyPolicy/Statement/0/Principal",
        {"AWS": "*"},
    ),
    (encryption.services_use_the_key_for_this_stack_alone, f"{KEY}/KeyPolicy/Statement/2/Action", "kms:*"),
    (encryption.secrets_are_changed_every_month, "Resources/OwnerSecretRotation", DROP),
    (
        encryption.secrets_are_changed_every_month,
        "Resources/ApplicationSecretRotation/Properties/RotateImmediatelyOnUpdate",
        DROP,
    ),
    (
        encryption.secrets_are_changed_every_month,
        "Resources/RotateSecretPermission/Properties/SourceAccount",
        DROP,
    ),
    (access.the_key_is_used_through_its_services_alone, f"{DATABASE_STATEMENTS}/1/Condition", DROP),
    (access.the_key_is_used_through_its_services_alone, f"{QUEUE_STATEMENTS}/0/Condition", DROP),
    (
        access.the_key_is_used_through_its_services_alone,
        f"{QUEUE_STATEMENTS}/0/Condition/StringEquals/kms:ViaService",
        [{"Fn::Sub": access.SECRETS}, {"Fn::Sub": access.QUEUES}],
    ),
    (watching.every_dead_letter_is_told, "Resources/IngestPartsDeadLettersAlarm", DROP),
    (watching.every_dead_letter_is_told, "Resources/FailedJobsAlarm/Properties/Threshold", 100),
    (watching.the_api_and_the_database_are_watched, "Resources/DatabaseStorageAlarm", DROP),
    (watching.the_api_and_the_database_are_watched, "Resources/SecretRotationAlarm", DROP),
    (watching.alarms_are_mailed, f"{ALARM}/AlarmActions", DROP),
    (watching.alarms_are_mailed, f"{ALARM}/OKActions", DROP),
    (watching.alarms_are_mailed, "Resources/AlarmTopic/Properties/Subscription", []),
    (watching.only_alarms_of_this_account_are_mailed, f"{TOPIC_STATEMENTS}/0/Condition", DROP),
    (watching.only_alarms_of_this_account_are_mailed, f"{TOPIC_STATEMENTS}/1", DROP),
    (watching.alarms_say_what_to_do, f"{ALARM}/AlarmDescription", "See docs/runbooks.md#call-somebody"),
    (
        watching.the_dashboard_can_be_drawn,
        "Resources/Dashboard/Properties/DashboardBody",
        {"Fn::Sub": '{"widgets": []}'},
    ),
    (
        watching.the_dashboard_can_be_drawn,
        "Resources/Dashboard/Properties/DashboardBody",
        {"Fn::Sub": json.dumps({"widgets": [SEARCHING_FOR_THE_STACK]})},
    ),
)
