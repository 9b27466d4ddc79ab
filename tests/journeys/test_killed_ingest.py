"""The database, the emulated AWS and a worker, each killed by SIGKILL three times within one ingest."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local import functions
from local.commands.ingest import ingest
from local.errors import LocalError
from local.exports import Exports
from local.functions import CHECKOUT, Environment
from local.home import Home
from local.postgres import READER, SUPERUSER, Postgres
from local.stack import Stack
from tests.integration.bills import Charge, charge, write_bill
from tests.local.kill_points import PUBLISHING, KillPoints

ACCOUNTS = ("111111111111", "222222222222")
PARTS = 3
# One part is in and the next about to be; all but the last; all are, and the bill is about to become current.
POINTS = (1, 2, PUBLISHING)
UNHURT, WORKER, DATABASE, AWS = (date(2026, month, 1) for month in (2, 3, 4, 5))
DAYS = 20
INGEST = "import sys; from local.cli import main; sys.exit(main())"


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A month in three parts: one service of its own per part, and one that lies in all of them."""

    month: date
    folder: Path

    def lines(self, part: int) -> Iterator[tuple[tuple[str, str, date], Decimal]]:
        for day in (self.month + timedelta(days=number) for number in range(DAYS)):
            for place, account in enumerate(ACCOUNTS):
                yield (f"Service{part}", account, day), Decimal(100 * part + day.day + place) / 8
                yield ("AmazonS3", account, day), Decimal(part + place) / 4

    def write(self) -> "Bill":
        parts: list[list[Charge]] = [
            [
                charge(
                    day,
                    str(cost),
                    ProductCode=service,
                    UsageAccountId=account,
                    ResourceId=f"{service}-{part}",
                )
                for (service, account, day), cost in self.lines(part)
            ]
            for part in range(1, PARTS + 1)
        ]
        write_bill(self.folder, f"{self.month:%Y%m}20T000000Z", parts, month=self.month)
        return self

    @property
    def totals(self) -> dict[tuple[str, str, date], Decimal]:
        """By service, account and day."""
        found: Counter[tuple[str, str, date]] = Counter()
        for part in range(1, PARTS + 1):
            for key, cost in self.lines(part):
                found[key] += cost  # type: ignore[assignment]
        return {key: Decimal(total) for key, total in found.items()}


@pytest.fixture(scope="module")
def home(started_home: Path) -> Home:
    return Home(started_home)


@pytest.fixture(scope="module")
def workers() -> Iterator[list[Environment]]:
    """The environments of ingest_part, as they are started."""
    started: list[Environment] = []

    def start(function: Any, **how: Any) -> Environment:
        environment = Environment(function, **how)
        if function.name == "ingest_part":
            started.append(environment)
        return environment

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(functions, "Environment", start)
        yield started


@pytest.fixture(scope="module")
def stack(home: Home, workers: list[Environment]) -> Iterator[Stack]:
    with Stack(home) as stack:
        yield stack


@pytest.fixture(scope="module")
def points_of_module(stack: Stack) -> KillPoints:
    return KillPoints(stack.postgres.dsn(SUPERUSER))


@pytest.fixture
def points(points_of_module: KillPoints) -> Iterator[KillPoints]:
    yield points_of_module
    points_of_module.let_pass()


@pytest.fixture(scope="module")
def clean_rows(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, int]:
    """Charges and rollup rows of a bill that nobody disturbed."""
    bill = Bill(month=UNHURT, folder=tmp_path_factory.mktemp("unhurt")).write()
    ingest(stack, Exports(folder=bill.folder))
    return rows_of(stack.postgres, bill)


class Ingest:
    """Runs that go on beside the test; a run that fails is what the next one is for."""

    def __init__(self, stack: Stack, bill: Bill) -> None:
        self._stack, self._bill = stack, bill
        self._thread = threading.Thread()

    def keep_going(self) -> None:
        if not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run)
            self._thread.start()

    def finish(self) -> None:
        """The run at hand, and the next one whole. What gave up before lies in a dead-letter queue."""
        self._thread.join()
        self._run()

    def _run(self) -> None:
        with suppress(LocalError, psycopg.OperationalError):
            ingest(self._stack, Exports(folder=self._bill.folder))


