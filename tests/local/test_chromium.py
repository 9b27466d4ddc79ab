import os
import subprocess
from pathlib import Path

import pytest

from local.functions import CHECKOUT
from tests.local.chromium import NoBrowserError, path_of_chromium

INSTALL = CHECKOUT / "scripts" / "install-browser"


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    path = tmp_path / "my-chromium"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def installed(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [INSTALL], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )


def test_a_browser_that_is_named_is_used(browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", str(browser))

    assert path_of_chromium() == str(browser)
    assert str(browser) in installed(CHROMIUM=str(browser)).stdout


def test_a_test_without_a_browser_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NoBrowserError, match="make browser"):
        path_of_chromium()


def test_no_other_browser_stands_in_for_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = str(tmp_path / "nowhere")
    monkeypatch.setenv("CHROMIUM", missing)

    with pytest.raises(NoBrowserError, match="nowhere"):
        path_of_chromium()
    asked = installed(CHROMIUM=missing)
    assert asked.returncode == 1
    assert asked.stderr == f"CHROMIUM names {missing}, which cannot be run.\n"
