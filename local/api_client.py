"""The API as the commands call it: the same authorizer, gateway and handlers that a browser meets."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

from local.errors import LocalError
from local.first_tenant import Person
from local.proxy_event import Answer, Pairs

Item = Mapping[str, Any]
SUCCEEDED = range(200, 300)


class Api(Protocol):
    """A stack of this process, or the one that `cloudops up` serves."""

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Pairs = (),
        headers: Pairs = (),
        body: bytes = b"",
        person: Person | None = None,
    ) -> Answer: ...


def get(api: Api, path: str, query: Pairs = ()) -> Mapping[str, Any]:
    """The answer's JSON; raises LocalError with the problem's title and detail."""
    return _document(_answered(api, "GET", path, query).body)


def text(api: Api, path: str, *, accept: str) -> str:
    """The answer in another form than JSON."""
    return _answered(api, "GET", path, (), headers=[("Accept", accept)]).body.decode()


def post(
    api: Api,
    path: str,
    body: Mapping[str, Any] | None = None,
    query: Pairs = (),
    *,
    person: Person | None = None,
) -> Mapping[str, Any]:
    """As the admin, unless somebody else is named."""
    return _sent(api, "POST", path, body, query, person=person)


def put(api: Api, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    return _sent(api, "PUT", path, body)


def patch(api: Api, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whatever is there: the commands do not show it to anybody before they change it."""
    return _sent(api, "PATCH", path, body, headers=[("If-Match", "*")])


def _sent(
    api: Api,
    method: str,
    path: str,
    body: Mapping[str, Any] | None,
    query: Pairs = (),
    *,
    headers: Pairs = (),
    person: Person | None = None,
) -> Mapping[str, Any]:
    typed = [("Content-Type", "application/json")] if body is not None else []
    sent = json.dumps(body).encode() if body is not None else b""
    answer = _answered(api, method, path, query, headers=[*headers, *typed], body=sent, person=person)
    return _document(answer.body)


def _answered(
    api: Api,
    method: str,
    path: str,
    query: Pairs,
    *,
    headers: Pairs = (),
    body: bytes = b"",
    person: Person | None = None,
) -> Answer:
    answer = api.request(method, path, query=query, headers=headers, body=body, person=person)
    if answer.status in SUCCEEDED:
        return answer
    document = _document(answer.body)
    said = [str(document[name]) for name in ("title", "detail", "message") if document.get(name)]
    address = f"{path}?{urlencode(query)}" if query else path
    fields = "".join(f"\n  {one['field']}: {one['detail']}" for one in document.get("errors", []))
    raise LocalError(
        f"{': '.join(said) or 'no reason given'} ({answer.status} on {method} {address}){fields}"
    )


def items(api: Api, path: str, query: Pairs = ()) -> Iterator[Item]:
    """Every item of a list, page by page."""
    cursor: str | None = None
    while True:
        page = get(api, path, [*query, *([("cursor", cursor)] if cursor else [])])
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
