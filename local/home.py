import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class Home:
    """A folder that holds everything one local installation keeps between runs."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._usage: IO[bytes] | None = None
        self._make_folders()

    def _make_folders(self) -> None:
        if not self.path.exists():
            self.path.mkdir(parents=True)
            # The database's system user has to pass through, though not to list.
            self.path.chmod(0o711)
        for name in ("secrets", "logs", "locks"):
            (self.path / name).mkdir(mode=0o700, exist_ok=True)

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def remember(self, name: str, make: Callable[[], str]) -> str:
        """The value kept under `name`, made at the first call; of two racing callers the first wins."""
        kept = self.recall(name)
        if kept is not None:
            return kept
        draft = self._draft(name, make())
        try:
            os.link(draft, self._secret(name))
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return self._secret(name).read_text()

    def recall(self, name: str) -> str | None:
        try:
            return self._secret(name).read_text()
        except FileNotFoundError:
            return None

    def replace(self, name: str, value: str) -> None:
        self._draft(name, value).rename(self._secret(name))

    def forget(self, name: str) -> None:
        self._secret(name).unlink(missing_ok=True)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        with (self.path / "locks" / name).open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def join_users(self) -> None:
        """Counts this process among those that use the home, until `leave_users` or its death."""
        if self._usage is None:
            self._usage = (self.path / "locks" / "users").open("wb")
            fcntl.flock(self._usage, fcntl.LOCK_SH)

    def leave_users(self) -> bool:
        """Whether nobody else uses the home any more. Call it under the lock that starters hold."""
        if self._usage is None:
            return False
        with self._usage as file:
            self._usage = None
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def _secret(self, name: str) -> Path:
        return self.path / "secrets" / name

    def _draft(self, name: str, value: str) -> Path:
        draft = self._secret(f".{name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(value)
        return draft
