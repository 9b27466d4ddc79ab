"""One page of a list, and an opaque token for the next that fits the same question only."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence


class InvalidPageTokenError(Exception):
    """The token was made up, or given out for another question."""


def page[T](
    items: Sequence[T], *, size: int | None, token: str | None, question: str
) -> tuple[list[T], str | None]:
    """Raises InvalidPageTokenError."""
    start = _offset(token, question) if token else 0
    if size is None or start + size >= len(items):
        return list(items[start:]), None
    content = json.dumps({"from": start + size, "of": question[:16]}).encode()
    return list(items[start : start + size]), urlsafe_b64encode(content).decode()


def _offset(token: str, question: str) -> int:
    try:
        content = json.loads(urlsafe_b64decode(token.encode()))
        start, of = int(content["from"]), content["of"]
    except (Base64Error, ValueError, KeyError, TypeError) as error:
        raise InvalidPageTokenError(token) from error
    if of != question[:16] or start < 0:
        raise InvalidPageTokenError(token)
    return start
