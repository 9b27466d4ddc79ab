"""How resources stand in the demo's accounts since somebody changed them: what the bills of the days after show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Change:
    """`kind` is its type since the day, where that is another one; `stopped` and `gone` are as they say."""

    since: date
    kind: str | None = None
    stopped: bool = False
    gone: bool = False


type Place = tuple[str, str]
"""An account's number, and how a resource is called in it."""

type Changes = Mapping[Place, Change]


def place_of(account: str, resource_id: str) -> Place:
    """Bills name some resources by their ARN and others by the end of it, which names them as well."""
    return account, re.split("[/:]", resource_id)[-1]
