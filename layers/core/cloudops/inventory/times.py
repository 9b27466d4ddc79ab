"""Times as AWS gives them, as text in UTC."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

IN_BRACKETS = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(value: Any) -> str | None:
    """From a time, from milliseconds since 1970, or from text, which is left as it is."""
    match value:
        case datetime():
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return aware.astimezone(UTC).isoformat()
        case int():
            return (EPOCH + timedelta(milliseconds=value)).isoformat()
        case str():
            return value
        case _:
            return None


def time_in_brackets(text: str | None) -> str | None:
    """The time in `User initiated (2026-01-02 03:04:05 GMT)`."""
    found = IN_BRACKETS.search(text or "")
    if found is None:
        return None
    return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).isoformat()


def parsed(text: object) -> datetime | None:
    """Back to a time; None for what is none. Lambda writes +0000 where others write +00:00."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
