"""As the application, another tenant's rows are neither seen nor touched: every tenant table of the catalog."""

import random
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors, sql

from cloudops.platform.seal import sealed_tenant
from tests.conftest import SEAL_KEY, Database
from tests.migrations.catalog import tenant_tables
from tests.migrations.rows import TABLES, TENANT_A, TENANT_B, insert, row_of, tenant_column

OF_TENANT = {
    "count": sql.SQL("select count(*) from {table} where {column} = %(tenant)s"),
    "update": sql.SQL("update {table} set {column} = {column} where {column} = %(tenant)s"),
    "delete": sql.SQL("delete from {table} where {column} = %(tenant)s"),
    "give": sql.SQL("update {table} set {column} = %(tenant)s"),
}
REQUESTS = 2_000


@pytest.fixture
def app(two_tenants: Database) -> Iterator[psycopg.Connection]:
    """A transaction of the application that is never committed."""
    with psycopg.connect(two_tenants.app_dsn) as connection:
        yield connection
        connection.rollback()


def test_every_tenant_table_of_the_catalog_is_tried(app: psycopg.Connection) -> None:
    assert tenant_tables(app) == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_a_tenant_sees_its_rows_and_no_others(app: psycopg.Connection, table: str) -> None:
    enter(app, TENANT_A)

    assert count(app, table, TENANT_A) == 1
    assert count(app, table, TENANT_B) == 0
    assert app.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone() == (1,)


@pytest.mark.parametrize("action", ["update", "delete"])
@pytest.mark.parametrize("table", TABLES)
def test_a_tenant_changes_no_row_of_another(app: psycopg.Connection, table: str, action: str) -> None:
    enter(app, TENANT_A)

    if may(app, table, action):
        assert run(app, action, table, TENANT_B).rowcount == 0
    else:
        with pytest.raises(errors.InsufficientPrivilege):
            run(app, action, table, TENANT_B)


@pytest.mark.parametrize("table", TABLES)
def test_a_tenant_adds_no_row_to_another(app: psycopg.Connection, table: str) -> None:
    enter(app, TENANT_A)
    row = row_of(table, TENANT_B)
    refusal = "row-level security" if may(app, table, "insert") else "permission denied"

    with pytest.raises(errors.InsufficientPrivilege, match=refusal):
        insert(app, table, row)


@pytest.mark.parametrize("table", TABLES)
def test_a_tenant_gives_no_row_away(app: psycopg.Connection, table: str) -> None:
    enter(app, TENANT_A)

    with pytest.raises(errors.InsufficientPrivilege):
        run(app, "give", table, TENANT_B)


@pytest.mark.parametrize("table", TABLES)
def test_without_a_tenant_there_is_nothing(app: psycopg.Connection, table: str) -> None:
    assert count(app, table, TENANT_A) == 0
    for action in ("update", "delete"):
        if may(app, table, action):
            assert run(app, action, table, TENANT_A).rowcount == 0
    with pytest.raises(errors.InsufficientPrivilege, match=r"row-level security|permission denied"):
        insert(app, table, row_of(table, TENANT_A))


@pytest.mark.parametrize("table", TABLES)
def test_a_forged_seal_is_an_error(app: psycopg.Connection, table: str) -> None:
    forged = sealed_tenant(TENANT_B, "00" * 32)
    app.execute("select set_config('cloudops.tenant', %s, true)", [forged])

    with pytest.raises(errors.InsufficientPrivilege, match="not sealed"):
        count(app, table, TENANT_B)


@pytest.mark.parametrize("setting", [str(TENANT_B), f"{TENANT_B}.", f".{'0' * 64}", "x"])
def test_a_tenant_without_its_seal_is_an_error(app: psycopg.Connection, setting: str) -> None:
    app.execute("select set_config('cloudops.tenant', %s, true)", [setting])

    with pytest.raises(errors.InsufficientPrivilege, match="not sealed"):
        count(app, "alerts", TENANT_B)


