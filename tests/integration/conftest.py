import pytest

from tests.conftest import Database
from tests.integration.tenant import Tenant, open_tenant


@pytest.fixture
def tenant(database: Database) -> Tenant:
    """The only tenant of a database of its own."""
    return open_tenant(database)
