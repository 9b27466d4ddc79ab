"""The connection of this execution environment and transactions in a tenant's sealed context."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from uuid import UUID

import psycopg

from cloudops.errors import UnavailableError
from cloudops.platform.seal import sealed_tenant
from cloudops.platform.secrets import DatabaseSecret, database_secret
from cloudops.platform.settings import settings

CONNECT_ATTEMPTS = 3
Connection = psycopg.Connection


class DatabaseUnavailableError(UnavailableError):
    """The database does not answer."""


# One connection per thread: a Lambda environment has one thread, the laptop's gateway several.
_held = threading.local()


@contextmanager
def transaction(tenant_id: UUID | None = None, *, batch: bool = False) -> Iterator[Connection]:
    """A transaction that sees `tenant_id`'s rows, or none where no tenant is given; `batch` is for jobs."""
    with answering(), ExitStack() as whole:
        connection = begin(whole, tenant_id)
        if batch:
            prepare_for_batch(connection)
        yield connection


def begin(whole: ExitStack, tenant_id: UUID | None) -> Connection:
    """The connection in a transaction that `whole` ends, sealed if there is a tenant."""
    try:
        return begin_once(whole, tenant_id)
    except psycopg.errors.InsufficientPrivilege:
        # A seal under a key that was changed shows so, and the secret tells the new one.
        forget_secret()
        return begin_once(whole, tenant_id)


def begin_once(whole: ExitStack, tenant_id: UUID | None) -> Connection:
    connection = live_connection()
    with ExitStack() as begun:
        begun.enter_context(connection.transaction())
        if tenant_id is not None:
            seal_tenant(connection, tenant_id)
        whole.push(begun.pop_all())
    return connection


def prepare_for_batch(connection: Connection) -> None:
    """Set this transaction up for statements over many rows.

    Fresh rows have no statistics until autovacuum comes by, and a role that owns nothing may not ANALYZE. Without
    them the planner takes large sets for single rows and joins them by nested loops, in quadratic time.
    """
    connection.execute(
        "select set_config('statement_timeout', '240s', true), set_config('lock_timeout', '60s', true),"
        " set_config('enable_nestloop', 'off', true)"
    )


@contextmanager
def statement_within(connection: Connection, limit: timedelta | None) -> Iterator[None]:
    """Give a statement of this transaction a time of its own; None leaves it the transaction's."""
    if limit is None:
        yield
        return
    ((before,),) = connection.execute("select current_setting('statement_timeout')").fetchall()
    set_statement_timeout(connection, f"{max(limit // timedelta(milliseconds=1), 1)}ms")
    yield
    # What failed inside has ended the transaction, and the setting with it.
    set_statement_timeout(connection, before)


def set_statement_timeout(connection: Connection, timeout: str) -> None:
    """Until the transaction ends."""
    connection.execute("select set_config('statement_timeout', %s, true)", [timeout])


@contextmanager
def answering() -> Iterator[None]:
    """What keeps the server from answering inside is told as DatabaseUnavailableError."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise DatabaseUnavailableError from error


def seal_tenant(connection: Connection, tenant_id: UUID) -> None:
    """Set the tenant of the running transaction; it ends with the transaction. Raises InsufficientPrivilege."""
    sealed = sealed_tenant(tenant_id, secret().tenant_seal_key)
    # It is read at once, so that a wrong seal shows before anything was done. The condition comes first.
    connection.execute(
        "select current_tenant() where set_config('cloudops.tenant', %s, true) is not null", [sealed]
    )


def live_connection() -> Connection:
    """The held connection if the server still answers on it, else a new one.

    After the server ends a connection `closed` stays false, so only a round trip tells.
    """
    held: Connection | None = getattr(_held, "connection", None)
    if held is not None and answers(held):
        return held
    _held.connection = connect()
    return _held.connection  # type: ignore[no-any-return]


def forget_secret() -> None:
    database_secret.cache_clear()
    _held.connection.close()


def answers(connection: Connection) -> bool:
    if connection.closed:
        return False
    try:
        connection.execute("select 1")
    except psycopg.OperationalError:
        connection.close()
        return False
    return True


def connect() -> Connection:
    for attempt in range(1, CONNECT_ATTEMPTS + 1):
        try:
            return psycopg.connect(secret().uri, autocommit=True, connect_timeout=3)
        except psycopg.OperationalError as error:
            # A rotated password shows as a refused login, so the secret is read again.
            database_secret.cache_clear()
            if attempt == CONNECT_ATTEMPTS:
                raise DatabaseUnavailableError from error
            time.sleep(0.2 * attempt)
    raise DatabaseUnavailableError


def secret() -> DatabaseSecret:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as slow as boto3, see platform.aws

    try:
        return database_secret(settings().require("database_secret_arn"))
    except (BotoCoreError, ClientError) as error:
        raise DatabaseUnavailableError from error
