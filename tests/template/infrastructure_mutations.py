"""Faults to plant in network, database, migrations and login, each with the invariant that must see it."""

from typing import Any

from tests.template.invariants import access, buckets, database, deployment, network, runtime
from tests.template.mutations import COSTS, DROP, INGEST, MESSAGES, MIGRATE

DATABASE = "Resources/Database"
INSTANCE = f"{DATABASE}/Properties"
SETTINGS = "Resources/DatabaseParameters/Properties/Parameters"
FUNCTIONS_GROUP = "Resources/FunctionSecurityGroup/Properties"
DATABASE_GROUP = "Resources/DatabaseSecurityGroup/Properties"
FROM_FUNCTIONS = "Resources/DatabaseFromFunctions/Properties"
PUBLIC, PRIVATE = {"Ref": "PublicSubnetA"}, {"Ref": "PrivateSubnetA"}
OPEN = [{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "0.0.0.0/0"}]
NETWORK_OF_FUNCTIONS = "Globals/Function/VpcConfig"
PRIVATE_ROUTE = "Resources/PrivateDefaultRoute/Properties"
MIGRATIONS = "Resources/Migrations"
EVIDENCE, ARCHIVE = "Resources/EvidenceBucket/Properties", "Resources/ArchiveBucket/Properties"
POOL = "Resources/UserPool/Properties"
CLIENT = "Resources/UserPoolClient/Properties"
SHARED_STATEMENTS = "Resources/FunctionPolicy/Properties/PolicyDocument/Statement"
OWNER_PASSWORD = "Resources/OwnerSecret/Properties/GenerateSecretString"
APPLICATION_PASSWORD = "Resources/ApplicationSecret/Properties/GenerateSecretString"
SEAL = "Resources/SealKey/Properties/GenerateSecretString"

