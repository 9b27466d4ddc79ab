"""Bring the schema up to date: yoyo applies each migration once, under a lock that dies with its holder."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from yoyo import get_backend, read_migrations
from yoyo.backends import DatabaseBackend
from yoyo.migrations import Migration

from cloudops.platform.passwords import set_password

LOCK = 0x636C6F7564  # "cloud": the advisory lock of everybody who migrates.
BLOCK = 64  # HMAC-SHA256 works on blocks of 64 bytes.


def migrate(owner: str, *, directory: Path, app_password: str, seal_key: str) -> list[str]:
    """Apply what is missing as the owner role and return the names of what was applied.

    `owner` is a libpq connection URI. Safe to start several times at once: the others wait and find
    nothing to do.
    """
    with psycopg.connect(owner, autocommit=True) as connection, locked(connection):
        applied = apply_missing(owner, directory)
        set_password(connection, "cloudops_app", app_password)
        store_seal_key(connection, seal_key)
    return applied


@contextmanager
def locked(connection: psycopg.Connection) -> Iterator[None]:
    """Session-level, so that the server releases it when the runner dies."""
    connection.execute("select pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        connection.execute("select pg_advisory_unlock(%s)", [LOCK])


def apply_missing(owner: str, directory: Path) -> list[str]:
    backend = get_backend(owner.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        # yoyo's own lock is a row that a killed runner leaves behind; ours is held already.
        backend.ensure_internal_schema_updated()
        missing = backend.to_apply(read_migrations(str(directory)))
        for migration in missing:
            apply_whole(backend, migration)
        return [migration.id for migration in missing]
    finally:
        backend.connection.close()


def apply_whole(backend: DatabaseBackend, migration: Migration) -> None:
    """A migration and its mark in one transaction.

    yoyo's own way commits them one after the other: who died in between left a migration that failed ever after.
    """
    with backend.transaction():
        migration.process_steps(backend, "apply")
        backend.mark_one(migration)


def store_seal_key(connection: psycopg.Connection, key: str) -> None:
    inner, outer = padded(bytes.fromhex(key))
    connection.execute(
        "insert into sealed.tenant_key (inner_pad, outer_pad) values (%s, %s)"
        " on conflict (only_row)"
        " do update set inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad",
        [inner, outer],
    )


def padded(key: bytes) -> tuple[bytes, bytes]:
    """The two padded blocks of RFC 2104."""
    if len(key) > BLOCK:
        key = hashlib.sha256(key).digest()
    block = key.ljust(BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
