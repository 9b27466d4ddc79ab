"""Policies evaluated over synthetic resources: time, and the peak of memory at two sizes, which has to stay flat.

    python bench/bench_policies.py [--resources 50000]

A fifth of the resources violate one of the policies, so that the first evaluation writes what later ones only confirm.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.bench_inventory import FLAT, server
from bench.measuring import versions
from local.first_tenant import tenant_of
from local.functions import CHECKOUT
from local.postgres import APP
from local.stack import seal_key

EVALUATED_WITHIN_SECONDS = 60
STAGES = ("first", "again", "mended", "preview")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=50_000)
    resources = parser.parse_args().resources
    print(versions(["psycopg"]))
    print(
        f"{'resources':>10}{'violations':>12}"
        + "".join(f"{name + ' s':>11}" for name in STAGES)
        + f"{'RSS MB':>8}"
    )
    small, large = measured(resources // 5), measured(resources)
    growth = large["rss_mb"] / small["rss_mb"]
    slowest = max(large["stages"].values())
    print(f"memory at five times the size: {growth:.2f} (flat up to {FLAT})")
    print(f"slowest evaluation of {resources:,} resources: {slowest:.1f} s of {EVALUATED_WITHIN_SECONDS}")
    return int(growth > FLAT or slowest > EVALUATED_WITHIN_SECONDS)


def measured(resources: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (home, postgres):
        arguments = [postgres.dsn(APP), seal_key(home), str(tenant_of(home)), str(resources)]
        command = [sys.executable, "-m", "bench.policies_process", *arguments]
        done = subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)
    taken: dict[str, Any] = json.loads(done.stdout)
    times = "".join(f"{taken['stages'][name]:>11.1f}" for name in STAGES)
    print(f"{taken['resources']:>10,}{taken['violations']:>12,}{times}{taken['rss_mb']:>8.0f}")
    return taken


if __name__ == "__main__":
    sys.exit(main())
