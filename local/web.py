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


def application(gateway: Gateway, *, before: Sequence[BaseRoute] = ()) -> Starlette:
    async def forward(http: HttpRequest) -> Response:
        request = await _request(http)
        return _response(await run_in_threadpool(gateway.handle, request))

    return Starlette(routes=[*before, Route("/{path:path}", forward, methods=list(METHODS))])


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
