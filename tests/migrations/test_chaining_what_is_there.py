"""Events from before the chain are chained by the migration that brings it."""

import shutil
from pathlib import Path

import psycopg
import pytest

from cloudops.platform.migrations import migrate
from local.postgres import APP
from tests.conftest import MIGRATIONS, SEAL_KEY, Database
from tests.migrations.rows import TENANT_A, TENANT_B

BEFORE = "0019"


@pytest.mark.usefixtures("alone")
def test_events_from_before_are_chained_in_the_order_of_their_time(
    empty_database: Database, tmp_path: Path
) -> None:
    older = tmp_path / "migrations"
    older.mkdir()
    for file in MIGRATIONS.glob("*.sql"):
        if file.stem[:4] <= BEFORE:
            shutil.copy(file, older)
    run(empty_database, older)
    with psycopg.connect(empty_database.owner_dsn) as owner:
        owner.execute(
            "insert into events (tenant_id, id, entity_type, event_type, message, actor, created_at)"
            " select t, gen_random_uuid(), 'alert', 'created', 'm', 'system', now() - n * interval '1 day'"
            " from unnest(%s::uuid[]) t, generate_series(1, 5) n",
            [[TENANT_A, TENANT_B]],
        )

    run(empty_database, MIGRATIONS)

    with psycopg.connect(empty_database.owner_dsn) as owner:
        rows = owner.execute(
            "select c.seq, row_number() over (partition by e.tenant_id order by e.created_at),"
            " c.hash = event_hash(c.prev_hash, c.seq, e) from events e"
            " join event_chain c on c.tenant_id = e.tenant_id and c.event_id = e.id"
        ).fetchall()
    assert len(rows) == 10
    assert all(seq == expected and fits for seq, expected, fits in rows)


def run(database: Database, directory: Path) -> None:
    password = database.server.password(APP)
    migrate(database.owner_dsn, directory=directory, app_password=password, seal_key=SEAL_KEY)
