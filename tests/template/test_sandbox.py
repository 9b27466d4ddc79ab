"""What ships keeps to what the sandbox of Lambda has: a static /dev, without /dev/shm and most of /dev/fd."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.template.imports import ROOTS, imported

# Queues, locks and pools of processes live in /dev/shm; a pool of threads does not.
IMPORTS = re.compile(r"multiprocessing\b|concurrent\.futures\.process\b|_posixshmem\b")
NAMES = {"ProcessPoolExecutor"}
PATHS = re.compile(r"/dev/(fd|shm|std(in|out|err))\b")
SHIPPED = sorted(file for root in ROOTS for file in root.rglob("*.py"))


def missing_in_the_sandbox(file: Path) -> Iterator[str]:
    yield from (name for name in imported(file) if IMPORTS.match(name))
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Constant(value=str(text)) if found := PATHS.search(text):
                yield found[0]
            case ast.alias(name=name) | ast.Attribute(attr=name) if name in NAMES:
                yield name


def test_no_shipped_module_needs_what_the_sandbox_lacks() -> None:
    found = {str(file): list(missing_in_the_sandbox(file)) for file in SHIPPED}

    assert len(found) > 100
    assert {file: needs for file, needs in found.items() if needs} == {}


def test_what_killed_runs_leave_on_the_disk_is_known_to_the_next() -> None:
    makers = [file.stem for file in SHIPPED if "tempfile" in imported(file)]

    assert makers == ["workspace"]


@pytest.mark.parametrize(
    "code",
    [
        "import multiprocessing",
        "from multiprocessing import Queue",
        "from multiprocessing.shared_memory import SharedMemory",
        "from concurrent.futures import ProcessPoolExecutor",
        "import concurrent.futures\nconcurrent.futures.ProcessPoolExecutor()",
        "def write(fd):\n    return f\"COPY x TO '/dev/fd/{fd}'\"",
        'open("/dev/shm/rows", "wb")',
        'open("/dev/stdout", "wb")',
    ],
)
def test_what_the_sandbox_lacks_is_seen(code: str, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(code)

    assert list(missing_in_the_sandbox(file))


@pytest.mark.parametrize(
    "code",
    [
        "from concurrent.futures import ThreadPoolExecutor",
        "def write(fd):\n    return f'/proc/self/fd/{fd}'",
        'ROOT_DEVICE = "/dev/sda"',
    ],
)
def test_what_the_sandbox_has_is_free(code: str, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(code)

    assert list(missing_in_the_sandbox(file)) == []
