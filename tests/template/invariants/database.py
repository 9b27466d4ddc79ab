"""The database: that it stays, stays closed, and has room for everybody."""

import re
import string
from collections.abc import Iterator
from typing import Any

from local.postgres_account import MAJOR_VERSION
from tests.template.invariants.network import DATABASE, private_subnets, zones
from tests.template.stack import Properties, Stack, of_stage, target, variables_of

HEXADECIMAL = set("0123456789abcdef")
REFUSED_BY_RDS = set('/@" ')
KEPT_FOR_ADMINISTRATION = 3 + 2  # superuser_reserved_connections and RDS's own.
FROM_STAGE = {
    "MultiAZ": "MultiAz",
    "DeletionProtection": "DatabaseDeletionProtection",
    "BackupRetentionPeriod": "BackupDays",
}
NOT_LOGGED = {
    "log_statement": "none",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def the_database_is_private(stack: Stack) -> Iterator[str]:
    for name, database in databases(stack):
        subnets = {target(s) for s in stack.properties(database["DBSubnetGroupName"])["SubnetIds"]}
        if database.get("PubliclyAccessible") is not False:
            yield f"{name} has a public address"
        if not subnets <= private_subnets(stack) or len(zones(stack, subnets)) < 2:
            yield f"{name} stands in {sorted(subnets)}"
        if [target(group) for group in database.get("VPCSecurityGroups", [])] != [DATABASE]:
            yield f"{name} has other rules than the database's"


def the_database_is_encrypted(stack: Stack) -> Iterator[str]:
    for name, database in databases(stack):
        if database.get("StorageEncrypted") is not True:
            yield f"{name} is not encrypted"


def connections_are_encrypted(stack: Stack) -> Iterator[str]:
    if settings(stack).get("rds.force_ssl") != "1":
        yield "the database takes connections without TLS"


def the_database_is_kept_as_its_stage_says(stack: Stack) -> Iterator[str]:
    for name, database in databases(stack):
        policies = [stack.resources[name].get(p) for p in ("DeletionPolicy", "UpdateReplacePolicy")]
        if policies != [{"Fn::If": ["KeepsData", "Snapshot", "Delete"]}] * 2:
            yield f"{name} goes by {policies}"
        for wanted, known in FROM_STAGE.items():
            if database.get(wanted) != of_stage(known):
                yield f"{wanted} of {name} is {database.get(wanted)}"


def the_database_is_the_one_that_the_laptop_runs(stack: Stack) -> Iterator[str]:
    for name, database in databases(stack):
        if (database["Engine"], database["EngineVersion"].partition(".")[0]) != (
            "postgres",
            str(MAJOR_VERSION),
        ):
            yield f"{name} is {database['Engine']} {database['EngineVersion']}"
        family = stack.properties(database["DBParameterGroupName"]).get("Family")
        if family != f"postgres{MAJOR_VERSION}":
            yield f"{name} is configured as {family}"
        if database.get("AllowMajorVersionUpgrade") is not False:
            yield f"{name} may become another one"


def the_log_shows_no_values(stack: Stack) -> Iterator[str]:
    # An error's details name the row that it is about.
    for name, value in NOT_LOGGED.items():
        if settings(stack).get(name) != value:
            yield f"{name} is {settings(stack).get(name)}"


def the_log_is_kept_for_seven_days(stack: Stack) -> Iterator[str]:
    groups = {target(group["LogGroupName"]): name for name, group in stack.of("Logs::LogGroup").items()}
    for name, database in databases(stack):
        exports = database.get("EnableCloudwatchLogsExports", [])
        if "postgresql" not in exports:
            yield f"{name} keeps its log for itself"
        for export in exports:
            identifier = target(database["DBInstanceIdentifier"])
            group = groups.get(f"/aws/rds/instance/${{{identifier}}}/{export}", "")
            before = stack.resources[name].get("DependsOn", [])
            if stack.properties({"Ref": group}).get("RetentionInDays") != 7 or group not in before:
                yield f"RDS makes the log group of {export} by itself and keeps it for ever"


def idle_connections_are_closed(stack: Stack) -> Iterator[str]:
    for name, longest in {
        "idle_session_timeout": 1_200_000,
        "idle_in_transaction_session_timeout": 60_000,
    }.items():
        if not 0 < int(settings(stack).get(name, "0")) <= longest:
            yield f"{name} is {settings(stack).get(name)}"


def all_functions_fit_twice(stack: Stack) -> Iterator[str]:
    # A replaced version's sandboxes keep their sockets until the server closes them.
    needed = 2 * sum(reserved(function) for function in stack.functions.values())
    free = int(settings(stack).get("max_connections", "0")) - KEPT_FOR_ADMINISTRATION
    if needed >= free:
        yield f"{needed} connections may be wanted of {free}"


def every_function_reserves_its_share_where_the_account_allows(stack: Stack) -> Iterator[str]:
    if stack.template["Parameters"]["ReserveConcurrency"]["Default"] != "false":
        yield "a new account cannot deploy"
    for name, function in stack.functions.items():
        if reserved(function) < 1:
            yield f"{name} may open any number of connections"


def no_queue_is_served_faster_than_reserved(stack: Stack) -> Iterator[str]:
    # What the poller cannot hand over counts as a failed attempt of the message.
    for mapping in stack.of("Lambda::EventSourceMapping").values():
        name = target(mapping["FunctionName"])
        if mapping["ScalingConfig"]["MaximumConcurrency"] > reserved(stack.functions[name]):
            yield f"messages of {name} fail without having been tried"


def secrets_are_generated(stack: Stack) -> Iterator[str]:
    for name, secret in stack.of("SecretsManager::Secret").items():
        wanted = secret.get("GenerateSecretString", {})
        if "SecretString" in secret or len(alphabet(wanted)) ** wanted.get("PasswordLength", 32) < 2**128:
            yield f"{name} can be guessed"


def the_owner_logs_in_with_a_generated_password(stack: Stack) -> Iterator[str]:
    for name, database in databases(stack):
        password = re.fullmatch(
            r"\{\{resolve:secretsmanager:\$\{(\w+)\}:SecretString:password\}\}",
            target(database.get("MasterUserPassword", "")),
        )
        wanted = stack.properties({"Ref": password[1] if password else ""}).get("GenerateSecretString", {})
        if wanted.get("GenerateStringKey") != "password" or alphabet(wanted) & REFUSED_BY_RDS:
            yield f"{name} has the password {database.get('MasterUserPassword')}"


def the_seal_key_is_32_bytes_in_hexadecimal(stack: Stack) -> Iterator[str]:
    wanted = stack.properties({"Ref": "SealKey"}).get("GenerateSecretString", {})
    if alphabet(wanted) != HEXADECIMAL or wanted.get("PasswordLength") != 64:
        yield f"the seal key is made as {wanted}"
    template = target(
        stack.properties({"Ref": "ApplicationSecret"})["GenerateSecretString"]["SecretStringTemplate"]
    )
    if '"tenant_seal_key": "{{resolve:secretsmanager:${SealKey}}}"' not in template:
        yield "the application's secret lacks the seal key"


def secrets_of_functions_know_their_database(stack: Stack) -> Iterator[str]:
    attached = {
        target(attachment["SecretId"])
        for attachment in stack.of("SecretsManager::SecretTargetAttachment").values()
        if target(attachment["TargetId"]) == "Database"
    }
    for name, function in stack.functions.items():
        for variable, value in variables_of(function).items():
            if variable.endswith("_SECRET_ARN") and target(value) not in attached:
                yield f"{variable} of {name} has no host"


def databases(stack: Stack) -> Iterator[tuple[str, Properties]]:
    yield from stack.of("RDS::DBInstance").items()


def settings(stack: Stack) -> dict[str, str]:
    (database,) = stack.of("RDS::DBInstance").values()
    found: dict[str, str] = stack.properties(database.get("DBParameterGroupName", "")).get("Parameters", {})
    return found


def reserved(function: Properties) -> int:
    """Zero where nothing is, or where it is not left to the condition."""
    wanted: Any = function.get("ReservedConcurrentExecutions")
    match wanted:
        case {"Fn::If": ["ReservesConcurrency", int(count), {"Ref": "AWS::NoValue"}]}:
            return count
        case _:
            return 0


def alphabet(wanted: Properties) -> set[str]:
    """The characters that Secrets Manager chooses from."""
    classes = {
        "Lowercase": string.ascii_lowercase,
        "Uppercase": string.ascii_uppercase,
        "Numbers": string.digits,
        "Punctuation": string.punctuation,
    }
    found = {c for name, members in classes.items() if not wanted.get(f"Exclude{name}") for c in members}
    return (found if wanted else set()) - set(wanted.get("ExcludeCharacters", ""))


INVARIANTS = (
    the_database_is_private,
    the_database_is_encrypted,
    connections_are_encrypted,
    the_database_is_kept_as_its_stage_says,
    the_database_is_the_one_that_the_laptop_runs,
    the_log_shows_no_values,
    the_log_is_kept_for_seven_days,
    idle_connections_are_closed,
    all_functions_fit_twice,
    every_function_reserves_its_share_where_the_account_allows,
    no_queue_is_served_faster_than_reserved,
    secrets_are_generated,
    the_owner_logs_in_with_a_generated_password,
    the_seal_key_is_32_bytes_in_hexadecimal,
    secrets_of_functions_know_their_database,
)
