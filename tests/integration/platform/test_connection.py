"""The connection of an execution environment: tenant context, liveness, reconnection, timeouts."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest

from cloudops.platform import database as platform
from cloudops.platform import secrets
from cloudops.platform.database import DatabaseUnavailableError, statement_within, transaction
from cloudops.platform.migrations import store_seal_key
from cloudops.platform.settings import settings
from tests.conftest import SEAL_KEY
from tests.integration.tenant import Tenant, open_tenant


class StoredSecret:
    """Secrets Manager with one secret, which may be rotated."""

    def __init__(self, fields: dict[str, object]) -> None:
        self.fields = fields
        self.reads = 0

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's name.
        assert SecretId == "arn:secret"
        self.reads += 1
        return {"SecretString": json.dumps(self.fields)}


@pytest.fixture
def secret(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoredSecret]:
    stored = StoredSecret({**tenant.database.secret(), "sslmode": "disable"})
    monkeypatch.setenv("DATABASE_SECRET_ARN", "arn:secret")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setattr(secrets, "client", lambda service: {"secretsmanager": stored}[service])
    monkeypatch.setattr(platform.time, "sleep", lambda _: None)
    for cached in (settings, secrets.database_secret):
        cached.cache_clear()
    yield stored
    held = getattr(platform._held, "connection", None)
    if held is not None:
        held.close()
        del platform._held.connection
    for cached in (settings, secrets.database_secret):
        cached.cache_clear()


@pytest.mark.usefixtures("secret")
def test_a_transaction_sees_its_tenant_and_leaves_nothing_behind(tenant: Tenant) -> None:
    other = open_tenant(tenant.database, name="Other")

    for one in (tenant, other, tenant):
        with transaction(one.id) as connection:
            assert connection.execute("select id from tenants").fetchall() == [(one.id,)]
        with transaction() as same:
            assert same is connection
            assert same.execute("select id from tenants").fetchall() == []


@pytest.mark.usefixtures("secret")
def test_what_fails_is_rolled_back_and_the_connection_goes_on(tenant: Tenant) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        rename_and_fail(tenant)

    with transaction(tenant.id) as connection:
        assert connection.execute("select name from tenants").fetchone() == ("Acme",)


@pytest.mark.usefixtures("secret")
def test_a_connection_that_the_server_ended_is_replaced_before_the_first_statement(tenant: Tenant) -> None:
    with transaction() as connection:
        ended = connection.info.backend_pid
    terminate(tenant, ended)

    with transaction(tenant.id) as connection:
        assert connection.info.backend_pid != ended
        assert connection.execute("select count(*) from tenants").fetchone() == (1,)


@pytest.mark.usefixtures("secret")
def test_a_connection_that_breaks_within_a_transaction_is_told_as_unavailable(tenant: Tenant) -> None:
    with pytest.raises(DatabaseUnavailableError):
        break_within_transaction(tenant)

    with transaction(tenant.id) as connection:
        assert connection.execute("select count(*) from tenants").fetchone() == (1,)


def test_the_secret_is_read_once_and_again_when_the_server_refuses_it(
    tenant: Tenant, secret: StoredSecret
) -> None:
    good = secret.fields
    secret.fields = {**good, "password": "rotated away"}
    secrets.database_secret("arn:secret")
    secret.fields = good

    with transaction(tenant.id) as connection:
        assert connection.execute("select count(*) from tenants").fetchone() == (1,)
    with transaction(tenant.id):
        pass

    assert secret.reads == 2


def test_a_changed_seal_key_is_learnt_by_a_connection_that_is_open(
    tenant: Tenant, secret: StoredSecret
) -> None:
    with transaction(tenant.id) as connection:
        before = connection.info.backend_pid

    with changed_seal_key(tenant, secret):
        with transaction(tenant.id) as connection:
            assert connection.execute("select id from tenants").fetchall() == [(tenant.id,)]
            assert connection.info.backend_pid != before
        with transaction(tenant.id) as same:
            assert same is connection

    assert secret.reads == 2


def test_a_seal_that_stays_wrong_is_refused_after_one_more_look_at_the_secret(
    tenant: Tenant, secret: StoredSecret
) -> None:
    secret.fields = {**secret.fields, "tenant_seal_key": "00" * 32}

    for reads in (2, 3):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(tenant.id):
            raise AssertionError
        assert secret.reads == reads


def test_what_a_transaction_itself_may_not_do_is_no_reason_to_read_the_secret_again(
    tenant: Tenant, secret: StoredSecret
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        overreach(tenant)

    with transaction(tenant.id) as connection:
        assert connection.execute("select count(*) from tenants").fetchone() == (1,)
    assert secret.reads == 1


def test_a_server_that_is_not_there_is_unavailable_after_a_few_attempts(secret: StoredSecret) -> None:
    secret.fields = {**secret.fields, "port": 1}

    with pytest.raises(DatabaseUnavailableError), transaction():
        pass

    assert secret.reads == platform.CONNECT_ATTEMPTS


@pytest.mark.usefixtures("secret")
def test_each_thread_has_a_connection_of_its_own() -> None:
    pids: list[int] = []

    def note() -> None:
        with transaction() as connection:
            pids.append(connection.info.backend_pid)
        platform._held.connection.close()

    threads = [threading.Thread(target=note) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join()

    assert len(set(pids)) == 2


@pytest.mark.usefixtures("secret")
def test_a_statement_runs_no_longer_than_its_transaction_allows() -> None:
    with pytest.raises(DatabaseUnavailableError):
        sleep_too_long()


@pytest.mark.usefixtures("secret")
def test_a_job_may_take_longer_and_the_next_request_may_not() -> None:
    with transaction(batch=True) as connection:
        job = timeouts(connection)
    with transaction() as connection:
        request = timeouts(connection)

    assert (job, request) == (("4min", "1min"), ("10s", "2s"))


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    ("limit", "allowed"),
    [
        (timedelta(minutes=12), "12min"),
        (None, "4min"),
        # Nought would allow any time.
        (timedelta(0), "1ms"),
        (timedelta(seconds=-3), "1ms"),
    ],
)
def test_one_statement_may_have_a_time_of_its_own(limit: timedelta | None, allowed: str) -> None:
    with transaction(batch=True) as connection:
        with statement_within(connection, limit):
            within = statement_timeout(connection)
        after = statement_timeout(connection)

    assert (within, after) == (allowed, "4min")


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("statement_timeout", "10s"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "15s"),
        ("idle_session_timeout", "20min"),
        ("client_connection_check_interval", "1s"),
        ("timezone", "UTC"),
    ],
)
def test_the_application_holds_nothing_for_long(setting: str, value: str) -> None:
    with transaction() as connection:
        assert connection.execute("select current_setting(%s)", [setting]).fetchone() == (value,)


@pytest.mark.usefixtures("secret")
def test_a_host_that_dies_without_a_word_is_noticed_within_seconds() -> None:
    with transaction() as connection:
        used = connection.info.get_parameters()

    noticed = {name: value for name, value in used.items() if name.startswith(("tcp_", "keepalives"))}
    assert noticed == {
        "tcp_user_timeout": "5000",
        "keepalives_idle": "10",
        "keepalives_interval": "5",
        "keepalives_count": "3",
    }


def sleep_too_long() -> None:
    with transaction() as connection:
        connection.execute("set local statement_timeout = '50ms'")
        connection.execute("select pg_sleep(5)")


def timeouts(connection: psycopg.Connection) -> object:
    return connection.execute(
        "select current_setting('statement_timeout'), current_setting('lock_timeout')"
    ).fetchone()


def statement_timeout(connection: psycopg.Connection) -> str:
    ((timeout,),) = connection.execute("show statement_timeout").fetchall()
    return str(timeout)


def rename_and_fail(tenant: Tenant) -> None:
    with transaction(tenant.id) as connection:
        connection.execute("update tenants set name = 'Changed'")
        connection.execute("select 1 / 0")


def overreach(tenant: Tenant) -> None:
    with transaction(tenant.id) as connection:
        connection.execute("select * from sealed.tenant_key")


@contextmanager
def changed_seal_key(tenant: Tenant, secret: StoredSecret) -> Iterator[None]:
    """Everybody's in this database, so it is changed back."""
    before = secret.fields
    secret.fields = {**before, "tenant_seal_key": "ab" * 32}
    try:
        with psycopg.connect(tenant.database.owner_dsn, autocommit=True) as owner:
            store_seal_key(owner, "ab" * 32)
            yield
    finally:
        with psycopg.connect(tenant.database.owner_dsn) as owner:
            store_seal_key(owner, SEAL_KEY)
        secret.fields = before


def break_within_transaction(tenant: Tenant) -> None:
    with transaction(tenant.id) as connection:
        terminate(tenant, connection.info.backend_pid)
        connection.execute("select 1")


def terminate(tenant: Tenant, backend: int) -> None:
    with psycopg.connect(tenant.database.superuser_dsn, autocommit=True) as superuser:
        superuser.execute("select pg_terminate_backend(%s, 5000)", [backend])
