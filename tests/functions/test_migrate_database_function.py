import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from cloudops.platform import aws
from local.postgres import APP, OWNER
from tests.conftest import MIGRATIONS, SEAL_KEY, Database
from tests.functions.conftest import emulated_aws, restart_environment
from tests.functions.invoking import event, invoke, request


@pytest.fixture
def unmigrated(empty_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty database with the environment of migrate_database."""
    server = empty_database.server
    application = {**empty_database.secret(), "tenant_seal_key": SEAL_KEY}
    owner = {**application, "username": OWNER, "password": server.password(OWNER)}
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
