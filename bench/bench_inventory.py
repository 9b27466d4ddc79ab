"""Synthetic resources scanned and judged: time, and the peak of memory at two sizes, which has to stay flat.

    python bench/bench_inventory.py [--resources 50000]

The answers of AWS are made up in the process, so times are our own work and the database's, not the network's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.measuring import versions
from cloudops.platform.migrations import migrate
from local.first_tenant import ensure_first_tenant, tenant_of
from local.functions import CHECKOUT
from local.home import Home
from local.postgres import APP, OWNER, Postgres
from local.stack import seal_key

# What a run over 50,000 resources may take on one core; memory has to stay flat.
JUDGED_WITHIN_SECONDS = 60
FLAT = 1.25


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=50_000)
    resources = parser.parse_args().resources
    print(versions(["psycopg"]))
    print(
        f"{'resources':>10}{'scan s':>9}{'judge s':>9}{'findings':>10}{'ledger':>9}{'RSS scan':>10}{'RSS MB':>8}"
    )
    small, large = measured(resources // 5), measured(resources)
    growth = large["rss_mb"] / small["rss_mb"]
    judged = large["stages"]["judge"]
    print(f"memory at five times the size: {growth:.2f} (flat up to {FLAT})")
    print(f"judging {large['resources']:,} resources: {judged:.1f} s of {JUDGED_WITHIN_SECONDS}")
    return int(growth > FLAT or judged > JUDGED_WITHIN_SECONDS)


def measured(resources: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (home, postgres):
        arguments = [postgres.dsn(APP), seal_key(home), str(tenant_of(home)), str(resources)]
        command = [sys.executable, "-m", "bench.inventory_process", *arguments]
        done = subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)
    taken: dict[str, Any] = json.loads(done.stdout)
    stages = taken["stages"]
    print(
        f"{taken['resources']:>10,}{stages['scan']:>9.1f}{stages['judge']:>9.1f}{taken['found']:>10,}"
        f"{taken['coverage']:>9,}{taken['rss_after_scan_mb']:>10.0f}{taken['rss_mb']:>8.0f}"
    )
    return taken


@contextmanager
def server(folder: Path) -> Iterator[tuple[Home, Postgres]]:
    # The database's system user has to pass through.
    folder.chmod(0o711)
    home = Home(folder / "home")
    postgres = Postgres(home)
    postgres.start()
    try:
        postgres.bootstrap()
        migrate(
            postgres.dsn(OWNER),
            directory=CHECKOUT / "migrations",
            app_password=postgres.password(APP),
            seal_key=seal_key(home),
        )
        ensure_first_tenant(home, app_dsn=postgres.dsn(APP), seal_key=seal_key(home))
        yield home, postgres
    finally:
        postgres.stop()


if __name__ == "__main__":
    sys.exit(main())
