"""Folders of runs: each its own, gone with the run, and gone at the next one where the run was killed."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloudops.platform import workspace as module
from cloudops.platform.workspace import PREFIX, workspace

RUN = """
import sys
from cloudops.platform.workspace import workspace
with workspace() as folder:
    (folder / "part.parquet").write_bytes(bytes(1000))
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_goes_with_its_run(room: Path) -> None:
    with workspace() as folder:
        (folder / "part.parquet").touch()
        assert folder.parent == room

    assert list(room.iterdir()) == []


def test_a_folder_goes_with_a_run_that_fails(room: Path) -> None:
    with pytest.raises(ValueError, match="no such part"), workspace():
        raise ValueError("no such part")

    assert list(room.iterdir()) == []


def test_what_a_killed_run_left_goes_at_the_next_one(room: Path) -> None:
    with running(room) as (process, folder):
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (folder / "part.parquet").exists()

    with workspace() as own:
        assert list(room.iterdir()) == [own]


def test_what_another_process_works_in_stays(room: Path) -> None:
    with running(room) as (_, folder), workspace():
        assert (folder / "part.parquet").exists()


def test_what_the_same_process_works_in_stays() -> None:
    with workspace() as one, workspace() as other:
        assert one != other
        assert one.is_dir()


def test_what_is_not_ours_stays(room: Path) -> None:
    kept = room / "kept"
    (kept / "of-somebody").mkdir(parents=True)
    (room / "tmp-of-another-program").mkdir()
    (room / f"{PREFIX}file").touch()
    (room / f"{PREFIX}link").symlink_to(kept)
    before = sorted(room.rglob("*"))

    with workspace():
        pass

    assert sorted(room.rglob("*")) == before


def test_a_folder_of_another_user_stays(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (room / f"{PREFIX}theirs").mkdir()
    uid = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)

    module.remove_abandoned(room)

    assert [path.name for path in room.iterdir()] == [f"{PREFIX}theirs"]


def test_a_folder_that_was_swept_before_it_was_locked_is_made_anew(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, made = tempfile.mkdtemp, []

    def make_and_lose_the_first(prefix: str) -> str:
        made.append(make(prefix=prefix))
        if len(made) == 1:
            module.remove_abandoned(room)
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", make_and_lose_the_first)

    with workspace() as folder:
        assert folder.is_dir()
    assert len(made) == 2


@contextmanager
def running(room: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process in the middle of its run, and the run's folder."""
    core = Path(module.__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", RUN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(core), "TMPDIR": str(room)},
    ) as process:
        assert process.stdout
        yield process, Path(process.stdout.readline().strip())
        process.kill()
