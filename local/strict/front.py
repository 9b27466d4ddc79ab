"""The rules and the emulation behind them, as what answers a request."""

from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from local.folder_bucket import S3Error
from local.kept_bucket import KeptBucket
from local.strict.call import Call, Http, Reply, read
from local.strict.checksums import checked_content
from local.strict.connections import Connections
from local.strict.errors import RefusedError
from local.strict.faults import AnswerLostError
from local.strict.port import StrictPort, understood

HOP_BY_HOP = {"content-length", "transfer-encoding", "connection", "content-encoding", "keep-alive"}
NOT_FORWARDED = {"accept-encoding", "expect"}


class Front:
    """`address` is the emulation's."""

    def __init__(self, address: str) -> None:
        self.port = StrictPort()
        self._connections = Connections()
        self.protocol = self._connections.protocol()
        self._emulation = httpx.AsyncClient(base_url=address, timeout=60, trust_env=False)
        # Rules ask several questions for one, each in a thread of its own.
        self._threaded = httpx.Client(base_url=address, timeout=60, trust_env=False)

    async def answer(self, request: Request) -> Response:
        http = await http_of(request)
        call = read(http)
        rules = self.port.rules_for(call) if call else []
        if not call or not rules:
            reply = _reply(await self._emulation.request(**_sent(http)))
            return _response(understood(call, reply) if call else reply)
        try:
            return _response(await run_in_threadpool(self.port.answer, call, rules, self._forward))
        except AnswerLostError:
            self._connections.cut(request.scope["client"])
            return Response()

    async def keep(self, bucket: KeptBucket, key: str, request: Request) -> Response:
        """Put an object into a bucket of ours."""
        try:
            content = checked_content(await http_of(request))
            answer = await run_in_threadpool(bucket.put, key, content)
        except RefusedError as error:
            answer = S3Error(error.status, error.code, error.message).answer()
        except S3Error as error:
            answer = error.answer()
        body = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
        return Response(body, status_code=answer.status, headers=dict(answer.headers))

    def _forward(self, call: Call) -> Reply:
        return _reply(self._threaded.request(**_sent(call.http)))


async def http_of(request: Request) -> Http:
    return Http(
        method=request.method,
        path=request.scope["raw_path"].decode(),
        query=request.scope["query_string"].decode(),
        headers=[(name, value) for name, value in request.headers.items() if name not in NOT_FORWARDED],
        body=await request.body(),
    )


def _sent(http: Http) -> dict[str, Any]:
    # The length is that of the body, which a rule may have changed.
    headers = [(name, value) for name, value in http.headers if name.lower() != "content-length"]
    return {"method": http.method, "url": http.target, "headers": headers, "content": http.body}


def _reply(answer: httpx.Response) -> Reply:
    return Reply(status=answer.status_code, headers=list(answer.headers.multi_items()), body=answer.content)


def _response(reply: Reply) -> Response:
    response = Response(reply.body, status_code=reply.status)
    for name, value in reply.headers:
        if name.lower() not in HOP_BY_HOP:
            response.headers.append(name, value)
    return response
