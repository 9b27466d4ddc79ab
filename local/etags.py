"""Entity tags of files: the MD5 of the content, as S3 gives for an object put in one piece."""

import hashlib
import json
import threading
from pathlib import Path


class Etags:
    """Remembers what it has read, in memory and in a file, by path, size and time of change."""

    def __init__(self, kept: Path | None = None) -> None:
        self._kept = kept
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()
        if kept and kept.exists():
            for line in kept.read_text().splitlines():
                self._known.update([json.loads(line)])

    def of(self, path: Path) -> str:
        status = path.stat()
        identity = f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{path}"
        with self._lock:
            if identity not in self._known:
                self._remember(identity, _md5(path))
            return self._known[identity]

    def _remember(self, identity: str, etag: str) -> None:
        self._known[identity] = etag
        if self._kept:
            with self._kept.open("a") as file:
                file.write(json.dumps([identity, etag]) + "\n")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
