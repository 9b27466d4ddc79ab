"""People who join the first tenant, by the application's own use case."""

import psycopg

from local.application import make_importable
from local.errors import LocalError
from local.first_tenant import person_of, tenant_of
from local.people import Account, People, normalized
from local.postgres import APP
from local.stack import Stack, seal_key

ROLES = ("viewer", "operator", "approver", "admin")


def add_member(
    stack: Stack, email: str, *, role: str, finance_approver: bool = False, with_totp: bool = False
) -> Account:
    """Somebody who can sign in and has the role; raises LocalError where the address is taken."""
    make_importable()
    from cloudops.actor import Actor  # noqa: PLC0415 - the application loads at the first start
    from cloudops.errors import ConflictError  # noqa: PLC0415
    from cloudops.platform.seal import sealed_tenant  # noqa: PLC0415
    from cloudops.tenancy.models import NewUser  # noqa: PLC0415
    from cloudops.tenancy.use_cases import add_user  # noqa: PLC0415

    person = person_of(stack.home, normalized(email))
    user = NewUser(sub=person.sub, email=person.email, role=role, finance_approver=finance_approver)
    with psycopg.connect(stack.postgres.dsn(APP)) as connection:
        sealed = sealed_tenant(tenant_of(stack.home), seal_key(stack.home))
        connection.execute("select set_config('cloudops.tenant', %s, true)", [sealed])
        try:
            add_user(connection, user, actor=Actor())
        except ConflictError as error:
            raise LocalError(f"{person.email} belongs to the tenant already") from error
        people = People(stack.home)
        # Somebody who was removed, or belongs to another tenant, can sign in already.
        return people.find(person.email) or people.add(person.email, with_totp=with_totp)
