import pytest

from tests.integration.tenant import Tenant


@pytest.fixture
def tenant(lone_tenant: Tenant) -> Tenant:
    """Our own role reads for an installation's only tenant, so no other may be in the database."""
    return lone_tenant
