import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from cloudops.platform import aws
from cloudops.platform.rotation import RotationError
from tests.conftest import Database
from tests.functions.conftest import emulated_aws
from tests.functions.invoking import event, invoke, restart_environment

FIRST = "the-one-that-was-generated"
STEPS = ("create", "set", "test", "finish")


@pytest.fixture
def secrets(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The secrets of two logins by their logical ids, made for this test: logins are the whole server's."""
    suffix = uuid4().hex
    logins = {"OwnerSecret": f"owner_{suffix}", "ApplicationSecret": f"app_{suffix}"}
    make_logins(database, owner=logins["OwnerSecret"], app=logins["ApplicationSecret"])
    with emulated_aws():
        for logical_id, role in logins.items():
            fields = {**database.secret(), "username": role, "password": FIRST}
            name = f"{logical_id}-{suffix}"
            aws.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(fields))
        monkeypatch.delenv("DATABASE_SECRET_ARN", raising=False)
        monkeypatch.setenv("OWNER_SECRET_ARN", f"OwnerSecret-{suffix}")
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "rotate-secret")
        restart_environment()
        yield {logical_id: f"{logical_id}-{suffix}" for logical_id in logins}
    restart_environment()
    drop_logins(database, *reversed(logins.values()))


def make_logins(database: Database, *, owner: str, app: str) -> None:
    """Whoever makes a role may set its password: the owner that of the application."""
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        connection.execute(f"create role {owner} login createrole password '{FIRST}'")
        connection.execute(f"set role {owner}")
        connection.execute(f"create role {app} login password '{FIRST}'")


def drop_logins(database: Database, *roles: str) -> None:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        for role in roles:
            connection.execute(f"drop role {role}")


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


@pytest.mark.parametrize("logical_id", ["ApplicationSecret", "OwnerSecret"])
def test_a_login_gets_a_new_password_and_nothing_else(secrets: dict[str, str], logical_id: str) -> None:
    secret, version = secrets[logical_id], str(uuid4())
    before = fields(secret)

    for step in STEPS:
        take(step, secret, version)

    after = fields(secret)
    assert {name for name in after if after[name] != before[name]} == {"password"}
    assert len(after["password"]) == 48
    assert (opens(after), opens(before)) == (True, False)


def test_a_step_that_comes_again_changes_nothing(secrets: dict[str, str]) -> None:
    secret, version = secrets["ApplicationSecret"], str(uuid4())
    take("create", secret, version)
    pending = fields(secret, "AWSPENDING")

    for step in ("create", "set", "set", "test", "finish", "finish"):
        take(step, secret, version)

    assert fields(secret) == pending
    assert opens(pending)


def test_an_owner_whose_password_is_changed_already_gets_no_other(secrets: dict[str, str]) -> None:
    secret, version = secrets["OwnerSecret"], str(uuid4())

    for step in ("create", "set", "set", "test", "finish"):
        take(step, secret, version)

    assert opens(fields(secret))


def test_until_the_database_has_the_new_password_everybody_reads_the_old_one(secrets: dict[str, str]) -> None:
    secret, version = secrets["ApplicationSecret"], str(uuid4())
    before = fields(secret)

    take("create", secret, version)
    with pytest.raises(RotationError, match="refuses"):
        take("test", secret, version)

    assert fields(secret) == before
    assert opens(before)


def test_a_step_that_nobody_knows_is_refused(secrets: dict[str, str]) -> None:
    payload = {
        **event("rotate_secret.create"),
        "Step": "guessSecret",
        "SecretId": secrets["OwnerSecret"],
    }

    with pytest.raises(RotationError, match="guessSecret"):
        invoke("rotate_secret", payload)
