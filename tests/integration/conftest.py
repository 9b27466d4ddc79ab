import pytest

from tests.conftest import Database
from tests.integration.tenant import Tenant, open_tenant


@pytest.fixture
def tenant(module_database: Database) -> Tenant:
    """A tenant beside those of the module's other tests, whom it must not notice."""
    return open_tenant(module_database)


@pytest.fixture
def lone_tenant(database: Database) -> Tenant:
    """The only tenant of its database, for what looks across tenants."""
    return open_tenant(database)
