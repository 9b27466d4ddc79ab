from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from stored_bills import Office

from cloudops.platform.seal import sealed_tenant
from cloudops.tenancy.models import NewUser
from cloudops.tenancy.use_cases import create_tenant, default_project
from tests.conftest import SEAL_KEY, Database

TENANT = UUID("7e000000-0000-4000-8000-000000000001")


@pytest.fixture
def office(module_database: Database) -> Iterator[Office]:
    """A tenant with an empty book, in a transaction that nobody else sees."""
    with psycopg.connect(module_database.app_dsn) as connection:
        connection.execute(
            "select set_config('cloudops.tenant', %s, true)", [sealed_tenant(TENANT, SEAL_KEY)]
        )
        admin = NewUser(sub=str(uuid4()), email="ada@acme.example", role="admin")
        create_tenant(connection, TENANT, name="Acme", admin=admin)
        yield Office(connection=connection, tenant_id=TENANT, project_id=default_project(connection).id)
        connection.rollback()
