"""A release can be deployed by whoever has its archive alone, and the changelog tells what it brings."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from scripts.pack_stack import main
from tests.template.stack import CHECKOUT

CHANGELOG = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
VERSION: str = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
BUILT = """\
Resources:
  CostsFunction:
    Properties:
      CodeUri: CostsFunction
  MigrationsLayer:
    Properties:
      ContentUri: ../../migrations
"""


def test_what_a_built_stack_takes_from_the_checkout_goes_along(tmp_path: Path) -> None:
    built, packed = tmp_path / "checkout" / ".aws-sam" / "build", tmp_path / "archive" / "stack"
    write(built / "template.yaml", BUILT)
    write(built / "CostsFunction" / "handler.py", "handler = None\n")
    write(tmp_path / "checkout" / "migrations" / "0001_begin.sql", "select 1;\n")

    main(built, packed)
    shutil.rmtree(tmp_path / "checkout")

    places = re.findall(r"Uri: (\S+)", (packed / "template.yaml").read_text())
    assert places == ["CostsFunction", "migrations"]
    assert [sorted(path.name for path in (packed / place).iterdir()) for place in places] == [
        ["handler.py"],
        ["0001_begin.sql"],
    ]


@pytest.mark.parametrize(
    "known", ["## Unreleased\n\n## 0.0.9 - 2026-01-01\n", "## Unreleased\n\n- 1.2.3 is near\n"]
)
def test_a_version_that_the_changelog_does_not_know_is_not_released(tmp_path: Path, known: str) -> None:
    done = releasing(tmp_path, version="1.2.3", changelog=known)

    assert done.returncode != 0
    assert "CHANGELOG.md has no section '## 1.2.3 - <date>'" in done.stderr


def test_a_version_with_its_section_is_released(tmp_path: Path) -> None:
    done = releasing(tmp_path, version="1.2.3", changelog="## Unreleased\n\n## 1.2.3 - 2026-01-01\n")

    assert done.returncode == 0, done.stderr


def test_the_changelog_has_the_version_of_the_project_below_what_is_unreleased() -> None:
    sections = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)

    assert sections[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(VERSION)} - \d{{4}}-\d\d-\d\d", sections[1])


def releasing(folder: Path, *, version: str, changelog: str) -> subprocess.CompletedProcess[str]:
    """The check that `make release` begins with, in a project of that version."""
    write(folder / "pyproject.toml", f'version = "{version}"\n')
    write(folder / "CHANGELOG.md", f"# Changelog\n\n{changelog}")
    command = ["make", "--silent", "--file", str(CHECKOUT / "Makefile"), "releasable"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
