"""A folder of a run's own on the local disk, which first is freed of what killed runs left."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PREFIX = "cloudops-run-"
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder for as long as the run lasts.

    After a run out of time or memory Lambda starts the function anew in the same sandbox, with all that lay in /tmp.
    Whoever uses a folder holds a lock on it, which the kernel takes from the dead, whatever their process id: so
    processes that share /tmp, as on a laptop, leave each other alone.
    """
    remove_abandoned(Path(tempfile.gettempdir()))
    with ExitStack() as stack:
        path, lock = claim()
        stack.callback(os.close, lock)
        stack.callback(shutil.rmtree, path)
        yield path


def remove_abandoned(directory: Path) -> None:
    for path in directory.glob(f"{PREFIX}*"):
        lock = lock_of(path)
        if lock is not None:
            shutil.rmtree(path)
            os.close(lock)


def claim() -> tuple[Path, int]:
    """A new folder and its lock; the next where another process took the first for abandoned before it was locked."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = lock_of(path)
        if lock is not None:
            return path, lock


def lock_of(path: Path) -> int | None:
    """A descriptor that holds the folder until it is closed; None where it is in use, gone or not of our user."""
    try:
        descriptor = os.open(path, FOLDER)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    if takes(descriptor, path):
        return descriptor
    os.close(descriptor)
    return None


def takes(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        named = path.lstat()
    except (BlockingIOError, FileNotFoundError):
        return False
    return named.st_uid == os.geteuid() and os.path.samestat(named, os.fstat(descriptor))
