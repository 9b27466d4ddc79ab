import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from local.home import Home
from tests.conftest import HOME_VARIABLE, Database
from tests.migrations.rows import TENANT_A, TENANT_B, insert_all


@pytest.fixture
def alone() -> Iterator[None]:
    """Roles belong to the whole server: of all test processes only one migrates at a time."""
    with Home(Path(os.environ[HOME_VARIABLE])).lock("migrations"):
        yield


@pytest.fixture(scope="module")
def two_tenants(module_database: Database) -> Database:
    """Tenants A and B with a row in every table."""
    with psycopg.connect(module_database.superuser_dsn) as connection:
        insert_all(connection, TENANT_A)
        insert_all(connection, TENANT_B)
    return module_database
