"""Where exports lie: a folder or a file of this machine, or a prefix of a real bucket copied to it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError
from local.home import Home
from local.s3_prefix import copy_prefix, is_s3, prefix_of


@dataclass(frozen=True, kw_only=True)
class Exports:
    """A folder that serves as the bucket, and the prefix in it to look under."""

    folder: Path
    prefix: str = ""


def locate(address: str, home: Home) -> Exports:
    """Raises LocalError where there is nothing. What lies in a real bucket is copied into the home first."""
    if is_s3(address):
        folder = copy_prefix(address, home.path / "buckets", progress=_report)
        return Exports(folder=folder, prefix=prefix_of(address))
    path = Path(address)
    if not path.exists():
        raise LocalError(f"{path} does not exist")
    return Exports(folder=path) if path.is_dir() else Exports(folder=path.parent, prefix=path.name)


def _report(key: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[Kcopying {key}")
        sys.stderr.flush()
