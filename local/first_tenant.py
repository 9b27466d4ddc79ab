"""The tenant and the admin that a home begins with, made by the application's own use case."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import psycopg

from local.application import make_importable
from local.home import Home

TENANT_NAME = "Local"
ADMIN_EMAIL = "admin@localhost.localdomain"


@dataclass(frozen=True, kw_only=True)
class Person:
    sub: str
    email: str


def admin_of(home: Home) -> Person:
    return Person(sub=home.remember("admin_sub", lambda: str(uuid4())), email=ADMIN_EMAIL)


def tenant_of(home: Home) -> UUID:
    return UUID(home.remember("tenant_id", lambda: str(uuid4())))


def person_of(home: Home, email: str) -> Person:
    """Somebody else's subject is made from the address, so that all their tokens name the same person."""
    admin = admin_of(home)
    if email in {admin.email, admin.sub}:
        return admin
    return Person(sub=str(uuid5(NAMESPACE_URL, f"mailto:{email}")), email=email)


def ensure_first_tenant(home: Home, *, app_dsn: str, seal_key: str) -> None:
    if home.recall("tenant_created") is not None:
        return
    make_importable()
    from cloudops.platform.seal import sealed_tenant  # noqa: PLC0415 - the application loads at the first start
    from cloudops.tenancy.models import NewUser  # noqa: PLC0415
    from cloudops.tenancy.use_cases import create_tenant  # noqa: PLC0415

    tenant_id, admin = tenant_of(home), admin_of(home)
    with psycopg.connect(app_dsn) as connection:
        sealed = sealed_tenant(tenant_id, seal_key)
        connection.execute("SELECT set_config('cloudops.tenant', %s, true)", [sealed])
        if not _exists(connection):
            create_tenant(
                connection,
                tenant_id,
                name=TENANT_NAME,
                admin=NewUser(sub=admin.sub, email=admin.email, role="admin"),
            )
    home.remember("tenant_created", lambda: "yes")


def _exists(connection: psycopg.Connection) -> bool:
    return connection.execute("SELECT 1 FROM tenants LIMIT 1").fetchone() is not None
