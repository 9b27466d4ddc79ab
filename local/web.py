"""The gateway as an ASGI application, with what else the port answers before it."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from local.gateway import Gateway
from local.proxy_event import Answer, Request

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


# What belongs to the API, where an unknown address stays an error.
API_PATHS = ("/api/{path:path}", "/health")


def application(
    gateway: Gateway, *, before: Sequence[BaseRoute] = (), pages: Sequence[BaseRoute] = ()
) -> Starlette:
    """`before` goes first, and `pages` get what neither that nor the API answers."""

    async def forward(http: HttpRequest) -> Response:
        request = await _request(http)
        return _response(await run_in_threadpool(gateway.handle, request))

    paths = API_PATHS if pages else ("/{path:path}",)
    api = [Route(path, forward, methods=list(METHODS)) for path in paths]
    return Starlette(routes=[*before, *api, *pages])


async def _request(http: HttpRequest) -> Request:
    host = http.client.host if http.client else "127.0.0.1"
    return Request(
        method=http.method,
        path=http.url.path,
        query=http.query_params.multi_items(),
        headers=[*http.headers.items(), ("X-Forwarded-For", host), ("X-Forwarded-Proto", http.url.scheme)],
        body=await http.body(),
        source_ip=host,
    )


def _response(answer: Answer) -> Response:
    response = Response(answer.body, status_code=answer.status)
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response
