import json
from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from cloudops.platform import aws
from cloudops.platform.deployment import SPARE_SECONDS, UnansweredError
from cloudops.platform.migrations import locked
from cloudops.platform.user_pool import invite
from cloudops.tenancy.use_cases import FIRST_TENANT
from local.postgres import APP, OWNER
from tests.conftest import MIGRATIONS, SEAL_KEY, Database
from tests.functions.cloudformation import told
from tests.functions.conftest import emulated_aws
from tests.functions.invoking import event, invoke, messages, request, restart_environment
from tests.permissions.recording import recorded_apart

ADMIN_EMAIL = event("migrate_database.create")["ResourceProperties"]["AdminEmail"]


@pytest.fixture
def unmigrated(empty_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty database with the environment of migrate_database."""
    server = empty_database.server
    application = {**empty_database.secret(), "tenant_seal_key": SEAL_KEY}
    owner = {**empty_database.secret(), "username": OWNER, "password": server.password(OWNER)}
    # As the template makes it: the owner seals no tenant.
    del owner["tenant_seal_key"]
    with emulated_aws():
        for variable, secret in {"DATABASE_SECRET_ARN": application, "OWNER_SECRET_ARN": owner}.items():
            name = f"{variable}-{uuid4().hex}"
            aws.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(secret))
            monkeypatch.setenv(variable, name)
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "migrate-database")
        monkeypatch.setenv("MIGRATIONS_DIRECTORY", str(MIGRATIONS))
        restart_environment()
        yield empty_database
        restart_environment()


def names(directory: Path) -> list[str]:
    return sorted(file.stem for file in directory.glob("*.sql"))


def test_a_database_is_migrated_once(unmigrated: Database) -> None:
    assert request("health.get").json["schema_version"] == "0.0.0"

    applied = invoke("migrate_database", event("migrate_database.direct"))["applied"]

    assert sorted(applied) == names(MIGRATIONS)
    assert request("health.get").json["schema_version"] > "0.0.0"
    assert invoke("migrate_database", event("migrate_database.direct")) == {"applied": []}


def test_migrating_lets_the_application_in_and_gives_it_its_seal(unmigrated: Database) -> None:
    invoke("migrate_database", event("migrate_database.direct"))

    assert request("events.list").status == 403
    with psycopg.connect(unmigrated.app_dsn) as connection:
        (role,) = connection.execute("select current_user").fetchone() or ("",)
    assert role == APP


@pytest.fixture
def pool() -> str:
    """A user pool that knows nobody."""
    cognito = aws.client("cognito-idp")
    made = cognito.create_user_pool(PoolName=f"people-{uuid4().hex}", UsernameAttributes=["email"])
    return str(made["UserPool"]["Id"])


def logins(pool_id: str) -> dict[str, str]:
    """Subjects by address."""
    people = aws.client("cognito-idp").list_users(UserPoolId=pool_id)["Users"]
    found = [{one["Name"]: one["Value"] for one in person["Attributes"]} for person in people]
    return {attributes["email"]: attributes["sub"] for attributes in found}


def deploy(
    kind: str, *statuses: int, seconds: float = 60, before: Mapping[str, str] | None = None, **properties: str
) -> list[dict[str, Any]]:
    """What CloudFormation is told. `before` are properties of the resource as it was."""
    payload = event(f"migrate_database.{kind}")
    payload["ResourceProperties"] |= properties
    if before:
        payload["OldResourceProperties"] |= before
    return told("migrate_database", payload, *statuses, seconds=seconds)


def admins(database: Database) -> list[tuple[str, str, str]]:
    with psycopg.connect(database.owner_dsn) as connection:
        query = "select u.email, m.sub, m.role from memberships m join users u on u.id = m.user_id order by u.email"
        return connection.execute(query).fetchall()


def test_a_deployment_migrates_and_tells_cloudformation(unmigrated: Database, pool: str) -> None:
    (answer,) = deploy("create", UserPoolId=pool)

    request_sent = event("migrate_database.create")
    assert answer == {
        "Status": "SUCCESS",
        "Data": {"Applied": str(len(names(MIGRATIONS)))},
        "PhysicalResourceId": "cloudops-migrations",
        "StackId": request_sent["StackId"],
        "RequestId": request_sent["RequestId"],
        "LogicalResourceId": "Migrations",
    }
    assert deploy("update", UserPoolId=pool)[0]["Data"] == {"Applied": "0"}


def test_a_deployment_opens_the_first_tenant_for_its_admin_once(unmigrated: Database, pool: str) -> None:
    deploy("create", UserPoolId=pool)
    deploy("update", UserPoolId=pool)

    assert [(email, role) for email, _, role in admins(unmigrated)] == [(ADMIN_EMAIL, "admin")]
    sub = admins(unmigrated)[0][1]
    assert request("events.list", claims={"sub": sub}).status == 200


def test_the_first_admin_is_invited_and_proves_no_address(unmigrated: Database, pool: str) -> None:
    deploy("create", UserPoolId=pool)

    person = aws.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=ADMIN_EMAIL)
    assert person["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert {"Name": "email_verified", "Value": "true"} in person["UserAttributes"]


def test_who_can_sign_in_already_keeps_the_login(unmigrated: Database, pool: str) -> None:
    invite(pool, ADMIN_EMAIL)
    before = logins(pool)

    deploy("create", UserPoolId=pool)
    deploy("update", UserPoolId=pool)

    assert logins(pool) == before
    assert admins(unmigrated) == [(ADMIN_EMAIL, before[ADMIN_EMAIL], "admin")]


def test_another_admin_joins_and_the_one_before_stays(unmigrated: Database, pool: str) -> None:
    deploy("create", UserPoolId=pool)
    (first,) = logins(pool).values()

    deploy("update", UserPoolId=pool, AdminEmail="bea@acme.example")

    second = logins(pool)["bea@acme.example"]
    assert logins(pool)[ADMIN_EMAIL] == first
    assert admins(unmigrated) == [(ADMIN_EMAIL, first, "admin"), ("bea@acme.example", second, "admin")]


def test_a_login_that_went_is_made_anew_and_let_in(unmigrated: Database, pool: str) -> None:
    deploy("create", UserPoolId=pool)
    before = logins(pool)
    aws.client("cognito-idp").admin_delete_user(UserPoolId=pool, Username=ADMIN_EMAIL)

    deploy("update", UserPoolId=pool)

    assert logins(pool) != before
    assert admins(unmigrated) == [(ADMIN_EMAIL, logins(pool)[ADMIN_EMAIL], "admin")]


def test_a_failed_migration_fails_the_deployment_with_its_reason(
    unmigrated: Database, pool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "0001_break.sql").write_text("select * from missing_table;")
    monkeypatch.setenv("MIGRATIONS_DIRECTORY", str(tmp_path))
    restart_environment()

    (answer,) = deploy("create", UserPoolId=pool)

    assert answer["Status"] == "FAILED"
    assert 'relation "missing_table" does not exist' in answer["Reason"]
    assert "(log stream tests)" in answer["Reason"]
    assert len(json.dumps(answer)) < 4096
    assert logins(pool) == {}


def api(name: str, *stages: str) -> str:
    """Its id."""
    gateway = aws.client("apigateway")
    api_id = str(gateway.create_rest_api(name=name)["id"])
    for stage in stages:
        gateway.create_stage(restApiId=api_id, stageName=stage, deploymentId="d1")
    return api_id


def targets(pool_id: str) -> list[dict[str, Any]]:
    """As the first admin sees them."""
    claims = {"sub": logins(pool_id)[ADMIN_EMAIL]}
    found: list[dict[str, Any]] = request("reliability.list-targets", claims=claims).json["items"]
    return sorted(found, key=itemgetter("resource_id"))


def test_monitored_apis_are_watched_in_our_own_account_and_read_by_our_own_role(
    unmigrated: Database, pool: str
) -> None:
    deploy("create", UserPoolId=pool, MonitoredApiIds=api("orders", "live"))

    (target,) = targets(pool)
    assert (target["resource_id"], target["created_by"]) == ("orders/live", "system")
    assert (target["account_id"], target["region"]) == ("123456789012", "eu-west-1")
    envelope = json.loads(event("ingest_metrics.one-tenant")["Records"][0]["body"])
    body = json.dumps({**envelope, "tenant_id": str(FIRST_TENANT)})
    invoke("ingest_metrics", messages("ingest_metrics.one-tenant", [body]))
    (read,) = targets(pool)
    assert read["last_read_at"] is not None
    assert read["last_error"] is None


def test_apis_that_are_named_later_join_and_those_that_are_left_out_stay(
    unmigrated: Database, pool: str
) -> None:
    orders, payments = api("orders", "live"), api("payments", "live", "test")
    deploy("create", UserPoolId=pool, MonitoredApiIds=orders)

    deploy("watch-apis", UserPoolId=pool, MonitoredApiIds=f"{orders},{payments}")
    both = targets(pool)
    deploy("update", UserPoolId=pool, MonitoredApiIds=payments)
    deploy("update", UserPoolId=pool)

    assert [one["resource_id"] for one in both] == ["orders/live", "payments/live", "payments/test"]
    assert targets(pool) == both


def test_a_deployment_without_monitored_apis_asks_api_gateway_nothing(
    unmigrated: Database, pool: str
) -> None:
    with recorded_apart() as recording:
        deploy("create", UserPoolId=pool)

    called = {action for _, (action, _) in recording.used}
    assert "cognito-idp:AdminCreateUser" in called
    assert "apigateway:GET" not in called


def test_an_api_that_cannot_be_watched_fails_the_deployment_before_it_changes_anything(
    unmigrated: Database, pool: str
) -> None:
    there, unused = api("orders", "live"), api("drafts")

    (answer,) = deploy("create", UserPoolId=pool, MonitoredApiIds=f"{there},{unused},zzzzzzzzzz")

    assert answer["Status"] == "FAILED"
    assert "there is no REST API zzzzzzzzzz" in answer["Reason"]
    assert f"the REST API {unused}, drafts, has no stage" in answer["Reason"]
    assert there not in answer["Reason"]
    assert logins(pool) == {}
    assert request("health.get").json["schema_version"] == "0.0.0"


def test_an_api_that_went_since_the_last_deployment_fails_none(unmigrated: Database, pool: str) -> None:
    ids = {"MonitoredApiIds": f"{api('orders', 'live')},{api('payments', 'live')}"}
    deploy("create", UserPoolId=pool, **ids)
    aws.client("apigateway").delete_rest_api(restApiId=ids["MonitoredApiIds"][:10])

    (answer,) = deploy("update", UserPoolId=pool, before=ids, **ids)

    assert answer["Status"] == "SUCCESS"
    assert len(targets(pool)) == 2


def test_a_roll_back_to_a_stack_that_watched_nothing_succeeds(unmigrated: Database, pool: str) -> None:
    deploy("create", UserPoolId=pool)
    payload = event("migrate_database.update")
    payload["ResourceProperties"]["UserPoolId"] = pool
    del payload["ResourceProperties"]["MonitoredApiIds"]

    (answer,) = told("migrate_database", payload)

    assert answer["Status"] == "SUCCESS"


def test_a_missing_setting_fails_the_deployment(
    unmigrated: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OWNER_SECRET_ARN")
    restart_environment()

    (answer,) = deploy("create")

    assert "OWNER_SECRET_ARN" in answer["Reason"]


def test_a_deployment_that_would_outlive_the_function_fails_before(unmigrated: Database, pool: str) -> None:
    with psycopg.connect(unmigrated.owner_dsn) as other, locked(other):
        (answer,) = deploy("create", UserPoolId=pool, seconds=SPARE_SECONDS + 0.5)

    assert (answer["Status"], answer["Reason"].partition(":")[0]) == ("FAILED", "DeploymentTimeoutError")
    # Nothing of the interrupted run stays behind.
    assert deploy("create", UserPoolId=pool)[0]["Status"] == "SUCCESS"


def test_deleting_the_resource_touches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DATABASE_SECRET_ARN", "OWNER_SECRET_ARN", "POWERTOOLS_SERVICE_NAME"):
        monkeypatch.delenv(variable, raising=False)
    restart_environment()

    (answer,) = deploy("delete")

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "cloudops-migrations")


def test_an_answer_that_did_not_arrive_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(deploy("delete", 503, 200)) == 2


def test_a_refused_answer_fails_the_run() -> None:
    with pytest.raises(UnansweredError, match="403"):
        deploy("delete", 403)
