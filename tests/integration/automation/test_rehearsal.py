"""A few of the schedules of bench/bench_actions.py: worker processes that are killed and put to sleep for real."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import SEAL_KEY, Database

CHECKOUT = Path(__file__).parents[3]


def test_no_schedule_breaks_an_invariant(database: Database) -> None:
    command = [sys.executable, "bench/bench_actions.py", "--every", "3", "--schedules", "60"]

    ran = subprocess.run(
        [*command, "--database", database.app_dsn, SEAL_KEY],
        cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": "."}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout + ran.stderr
