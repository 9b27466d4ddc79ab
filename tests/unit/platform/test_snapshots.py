"""What functions have in memory once they are imported, which is what SnapStart restores them with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
# Nobody answers there, so that whoever asks for credentials fails.
LAMBDA = {
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials",
    "POWERTOOLS_SERVICE_NAME": "health",
    "PYTHONPATH": os.pathsep.join(str(CHECKOUT / folder) for folder in ("functions", "layers/core")),
}
LOADED = """
import sys
import {module}.handler
boto3 = sys.modules.get("boto3")
session = boto3 and boto3.DEFAULT_SESSION._session
print(boto3 is not None, session and session._credentials)
"""


def imported(module: str, initialization: dict[str, str]) -> str:
    """Whether boto3 is there after the import, and the credentials that its session has."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(module=module)],
        env={"PATH": os.environ["PATH"], **LAMBDA, **initialization},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["health", "events"])
def test_a_snapshot_holds_the_libraries_of_aws_and_no_credentials(module: str) -> None:
    assert imported(module, {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}) == "True None"


@pytest.mark.parametrize("initialization", [{}, {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}])
def test_without_a_snapshot_they_come_when_they_are_needed(initialization: dict[str, str]) -> None:
    assert imported("health", initialization) == "False None"
