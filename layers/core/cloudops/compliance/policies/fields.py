"""The fields of a resource that expressions may test, and what they find there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

MAXIMUM_FIELD = 200
PREFIXES = ("tags", "configuration", "utilization")
# Filled by a scan alone.
SCANNED_PREFIXES = ("configuration", "utilization")


class FieldKind(Enum):
    """What a field holds; the value says it in words."""

    TEXT = "text"
    NUMBER = "a number"
    DAY = "a day"
    TAG = "a tag's text"
    ANY = "whatever the provider says"


class Missing(Enum):
    """ABSENT: it was looked at, and nothing is there. UNKNOWN: nobody could look."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


NAMED_FIELDS: Mapping[str, FieldKind] = {
    "account": FieldKind.TEXT,
    "first_seen": FieldKind.DAY,
    "group": FieldKind.TEXT,
    "instance_type": FieldKind.TEXT,
    "last_seen": FieldKind.DAY,
    "monthly_cost": FieldKind.NUMBER,
    "name": FieldKind.TEXT,
    "region": FieldKind.TEXT,
    "resource_id": FieldKind.TEXT,
    "service": FieldKind.TEXT,
    "status": FieldKind.TEXT,
    "type": FieldKind.TEXT,
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A resource as expressions see it. `complete` where a scan read all of its configuration and utilization."""

    account: str
    resource_id: str
    type: str
    service: str
    name: str
    complete: bool
    region: str | None = None
    status: str | None = None
    instance_type: str | None = None
    group: str | None = None
    monthly_cost: Decimal | None = None
    first_seen: date | None = None
    last_seen: date | None = None
    tags: Mapping[str, Any] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)
    utilization: Mapping[str, Any] | None = None


def kind_of(name: str) -> FieldKind | None:
    """None where there is no such field."""
    if name in NAMED_FIELDS:
        return NAMED_FIELDS[name]
    prefix, _, rest = name.partition(".")
    if prefix not in PREFIXES or not rest or len(name) > MAXIMUM_FIELD:
        return None
    if prefix == "tags":
        return FieldKind.TAG
    return FieldKind.ANY if all(rest.split(".")) else None


def found_in(subject: Subject, name: str) -> Any:
    """The value, or which way it is missing. Null counts as missing."""
    prefix, _, rest = name.partition(".")
    if not rest:
        value = getattr(subject, name)
    elif prefix == "tags":
        value = subject.tags.get(rest)
    else:
        value = inside(getattr(subject, prefix), rest)
    if value is not None:
        return value
    unread = prefix in SCANNED_PREFIXES and not subject.complete
    return Missing.UNKNOWN if unread else Missing.ABSENT


def inside(found: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return found
