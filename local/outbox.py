"""What this installation has sent to nobody: mails and messages that in the cloud would have left for people."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.home import Home


class Outbox:
    """One line for each message, in a file of the home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._file = home.path / "outbox.jsonl"

    def keep(self, kind: str, message: Mapping[str, Any]) -> None:
        line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), "kind": kind, **message})
        with self._home.lock("outbox"):
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(f"{line}\n")

    def kept(self) -> list[dict[str, Any]]:
        """The oldest first."""
        if not self._file.exists():
            return []
        return [json.loads(line) for line in self._file.read_text(encoding="utf-8").splitlines()]
