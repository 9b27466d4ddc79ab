"""The API as the commands call it: the same authorizer, gateway and handlers that a browser meets."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from local.errors import LocalError
from local.proxy_event import Answer, Pairs
from local.stack import Stack

Item = Mapping[str, Any]
SUCCEEDED = range(200, 300)


def get(stack: Stack, path: str, query: Pairs = ()) -> Mapping[str, Any]:
    """The answer's JSON; raises LocalError with the problem's title and detail."""
    address = f"{path}?{urlencode(query)}" if query else path
    return _understood(stack.request("GET", path, query=query), f"GET {address}")


def post(stack: Stack, path: str, body: Item | None = None) -> Mapping[str, Any]:
    """The answer's JSON; raises LocalError with the problem's title and detail."""
    content = [("Content-Type", "application/json")] if body is not None else []
    sent = json.dumps(body).encode() if body is not None else b""
    return _understood(stack.request("POST", path, headers=content, body=sent), f"POST {path}")


def items(stack: Stack, path: str, query: Pairs = ()) -> Iterator[Item]:
    """Every item of a list, page by page."""
    cursor: str | None = None
    while True:
        page = get(stack, path, [*query, *([("cursor", cursor)] if cursor else [])])
        found: Sequence[Item] = page["items"]
        yield from found
        cursor = page.get("next_cursor")
        if not cursor:
            return


def _understood(answer: Answer, request: str) -> Mapping[str, Any]:
    document = _document(answer.body)
    if answer.status not in SUCCEEDED:
        said = [str(document[name]) for name in ("title", "detail", "message") if document.get(name)]
        raise LocalError(f"{': '.join(said) or 'no reason given'} ({answer.status} on {request})")
    return document


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        return {"detail": body.decode(errors="replace")[:200]}
    return document if isinstance(document, dict) else {"items": document}