def test_the_seal_of_one_tenant_does_not_open_another(app: psycopg.Connection) -> None:
    seal = sealed_tenant(TENANT_A, SEAL_KEY).partition(".")[2]
    app.execute("select set_config('cloudops.tenant', %s, true)", [f"{TENANT_B}.{seal}"])

    with pytest.raises(errors.InsufficientPrivilege, match="not sealed"):
        count(app, "alerts", TENANT_B)


def test_partitions_are_closed_to_the_application(app: psycopg.Connection) -> None:
    enter(app, TENANT_A)

    with pytest.raises(errors.InsufficientPrivilege, match="charges_2026_07"):
        app.execute("select count(*) from charges_2026_07")


def test_the_application_cannot_read_the_key(app: psycopg.Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("table sealed.tenant_key")


def test_the_owner_is_not_blinded_by_the_policies_that_bind_it(two_tenants: Database) -> None:
    with psycopg.connect(two_tenants.owner_dsn) as owner:
        assert count(owner, "alerts", TENANT_A) == count(owner, "alerts", TENANT_B) == 1


def test_alternating_requests_on_one_connection_leak_nothing(two_tenants: Database) -> None:
    drawn = random.Random(20260714)  # noqa: S311 - any order will do.
    with psycopg.connect(two_tenants.app_dsn, autocommit=True) as connection:
        for _ in range(REQUESTS):
            tenant = drawn.choice([TENANT_A, TENANT_B, None])
            with connection.transaction(force_rollback=drawn.random() < 0.2):
                if tenant:
                    enter(connection, tenant)
                seen = connection.execute("select tenant_id from alerts").fetchall()
            assert seen == ([(tenant,)] if tenant else [])
        assert connection.execute("select tenant_id from alerts").fetchall() == []


def test_a_failed_request_takes_its_tenant_along(two_tenants: Database) -> None:
    with psycopg.connect(two_tenants.app_dsn, autocommit=True) as connection:
        with pytest.raises(errors.DivisionByZero):
            fail_in_transaction(connection, TENANT_A)

        assert connection.execute("select tenant_id from alerts").fetchall() == []


def test_two_tenants_may_use_the_same_natural_keys(two_tenants: Database) -> None:
    with psycopg.connect(two_tenants.reader_dsn) as reader:
        rows = reader.execute("select count(*), count(distinct account_id) from cloud_accounts").fetchone()

    assert rows == (2, 1)


def test_a_row_cannot_refer_to_another_tenants_row(two_tenants: Database) -> None:
    row = {**row_of("anomalies", TENANT_A), "id": uuid4(), "alert_id": row_of("alerts", TENANT_B)["id"]}

    with psycopg.connect(two_tenants.superuser_dsn) as connection, pytest.raises(errors.ForeignKeyViolation):
        insert(connection, "anomalies", row)


def fail_in_transaction(connection: psycopg.Connection, tenant: UUID) -> None:
    with connection.transaction():
        enter(connection, tenant)
        connection.execute("select 1 / 0")


def enter(connection: psycopg.Connection, tenant: UUID) -> None:
    sealed = sealed_tenant(tenant, SEAL_KEY)
    connection.execute("select set_config('cloudops.tenant', %s, true)", [sealed])


def run(connection: psycopg.Connection, action: str, table: str, tenant: UUID) -> psycopg.Cursor:
    statement = OF_TENANT[action].format(
        table=sql.Identifier(table), column=sql.Identifier(tenant_column(table))
    )
    return connection.execute(statement, {"tenant": tenant})


def count(connection: psycopg.Connection, table: str, tenant: UUID) -> int:
    row = run(connection, "count", table, tenant).fetchone()
    assert row is not None
    return int(row[0])


def may(connection: psycopg.Connection, table: str, action: str) -> bool:
    asked = "select has_table_privilege(current_user, %s, %s)"
    row = connection.execute(asked, [table, action]).fetchone()
    assert row is not None
    return bool(row[0])
