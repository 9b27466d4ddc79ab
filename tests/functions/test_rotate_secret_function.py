import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from cloudops.platform import aws
from cloudops.platform.rotation import RotationError
from local.postgres import APP, OWNER
from tests.conftest import Database
from tests.functions.conftest import emulated_aws
from tests.functions.invoking import event, invoke, restart_environment

STEPS = ("create", "set", "test", "finish")


@pytest.fixture
def secrets(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The secrets of both logins by the variable that names them. Other tests share the logins, so they come back."""
    server = database.server
    passwords = {role: server.password(role) for role in (APP, OWNER)}
    names = {}
    with emulated_aws():
        for variable, role in {"DATABASE_SECRET_ARN": APP, "OWNER_SECRET_ARN": OWNER}.items():
            fields = {**database.secret(), "username": role, "password": passwords[role]}
            name = f"{variable}-{uuid4().hex}"
            aws.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(fields))
            monkeypatch.setenv(variable, name)
            names[variable] = name
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "rotate-secret")
        restart_environment()
        try:
            yield names
        finally:
            restore(database, passwords)
    restart_environment()


def restore(database: Database, passwords: dict[str, str]) -> None:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        for role, password in passwords.items():
            connection.execute(f"alter role {role} password '{password}'")


def take(step: str, secret: str, version: str) -> None:
    payload = event(f"rotate_secret.{step}")
    invoke("rotate_secret", {**payload, "SecretId": secret, "ClientRequestToken": version})


def fields(secret: str, stage: str = "AWSCURRENT") -> dict[str, Any]:
    found = aws.client("secretsmanager").get_secret_value(SecretId=secret, VersionStage=stage)
    content: dict[str, Any] = json.loads(found["SecretString"])
    return content


def opens(login: dict[str, Any]) -> bool:
    try:
        psycopg.connect(
            host=login["host"],
            port=login["port"],
            dbname=login["dbname"],
            user=login["username"],
            password=login["password"],
        ).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.parametrize("variable", ["DATABASE_SECRET_ARN", "OWNER_SECRET_ARN"])
def test_a_login_gets_a_new_password_and_nothing_else(secrets: dict[str, str], variable: str) -> None:
    secret, version = secrets[variable], str(uuid4())
    before = fields(secret)

    for step in STEPS:
        take(step, secret, version)

    after = fields(secret)
    assert {name for name in after if after[name] != before[name]} == {"password"}
    assert len(after["password"]) == 48
    assert (opens(after), opens(before)) == (True, False)


def test_a_step_that_comes_again_changes_nothing(secrets: dict[str, str]) -> None:
    secret, version = secrets["DATABASE_SECRET_ARN"], str(uuid4())
    take("create", secret, version)
    pending = fields(secret, "AWSPENDING")

    for step in ("create", "set", "set", "test", "finish", "finish"):
        take(step, secret, version)

    assert fields(secret) == pending
    assert opens(pending)


def test_an_owner_whose_password_is_changed_already_gets_no_other(secrets: dict[str, str]) -> None:
    secret, version = secrets["OWNER_SECRET_ARN"], str(uuid4())

    for step in ("create", "set", "set", "test", "finish"):
        take(step, secret, version)

    assert opens(fields(secret))


def test_until_the_database_has_the_new_password_everybody_reads_the_old_one(secrets: dict[str, str]) -> None:
    secret, version = secrets["DATABASE_SECRET_ARN"], str(uuid4())
    before = fields(secret)

    take("create", secret, version)
    with pytest.raises(RotationError, match="refuses"):
        take("test", secret, version)

    assert fields(secret) == before
    assert opens(before)


def test_a_step_that_nobody_knows_is_refused(secrets: dict[str, str]) -> None:
    payload = {**event("rotate_secret.create"), "Step": "guessSecret", "SecretId": secrets["OWNER_SECRET_ARN"]}

    with pytest.raises(RotationError, match="guessSecret"):
        invoke("rotate_secret", payload)
