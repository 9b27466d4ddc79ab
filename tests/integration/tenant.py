"""A tenant of a test's own, reached as the application's role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg

from cloudops.platform.seal import sealed_tenant
from cloudops.tenancy.models import NewUser
from cloudops.tenancy.use_cases import create_tenant
from tests.conftest import SEAL_KEY, Database


@dataclass(frozen=True, kw_only=True)
class Tenant:
    id: UUID
    database: Database

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.database.app_dsn, autocommit=True) as connection, connection.transaction():
            connection.execute(
                "select set_config('cloudops.tenant', %s, true)", [sealed_tenant(self.id, SEAL_KEY)]
            )
            yield connection

    def rows(self, statement: LiteralString, parameters: Any = None) -> list[tuple[Any, ...]]:
        with self.transaction() as connection:
            return connection.execute(statement, parameters).fetchall()

    def value(self, statement: LiteralString, parameters: Any = None) -> Any:
        ((value,),) = self.rows(statement, parameters)
        return value

    def count(self, table: LiteralString) -> int:
        return int(self.value(f"select count(*) from {table}"))  # noqa: S608 - a name written in a test.

    def events(self) -> list[tuple[str, str]]:
        """What happened to what, oldest first."""
        return [
            (row[0], row[1])
            for row in self.rows("select entity_type, event_type from events order by created_at, id")
        ]


def open_tenant(database: Database, *, name: str = "Acme", reporting_currency: str = "USD") -> Tenant:
    tenant = Tenant(id=uuid4(), database=database)
    admin = NewUser(sub=f"sub-{tenant.id}", email="ann@acme.example", role="admin")
    with tenant.transaction() as connection:
        create_tenant(connection, tenant.id, name=name, admin=admin, reporting_currency=reporting_currency)
    return tenant
