"""Which schema the database has. Apart from `migrations`, which needs a package that only one function carries."""

from cloudops.platform.database import Connection


def schema_version(connection: Connection) -> str:
    """The newest version by semantic order; 0.0.0 before the first migration."""
    exists = connection.execute("select to_regclass('public.schema_version')").fetchone()
    if exists is None or exists[0] is None:
        return "0.0.0"
    row = connection.execute(
        "select version from schema_version order by string_to_array(version, '.')::int[] desc limit 1"
    ).fetchone()
    return str(row[0]) if row else "0.0.0"