# Invariant, path into the source, what to put there (DROP takes it away).
MUTATIONS: tuple[tuple[Any, str, Any], ...] = (
    (buckets.buckets_are_private, f"{EVIDENCE}/PublicAccessBlockConfiguration/BlockPublicPolicy", False),
    (buckets.buckets_are_private, f"{ARCHIVE}/OwnershipControls", DROP),
    (buckets.buckets_are_encrypted_and_versioned, f"{ARCHIVE}/BucketEncryption", DROP),
    (buckets.buckets_are_encrypted_and_versioned, f"{ARCHIVE}/VersioningConfiguration", DROP),
    (buckets.buckets_speak_tls_only, "Resources/ArchiveBucketPolicy", DROP),
    (
        buckets.buckets_speak_tls_only,
        "Resources/EvidenceBucketPolicy/Properties/PolicyDocument/Statement/0/Action",
        "s3:GetObject",
    ),
    (buckets.buckets_outlive_their_stack, "Resources/EvidenceBucket/DeletionPolicy", "Delete"),
    (buckets.heads_cannot_be_changed, f"{EVIDENCE}/ObjectLockEnabled", DROP),
    (buckets.heads_cannot_be_changed, f"{EVIDENCE}/ObjectLockConfiguration", DROP),
    (
        buckets.heads_cannot_be_changed,
        "Resources/AnchorTrailRole/Properties/Policies/0/PolicyDocument/Statement/3/Action",
        ["s3:PutObject", "s3:BypassGovernanceRetention"],
    ),
    (
        buckets.files_are_removed_and_archives_are_not,
        f"{ARCHIVE}/LifecycleConfiguration/Rules/0/Prefix",
        "",
    ),
    (
        access.listing_stays_below_the_prefix,
        "Resources/AnchorTrailRole/Properties/Policies/0/PolicyDocument/Statement/1/Condition",
        DROP,
    ),
    (access.functions_may_do_what_they_are_wired_to_and_nothing_else, f"{SHARED_STATEMENTS}/1", DROP),
    (
        access.wide_permissions_have_a_reason,
        f"{SHARED_STATEMENTS}/1/Action",
        ["ec2:CreateNetworkInterface", "ec2:TerminateInstances"],
    ),
    (access.code_cannot_change_the_network, f"{SHARED_STATEMENTS}/2", DROP),
    (
        access.code_cannot_change_the_network,
        f"{SHARED_STATEMENTS}/2/Condition/Null",
        {"aws:SourceArn": "false"},
    ),
    (
        runtime.secrets_stay_out_of_environments,
        f"{COSTS}/Environment/Variables/ADDRESS",
        {"Fn::Sub": "{{resolve:secretsmanager:${ApplicationSecret}:SecretString:host}}"},
    ),
    (runtime.secrets_stay_out_of_environments, f"{COSTS}/Environment/Variables/TENANT_SEAL_KEY", "5e5e"),
    (runtime.log_groups_expire, "Resources/DatabaseLogGroup/Properties/RetentionInDays", DROP),
    (runtime.parameters_are_checked_before_anything_is_made, "Parameters/AdminEmail/AllowedPattern", DROP),
    (network.functions_run_in_private_subnets, NETWORK_OF_FUNCTIONS, DROP),
    (network.functions_run_in_private_subnets, f"{NETWORK_OF_FUNCTIONS}/SubnetIds", [PUBLIC, PRIVATE]),
    (network.functions_run_in_private_subnets, f"{NETWORK_OF_FUNCTIONS}/SubnetIds", [PRIVATE]),
    (
        network.functions_run_in_private_subnets,
        f"{NETWORK_OF_FUNCTIONS}/SecurityGroupIds",
        [{"Ref": "DatabaseSecurityGroup"}],
    ),
    (
        network.the_network_spans_two_zones,
        "Resources/PrivateSubnetB/Properties/AvailabilityZone",
        {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
    ),
    (
        network.the_network_spans_two_zones,
        PRIVATE_ROUTE,
        {
            "RouteTableId": {"Ref": "PrivateRouteTable"},
            "DestinationCidrBlock": "0.0.0.0/0",
            "GatewayId": {"Ref": "InternetGateway"},
        },
    ),
    (
        network.subnets_hand_out_no_public_addresses,
        "Resources/PublicSubnetA/Properties/MapPublicIpOnLaunch",
        True,
    ),
    (network.subnets_have_routes_of_ours, "Resources/PrivateSubnetBRouting", DROP),
    (network.one_nat_gateway_is_the_way_out, "Resources/NatGateway/Properties/SubnetId", PRIVATE),
    (network.one_nat_gateway_is_the_way_out, "Resources/NatAddress/DependsOn", DROP),
    (
        network.one_nat_gateway_is_the_way_out,
        "Resources/SecondGateway",
        {
            "Type": "AWS::EC2::NatGateway",
            "Properties": {
                "SubnetId": PUBLIC,
                "AllocationId": {"Fn::GetAtt": ["NatAddress", "AllocationId"]},
            },
        },
    ),
    (network.s3_is_reached_without_the_nat_gateway, "Resources/S3Endpoint", DROP),
    (
        network.s3_is_reached_without_the_nat_gateway,
        "Resources/S3Endpoint/Properties/RouteTableIds",
        [{"Ref": "PublicRouteTable"}],
    ),
    (network.nothing_comes_in_from_the_internet, f"{FUNCTIONS_GROUP}/SecurityGroupIngress", OPEN),
    (network.nothing_comes_in_from_the_internet, f"{DATABASE_GROUP}/SecurityGroupIngress", OPEN),
    (
        network.functions_go_out_by_tls_and_to_the_database_only,
        f"{FUNCTIONS_GROUP}/SecurityGroupEgress",
        [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}],
    ),
    (
        network.functions_go_out_by_tls_and_to_the_database_only,
        "Resources/FunctionsToDatabase/Properties/FromPort",
        22,
    ),
    (network.functions_go_out_by_tls_and_to_the_database_only, "Resources/FunctionsToDatabase", DROP),
    (network.the_database_hears_the_functions_only, f"{FROM_FUNCTIONS}/ToPort", 65535),
    (network.the_database_hears_the_functions_only, "Resources/DatabaseFromFunctions", DROP),
    (network.the_database_hears_the_functions_only, f"{DATABASE_GROUP}/SecurityGroupEgress", DROP),
    (database.the_database_is_private, f"{INSTANCE}/PubliclyAccessible", True),
    (database.the_database_is_private, f"{INSTANCE}/PubliclyAccessible", DROP),
    (
        database.the_database_is_private,
        "Resources/DatabaseSubnets/Properties/SubnetIds",
        [PRIVATE, {"Ref": "PublicSubnetB"}],
    ),
    (database.the_database_is_private, f"{INSTANCE}/VPCSecurityGroups", DROP),
    (database.the_database_is_encrypted, f"{INSTANCE}/StorageEncrypted", DROP),
    (database.connections_are_encrypted, f"{SETTINGS}/rds.force_ssl", "0"),
    (database.connections_are_encrypted, f"{INSTANCE}/DBParameterGroupName", "default.postgres16"),
    (database.the_database_is_kept_as_its_stage_says, f"{DATABASE}/DeletionPolicy", "Delete"),
    (database.the_database_is_kept_as_its_stage_says, f"{DATABASE}/UpdateReplacePolicy", DROP),
    (database.the_database_is_kept_as_its_stage_says, f"{INSTANCE}/BackupRetentionPeriod", 0),
    (database.the_database_is_kept_as_its_stage_says, f"{INSTANCE}/DeletionProtection", DROP),
    (database.the_database_is_kept_as_its_stage_says, f"{INSTANCE}/MultiAZ", True),
    (database.the_database_is_the_one_that_the_laptop_runs, f"{INSTANCE}/EngineVersion", "17.5"),
    (
        database.the_database_is_the_one_that_the_laptop_runs,
        "Resources/DatabaseParameters/Properties/Family",
        "postgres17",
    ),
    (database.the_database_is_the_one_that_the_laptop_runs, f"{INSTANCE}/AllowMajorVersionUpgrade", True),
    (database.the_log_shows_no_values, f"{SETTINGS}/log_statement", "mod"),
    (database.the_log_shows_no_values, f"{SETTINGS}/log_error_verbosity", DROP),
    (database.the_log_shows_no_values, f"{SETTINGS}/log_parameter_max_length", DROP),
    (database.the_log_is_kept_for_seven_days, f"{INSTANCE}/EnableCloudwatchLogsExports", DROP),
    (database.the_log_is_kept_for_seven_days, "Resources/DatabaseLogGroup/Properties/RetentionInDays", 30),
    (database.the_log_is_kept_for_seven_days, f"{DATABASE}/DependsOn", ["DatabaseUpgradeLogGroup"]),
    (database.idle_connections_are_closed, f"{SETTINGS}/idle_session_timeout", DROP),
    (database.idle_connections_are_closed, f"{SETTINGS}/idle_in_transaction_session_timeout", "0"),
    (database.all_functions_fit_twice, f"{SETTINGS}/max_connections", "80"),
    (
        database.all_functions_fit_twice,
        f"{COSTS}/ReservedConcurrentExecutions/Fn::If/1",
        100,
    ),
    (
        database.every_function_reserves_its_share_where_the_account_allows,
        f"{COSTS}/ReservedConcurrentExecutions",
        DROP,
    ),
    (
        database.every_function_reserves_its_share_where_the_account_allows,
        f"{COSTS}/ReservedConcurrentExecutions",
        5,
    ),
    (
        database.every_function_reserves_its_share_where_the_account_allows,
        "Parameters/ReserveConcurrency/Default",
        "true",
    ),
    (database.no_queue_is_served_faster_than_reserved, f"{MESSAGES}/ScalingConfig/MaximumConcurrency", 5),
    (
        database.no_queue_is_served_faster_than_reserved,
        f"{INGEST}/ReservedConcurrentExecutions/Fn::If/1",
        3,
    ),
    (database.secrets_are_generated, "Resources/OwnerSecret/Properties", {"SecretString": "{}"}),
    (database.secrets_are_generated, f"{APPLICATION_PASSWORD}/PasswordLength", 8),
    (database.the_owner_logs_in_with_a_generated_password, f"{INSTANCE}/MasterUserPassword", "changeme"),
    (database.the_owner_logs_in_with_a_generated_password, f"{OWNER_PASSWORD}/ExcludePunctuation", DROP),
    (database.the_seal_key_is_32_bytes_in_hexadecimal, f"{SEAL}/PasswordLength", 32),
    (database.the_seal_key_is_32_bytes_in_hexadecimal, f"{SEAL}/ExcludeUppercase", DROP),
    (
        database.the_seal_key_is_32_bytes_in_hexadecimal,
        f"{APPLICATION_PASSWORD}/SecretStringTemplate",
        '{"username": "cloudops_app"}',
    ),
    (database.secrets_of_functions_know_their_database, "Resources/ApplicationSecretAttachment", DROP),
    (
        deployment.only_what_cannot_be_guessed_is_asked_for,
        "Parameters/ExportBucket/Default",
        DROP,
    ),
    (deployment.every_parameter_reaches_a_resource, f"{MIGRATIONS}/Properties/MonitoredApiIds", DROP),
    (
        deployment.every_parameter_reaches_a_resource,
        "Parameters/Colour",
        {"Type": "String", "Default": "blue"},
    ),
    (deployment.migrations_run_whenever_they_changed, f"{MIGRATIONS}/Properties/Migrations", "1"),
    (deployment.migrations_run_whenever_they_changed, MIGRATIONS, DROP),
    (
        deployment.migrations_run_whenever_they_changed,
        f"{MIGRATIONS}/Properties/ServiceToken",
        {"Fn::GetAtt": ["CostsFunction", "Arn"]},
    ),
    *(
        (deployment.what_functions_make_has_its_way_until_it_is_gone, f"{MIGRATIONS}/DependsOn/{place}", DROP)
        # All but the attachment of the internet gateway, which two others wait for as well.
        for place in (0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11)
    ),
    (deployment.a_function_that_hangs_fails_the_deployment, f"{MIGRATIONS}/Properties/ServiceTimeout", DROP),
    (deployment.a_function_that_hangs_fails_the_deployment, f"{MIGRATIONS}/Properties/ServiceTimeout", 900),
    (
        deployment.a_function_that_hangs_fails_the_deployment,
        f"{MIGRATE}/EventInvokeConfig/MaximumRetryAttempts",
        2,
    ),
    (
        deployment.functions_do_not_wait_for_what_waits_for_them,
        f"{COSTS}/Environment/Variables/CLIENT_ID",
        {"Ref": "UserPoolClient"},
    ),
    (deployment.nobody_signs_themselves_up, f"{POOL}/AdminCreateUserConfig", DROP),
    (deployment.people_prove_their_address, f"{POOL}/AutoVerifiedAttributes", DROP),
    (deployment.people_prove_their_address, f"{POOL}/UserAttributeUpdateSettings", DROP),
    (
        deployment.people_prove_their_address,
        f"{POOL}/AccountRecoverySetting/RecoveryMechanisms/0/Name",
        "verified_phone_number",
    ),
    (
        deployment.passwords_are_strong_and_a_second_factor_is_possible,
        f"{POOL}/Policies/PasswordPolicy/MinimumLength",
        8,
    ),
    (deployment.passwords_are_strong_and_a_second_factor_is_possible, f"{POOL}/MfaConfiguration", "OFF"),
    (deployment.browsers_sign_in_by_code_only, f"{CLIENT}/AllowedOAuthFlows", ["code", "implicit"]),
    (deployment.browsers_sign_in_by_code_only, f"{CLIENT}/GenerateSecret", True),
    (
        deployment.browsers_sign_in_by_code_only,
        f"{CLIENT}/ExplicitAuthFlows",
        ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    ),
    (deployment.browsers_sign_in_by_code_only, f"{CLIENT}/PreventUserExistenceErrors", DROP),
    (deployment.people_come_back_to_our_page_only, f"{CLIENT}/CallbackURLs/0", "https://elsewhere.example/"),
    (deployment.there_is_a_page_to_sign_in_at, "Resources/UserPoolDomain", DROP),
    (deployment.the_first_admin_is_invited, f"{MIGRATIONS}/Properties/AdminEmail", DROP),
    (deployment.the_first_admin_is_invited, f"{MIGRATIONS}/Properties/UserPoolId", DROP),
    (
        deployment.no_login_goes_with_a_parameter,
        "Resources/FirstAdmin",
        {
            "Type": "AWS::Cognito::UserPoolUser",
            "Properties": {"UserPoolId": {"Ref": "UserPool"}, "Username": {"Ref": "AdminEmail"}},
        },
    ),
)
