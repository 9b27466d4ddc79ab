"""Keyset paging: a cursor is the sort key of the last row seen, opaque to whoever passes it back."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cloudops.errors import InvalidError

MAXIMUM_LIMIT = 1000


class BadCursorError(InvalidError):
    """The cursor is not one that this list gave out."""

    def __init__(self) -> None:
        super().__init__("pass the next_cursor of the page before, unchanged", field="cursor")


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """The position after a row of a list sorted by time, newest first, then id."""

    at: datetime
    id: UUID

    def encode(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.at.isoformat(), str(self.id)]).encode()).decode()

    @staticmethod
    def decode(text: str) -> "Cursor":
        try:
            at, row_id = json.loads(base64.urlsafe_b64decode(text.encode()))
            cursor = Cursor(at=datetime.fromisoformat(at), id=UUID(row_id))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise BadCursorError from error
        if cursor.at.tzinfo is None:
            raise BadCursorError
        return cursor


@dataclass(frozen=True, kw_only=True)
class Place:
    """The position after a row of a list sorted by a key of several columns, as texts."""

    key: tuple[str, ...]

    def encode(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(self.key).encode()).decode()

    @staticmethod
    def decode(text: str, *columns: Callable[[str], object]) -> "Place":
        """`columns` parse each a text of the key, and raise ValueError where it is none of theirs."""
        try:
            key = json.loads(base64.urlsafe_b64decode(text.encode()))
            for parse, part in zip(columns, key, strict=True):
                parse(part)
            if any(not isinstance(part, str) or "\0" in part for part in key):
                raise BadCursorError
            return Place(key=tuple(key))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise BadCursorError from error


@dataclass(frozen=True, kw_only=True)
class Page[T]:
    items: Sequence[T]
    next_cursor: str | None

    @staticmethod
    def of(rows: Sequence[T], limit: int, position: Callable[[T], Cursor | Place]) -> "Page[T]":
        """Of `limit` + 1 rows asked for, show `limit` and say where the next page begins."""
        shown = rows[:limit]
        more = len(rows) > limit
        return Page(items=shown, next_cursor=position(shown[-1]).encode() if more else None)
