"""Passwords of the database's roles."""

import secrets
import string

import psycopg
from psycopg import sql

LETTERS_AND_DIGITS = string.ascii_letters + string.digits
LENGTH = 48  # As the template generates the first ones.


def new_password() -> str:
    return "".join(secrets.choice(LETTERS_AND_DIGITS) for _ in range(LENGTH))


def set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    """Sends what the server will keep (SCRAM), so that no log of statements can show the password."""
    kept = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(kept)))
