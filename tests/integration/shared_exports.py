"""The exports and truths outside the project that tests hold it against."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Database

SHARED = Path(__file__).parents[3] / "shared"
DATA = SHARED / "data"
needs_shared = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared exports are not at {DATA}")

CUR1 = "aws_cur1_parquet/acme-cur"
CUR1_VERSIONS = "aws_cur1_csv_versions"
CUR2 = "aws_cur2_parquet/acme-cur2"
FOCUS = "focus_1_2_constructed/aws"
# Every truth about charges, and what has to be taken in for it.
TRUTHS = {
    "aws_cur1_csv_real/sample-anonymous-aws-export.truth.json": "aws_cur1_csv_real",
    f"{CUR1}/acme-cur/year=2026/month=6.truth.json": CUR1,
    f"{CUR1}/acme-cur/year=2026/month=7.truth.json": CUR1,
    f"{CUR1}/acme-cur/year=2026/month=8.truth.json": CUR1,
    f"{CUR2}/data/BILLING_PERIOD=2026-06.truth.json": CUR2,
    f"{CUR2}/data/BILLING_PERIOD=2026-07.truth.json": CUR2,
    "aws_cur2_parquet/real-2023-11/data/BILLING_PERIOD=2023-11.truth.json": "aws_cur2_parquet/real-2023-11",
    "focus_1_0_real/focus_sample_a.truth.json": "focus_1_0_real",
    "focus_1_0_parquet/aws/billing_period=2024-09/focus-aws-00001.truth.json": "focus_1_0_parquet/aws",
    "focus_1_0_parquet/microsoft/part_0_0001.truth.json": "focus_1_0_parquet/microsoft",
    f"{FOCUS}/acme-focus-2026-07-00001.truth.json": FOCUS,
    "focus_1_2_constructed/gcp/gcp-focus-2026-07.truth.json": "focus_1_2_constructed/gcp",
    "cost_explorer/get_cost_and_usage_daily_a.truth.json": "cost_explorer",
}
AUGUST = {
    name: f"{CUR1_VERSIONS}/acme-cur-csv/20260801-20260901/{name}/truth.json"
    for name in ("20260814T061502Z", "20260821T055913Z")
}


def disagreements(database: Database, truth: str, *, period: str | None = None) -> str:
    """What cost_truth.py complains about, empty where every figure agrees."""
    checked = subprocess.run(
        [
            sys.executable,
            SHARED / "checks" / "cost_truth.py",
            database.reader_dsn,
            DATA / truth,
            *(["--period", period] if period else []),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if checked.returncode == 0 else checked.stdout + checked.stderr


def copy(what: str, to: Path) -> Path:
    """A writable copy of a shared folder's exports, without the truths."""
    target = to / what
    shutil.copytree(
        DATA / what,
        target,
        ignore=shutil.ignore_patterns("*truth.json"),
        copy_function=shutil.copyfile,
        dirs_exist_ok=True,
    )
    for folder in (target, *target.rglob("*")):
        folder.chmod(0o755 if folder.is_dir() else 0o644)
    return target
