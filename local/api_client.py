"""The API as the commands call it: the same authorizer, gateway and handlers that a browser meets."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from local.errors import LocalError
from local.first_tenant import Person
from local.proxy_event import Answer, Pairs
from local.stack import Stack

Item = Mapping[str, Any]
SUCCEEDED = range(200, 300)


def get(stack: Stack, path: str, query: Pairs = ()) -> Mapping[str, Any]:
    """The answer's JSON; raises LocalError with the problem's title and detail."""
    return _document(_answered(stack, "GET", path, query).body)


def text(stack: Stack, path: str, *, accept: str) -> str:
    """The answer in another form than JSON."""
    return _answered(stack, "GET", path, (), headers=[("Accept", accept)]).body.decode()


def post(
    stack: Stack,
    path: str,
    body: Mapping[str, Any] | None = None,
    query: Pairs = (),
    *,
    person: Person | None = None,
) -> Mapping[str, Any]:
    """As the admin, unless another person is named."""
    headers = [("Content-Type", "application/json")] if body is not None else []
    sent = json.dumps(body).encode() if body is not None else b""
    answer = _answered(stack, "POST", path, query, headers=headers, body=sent, person=person)
    return _document(answer.body)


def _answered(
    stack: Stack,
    method: str,
    path: str,
    query: Pairs,
    *,
    headers: Pairs = (),
    body: bytes = b"",
    person: Person | None = None,
) -> Answer:
    answer = stack.request(method, path, query=query, headers=headers, body=body, person=person)
    if answer.status in SUCCEEDED:
        return answer
    document = _document(answer.body)
    said = [str(document[name]) for name in ("title", "detail", "message") if document.get(name)]
    address = f"{path}?{urlencode(query)}" if query else path
    fields = "".join(f"\n  {one['field']}: {one['detail']}" for one in document.get("errors", []))
    raise LocalError(
        f"{': '.join(said) or 'no reason given'} ({answer.status} on {method} {address}){fields}"
    )


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


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        return {"detail": body.decode(errors="replace")[:200]}
    return document if isinstance(document, dict) else {"items": document}
