"""What 0011 makes of the billing accounts whose Cost Explorer was read before."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cloudops.platform.migrations import migrate
from local.postgres import APP
from tests.conftest import MIGRATIONS, SEAL_KEY, Database
from tests.migrations.rows import TENANT_A, TENANT_B, insert, row_of

FETCHED_AT = datetime(2026, 1, 14, 4, 1, tzinfo=UTC)
KNOWN, NEW = "111122223333", "444455556666"


def run(database: Database, directory: Path) -> None:
    password = database.server.password(APP)
    migrate(database.owner_dsn, directory=directory, app_password=password, seal_key=SEAL_KEY)


def fill(owner: psycopg.Connection) -> None:
    """A tenant whose account is known and was read, and one whose account no bill has brought yet."""
    for tenant in (TENANT_A, TENANT_B):
        for table in ("tenants", "projects"):
            insert(owner, table, row_of(table, tenant))
    insert(owner, "cloud_accounts", row_of("cloud_accounts", TENANT_A))
    explored = "insert into cost_explorer_accounts (tenant_id, billing_account_id, metrics, last_fetched_at)"
    owner.execute(f"{explored} values (%s, %s, %s, %s)", [TENANT_A, KNOWN, ["UnblendedCost"], FETCHED_AT])
    owner.execute(f"{explored} values (%s, %s, default, null)", [TENANT_B, NEW])


@pytest.mark.usefixtures("alone")
def test_each_becomes_a_data_source_of_its_account(empty_database: Database, tmp_path: Path) -> None:
    before = shutil.copytree(MIGRATIONS, tmp_path / "before")
    for later in before.glob("*.sql"):
        if later.name >= "0011":
            later.unlink()
    run(empty_database, before)
    with psycopg.connect(empty_database.owner_dsn) as owner:
        fill(owner)

    run(empty_database, MIGRATIONS)

    with psycopg.connect(empty_database.owner_dsn) as owner:
        rows: list[tuple[Any, ...]] = owner.execute(
            "select s.tenant_id, a.account_id, s.schedule, s.enabled, s.metrics, s.queued_at, s.fetched_at,"
            " s.fetched_from from data_sources s join cloud_accounts a on a.id = s.cloud_account_id"
            " where s.kind = 'cost_explorer' order by 2"
        ).fetchall()
    daily = "cron(0 4 * * ? *)"
    usual = ["UnblendedCost", "AmortizedCost"]
    assert rows == [
        (TENANT_A, KNOWN, daily, True, ["UnblendedCost"], FETCHED_AT, FETCHED_AT, date(2025, 12, 1)),
        (TENANT_B, NEW, daily, True, usual, None, None, None),
    ]
