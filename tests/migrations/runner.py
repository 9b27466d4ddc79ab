"""Migrates in a process of its own: `runner.py DSN DIRECTORY APP_PASSWORD SEAL_KEY [DIE_AT]`.

With DIE_AT the process kills itself where it would mark the migration of that name as applied.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from yoyo.backends import DatabaseBackend

from cloudops.platform.migrations import migrate


def die_at(name: str) -> None:
    mark = DatabaseBackend.mark_one

    def mark_or_die(backend: DatabaseBackend, migration: Any, **options: Any) -> None:
        if migration.id == name:
            os.kill(os.getpid(), signal.SIGKILL)
        mark(backend, migration, **options)

    DatabaseBackend.mark_one = mark_or_die


def main() -> None:
    dsn, directory, app_password, seal_key, *rest = sys.argv[1:]
    for name in rest:
        die_at(name)
    applied = migrate(dsn, directory=Path(directory), app_password=app_password, seal_key=seal_key)
    print("\n".join(applied))


if __name__ == "__main__":
    main()
