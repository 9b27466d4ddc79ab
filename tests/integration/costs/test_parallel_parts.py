"""Parts that load at once, die in the middle, or come after their delivery was refused."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cloudops.costs import loading, repository
from cloudops.costs.models import PartToLoad
from tests.conftest import SEAL_KEY
from tests.integration.bills import JULY, charge, write_bill
from tests.integration.intake import NOW, Intake, take_in
from tests.integration.tenant import Tenant

OLD, NEW = "20260810T000000Z", "20260820T000000Z"
JUNE = JULY - timedelta(days=30)
LONGER_THAN_A_REQUEST_WAITS = 2.5
DYING_LOADER = """
import os, signal, sys
from uuid import UUID
from pathlib import Path
from cloudops.costs import loading
from cloudops.platform.seal import sealed_tenant
import psycopg
dsn, tenant, delivery, file, key = sys.argv[1:]
with psycopg.connect(dsn, autocommit=True) as connection, connection.transaction():
    connection.execute("select set_config('cloudops.tenant', %s, true)", [sealed_tenant(UUID(tenant), key)])
    part = loading.read_part(connection, UUID(delivery), 2)
    with loading.charges_of(part, Path(file)) as charges:
        loading.load_part(connection, UUID(tenant), part, charges, now=part.modified_at)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_parts_that_load_at_once_publish_exactly_once(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(day, day, UsageAccountId=f"{day:012}")] for day in range(1, 9)])
    intake = Intake(tenant=tenant, folder=tmp_path)
    (registered,) = intake.register()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(
            pool.map(lambda number: intake.load(registered.delivery_id, number), registered.parts_to_load)
        )

    assert sorted(outcomes) == ["loaded"] * 7 + ["published"]
    assert billed(tenant) == sum(range(1, 9))
    assert tenant.events().count(("delivery", "published")) == 1


def test_one_part_that_two_workers_load_at_once_is_loaded_once(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)]])
    intake = Intake(tenant=tenant, folder=tmp_path)
    (registered,) = intake.register()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda _: intake.load(registered.delivery_id, 1), range(2)))

    assert sorted(outcomes) == ["published", "skipped"]
    assert billed(tenant) == 10


def test_a_bill_that_publishes_slowly_makes_others_of_its_tenant_wait_and_not_fail(
    tenant: Tenant, tmp_path: Path
) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)]])
    write_bill(tmp_path, OLD, [[charge(JUNE, 3)]], month=JUNE)
    intake = Intake(tenant=tenant, folder=tmp_path)
    slow, other = (one.delivery_id for one in intake.register())

    with ThreadPoolExecutor(1) as pool, tenant.transaction() as connection:
        part = intake.part(slow, 1)
        with loading.charges_of(part, tmp_path / part.key) as charges:
            loading.load_part(connection, tenant.id, part, charges, now=NOW)
        waiting = pool.submit(intake.load, other, 1)
        time.sleep(LONGER_THAN_A_REQUEST_WAITS)
        assert not waiting.done()
        connection.execute("commit")
        connection.execute("begin")
        assert waiting.result(timeout=30) == "published"

    assert billed(tenant) == 13


def test_a_loader_killed_in_the_middle_leaves_nothing_and_a_retry_completes(
    tenant: Tenant, tmp_path: Path
) -> None:
    _, second = write_bill(tmp_path, OLD, [[charge(1, 10)], [charge(2, 5)]])
    intake = Intake(tenant=tenant, folder=tmp_path)
    (registered,) = intake.register()
    intake.load(registered.delivery_id, 1)

    died = die_loading(tenant, str(registered.delivery_id), second)

    assert died == -signal.SIGKILL
    assert billed(tenant) is None
    assert tenant.count("charges") == 1
    assert intake.load(registered.delivery_id, 2) == "published"
    assert billed(tenant) == 15


def test_a_connection_cut_after_the_last_part_was_loaded_takes_it_back(
    tenant: Tenant, tmp_path: Path
) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)]])
    intake = Intake(tenant=tenant, folder=tmp_path)
    (registered,) = intake.register()

    with pytest.raises(psycopg.OperationalError):
        load_and_lose_connection(intake, intake.part(registered.delivery_id, 1))

    assert (billed(tenant), tenant.count("charges")) == (None, 0)
    assert take_in(tenant, tmp_path) == ["published"]
    assert billed(tenant) == 10


def test_a_part_that_comes_after_its_delivery_was_refused_leaves_nothing(
    tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)], [charge(2, 5)]])
    intake = Intake(tenant=tenant, folder=tmp_path)
    (registered,) = intake.register()

    with refused_while_staging(tenant, registered.delivery_id, monkeypatch):
        outcome = intake.load(registered.delivery_id, 2)

    assert outcome == "skipped"
    assert tenant.count("charges") == 0
    assert tenant.rows("select status, reason from deliveries") == [("quarantined", "a part is damaged")]
    assert intake.load(registered.delivery_id, 1) == "skipped"


def test_registrations_of_one_bill_at_once_make_one_delivery(tenant: Tenant, tmp_path: Path) -> None:
    write_bill(tmp_path, OLD, [[charge(1, 10)]])
    start = threading.Barrier(2)

    def register() -> str:
        start.wait()
        return Intake(tenant=tenant, folder=tmp_path).register()[0].outcome

    with ThreadPoolExecutor(2) as pool:
        outcomes = [one.result() for one in [pool.submit(register), pool.submit(register)]]

    assert sorted(outcomes) == ["registered", "resumed"]
    assert tenant.count("deliveries") == 1


@contextmanager
def refused_while_staging(
    tenant: Tenant, delivery_id: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    stage = repository.stage_charges

    def stage_and_refuse(*arguments: Any, **options: Any) -> dict[str, Decimal]:
        staged = stage(*arguments, **options)
        with tenant.transaction() as connection:
            loading.quarantine(connection, delivery_id, loading.TotalsDifferError("a part is damaged"))
        return staged

    with monkeypatch.context() as patched:
        patched.setattr(repository, "stage_charges", stage_and_refuse)
        yield


def load_and_lose_connection(intake: Intake, part: PartToLoad) -> None:
    with (
        loading.charges_of(part, intake.folder / part.key) as charges,
        intake.tenant.transaction() as connection,
    ):
        loading.load_part(connection, intake.tenant.id, part, charges, now=NOW)
        with psycopg.connect(intake.tenant.database.superuser_dsn, autocommit=True) as superuser:
            superuser.execute("select pg_terminate_backend(%s)", [connection.info.backend_pid])


def die_loading(tenant: Tenant, delivery: str, file: Path) -> int:
    core = Path(loading.__file__).parents[2]
    died = subprocess.run(
        [
            sys.executable,
            "-c",
            DYING_LOADER,
            tenant.database.app_dsn,
            str(tenant.id),
            delivery,
            str(file),
            SEAL_KEY,
        ],
        env={**os.environ, "PYTHONPATH": str(core)},
        check=False,
        timeout=60,
    )
    return died.returncode


def billed(tenant: Tenant) -> Decimal | None:
    total: Decimal | None = tenant.value("select sum(billed_cost) from current_charges")
    return total