class CommandLine:
    """`cloudops ingest` in a process that holds the emulated AWS, its queues, the gateway and the pollers."""

    def __init__(self, home: Home, bill: Bill) -> None:
        self._command = [sys.executable, "-c", INGEST, "ingest", str(bill.folder), "--home", str(home.path)]
        self._process: subprocess.Popen[bytes] | None = None

    def keep_going(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self._command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )

    def kill(self) -> None:
        """Its functions' processes are left behind in the middle of their work."""
        assert self._process is not None
        self._process.kill()
        assert self._process.wait() == -signal.SIGKILL

    def finish(self) -> None:
        subprocess.run(self._command, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL, timeout=180)


def test_a_worker_that_is_killed_is_replaced_and_adds_nothing_twice(
    stack: Stack,
    points: KillPoints,
    workers: list[Environment],
    clean_rows: tuple[int, int],
    tmp_path: Path,
) -> None:
    bill = Bill(month=WORKER, folder=tmp_path).write()
    run = Ingest(stack, bill)

    for point in POINTS:
        points.hold_at(point)
        points.wait(point, keep_going=run.keep_going)
        assert billed(stack.postgres, bill) == {}
        for pid in at_work(workers):
            os.kill(pid, signal.SIGKILL)
    points.let_pass()
    run.finish()

    assert billed(stack.postgres, bill) == bill.totals
    assert rows_of(stack.postgres, bill) == clean_rows


def test_a_database_that_is_killed_recovers_and_has_lost_and_doubled_nothing(
    stack: Stack, points: KillPoints, clean_rows: tuple[int, int], tmp_path: Path
) -> None:
    bill = Bill(month=DATABASE, folder=tmp_path).write()
    run = Ingest(stack, bill)

    for point in POINTS:
        points.hold_at(point)
        points.wait(point, keep_going=run.keep_going)
        assert billed(stack.postgres, bill) == {}
        kill(stack.postgres)
        stack.postgres.start()
    points.let_pass()
    run.finish()

    assert billed(stack.postgres, bill) == bill.totals
    assert rows_of(stack.postgres, bill) == clean_rows


def test_an_emulated_aws_that_is_killed_with_its_queues_leaves_a_delivery_that_the_next_run_completes(
    home: Home, stack: Stack, points: KillPoints, clean_rows: tuple[int, int], tmp_path: Path
) -> None:
    bill = Bill(month=AWS, folder=tmp_path).write()
    run = CommandLine(home, bill)

    for point in POINTS:
        points.hold_at(point)
        points.wait(point, keep_going=run.keep_going)
        assert billed(stack.postgres, bill) == {}
        run.kill()
    points.let_pass()
    run.finish()

    assert billed(stack.postgres, bill) == bill.totals
    assert rows_of(stack.postgres, bill) == clean_rows


def kill(postgres: Postgres) -> None:
    server = postgres.pid
    assert server
    os.kill(server, signal.SIGKILL)


def at_work(environments: list[Environment]) -> list[int]:
    found = [one.pid for one in environments if one.is_alive()]
    assert found
    return found


def billed(postgres: Postgres, bill: Bill) -> dict[tuple[str, str, date], Decimal]:
    """What the current delivery of the bill's month says, by service, account and day."""
    with psycopg.connect(postgres.dsn(READER)) as connection:
        rows = connection.execute(
            """
            select service, account_id, charge_date, sum(billed_cost)
              from daily_costs c join deliveries d on d.tenant_id = c.tenant_id and d.id = c.delivery_id
             where d.status = 'current' and d.period = %s
             group by 1, 2, 3
            """,
            [bill.month],
        ).fetchall()
    return {(service, account, day): cost for service, account, day, cost in rows}


def rows_of(postgres: Postgres, bill: Bill) -> tuple[int, int]:
    """How many charges and rollup rows there are of the bill's month, of whatever delivery."""
    month = [bill.month, bill.month + timedelta(days=DAYS)]
    with psycopg.connect(postgres.dsn(READER)) as connection:
        ((charges,),) = connection.execute(
            "select count(*) from charges where charge_date >= %s and charge_date < %s", month
        ).fetchall()
        ((rollup,),) = connection.execute(
            "select count(*) from daily_costs where charge_date >= %s and charge_date < %s", month
        ).fetchall()
    return charges, rollup
